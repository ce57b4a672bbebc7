"""How a table's column says that it is sealed, for rotation to find: the attribute `sealed` of the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SealedSpec:
    """A sealed value. `label`: what it is bound to, never changed once there are data. `record`: in bound
    mode the name of the field (its `attname`) with the UUID that the value is bound to. `digits`: sealed from
    `cipher.pack_digits`."""

    label: str
    mode: Literal["bound", "free"] = "free"
    record: str = ""
    digits: bool = False

    def __post_init__(self) -> None:
        if (self.mode == "bound") != bool(self.record):
            raise ValueError(f"{self.label}: a bound column names its record, a free one does not")


@dataclass(frozen=True)
class IndexSpec:
    """A blind index. `kind`: of `blind.KINDS`. `source`: name of the field of the same table that holds the
    sealed value, from which the index is made anew when index keys are exchanged."""

    kind: str
    source: str
