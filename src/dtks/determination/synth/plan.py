"""What is to be made where: plain arrays, so that a plan travels to other processes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dtks.determination.synth.parquet_codes import Kind

UNKNOWN_POINT = -32_768


@dataclass(frozen=True)
class Villages:
    """Villages of one province, in order of code; one entry each. Points in hundredths of a degree."""

    code: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    urban: npt.NDArray[np.int8]
    coast: npt.NDArray[np.int8]
    remote: npt.NDArray[np.int8]
    hazard: npt.NDArray[np.int8]
    effect: npt.NDArray[np.int16]
    lat: npt.NDArray[np.int16]
    lon: npt.NDArray[np.int16]
    weight: npt.NDArray[np.float64]
    families: npt.NDArray[np.int64]

    @property
    def regency(self) -> npt.NDArray[np.int64]:
        return self.code // 1_000_000

    def only(self, which: npt.NDArray[np.bool_]) -> Villages:
        """The villages that are marked."""
        return Villages(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class ProvincePlan:
    """How many families to make in each village of a province."""

    province: int
    zone: str
    villages: Villages

    @property
    def families(self) -> int:
        return int(self.villages.families.sum())


@dataclass(frozen=True)
class Layout:
    """The columns of the snapshot's two tables, in order, with their Parquet types."""

    family: dict[str, Kind]
    person: dict[str, Kind]
