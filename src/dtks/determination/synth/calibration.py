"""Read `parameters/calibration/`: what a made-up population is fitted to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Regency:
    """Figures of one kabupaten or kota. Shares and rates are fractions; `density` people per km²."""

    code: int
    name: str
    """Without 'Kabupaten' or 'Kota'."""
    male: int
    female: int
    density: float
    poverty_rate: float
    schooling_years: float
    sanitation_access: float
    water_access: float

    @property
    def people(self) -> int:
        return self.male + self.female

    @property
    def province(self) -> int:
        return self.code // 100

    @property
    def is_city(self) -> bool:
        """A kota: Kemendagri numbers them from 71."""
        return self.code % 100 >= 71


@dataclass(frozen=True)
class National:
    """Figures of the nation; age groups and marriage by sex (1, 2) and lower bound of a five-year group."""

    mean_size: float
    size_shares: dict[int, float]
    female_headed: float
    age_shares: dict[int, dict[int, float]]
    never_married: dict[int, dict[int, float]]
    mean_size_of: dict[int, float]
    """By province."""
    poverty_lines: dict[int, tuple[int, int]]
    """By province: urban, rural; rupiah a person and month."""
    welfare: dict[str, float]
    urban: dict[str, float]


@dataclass(frozen=True)
class Calibration:
    national: National
    regencies: dict[int, Regency]
    family_variables: dict[str, Any]
    people: dict[str, Any]
    names: dict[str, Any]


def load(directory: Path) -> Calibration:
    """All calibration figures; `directory` is `parameters/calibration`."""
    regencies = _regencies(directory / "regencies.csv")
    return Calibration(
        national=_national(_yaml(directory / "national.yaml"), regencies),
        regencies=regencies,
        family_variables=_yaml(directory / "families.yaml")["variables"],
        people=_yaml(directory / "people.yaml"),
        names=_yaml(directory / "names.yaml"),
    )


def _yaml(path: Path) -> dict[str, Any]:
    from dtks.foundation.kernel import yaml_text  # here: the processes that make people read no files

    with path.open(encoding="utf-8") as file:
        return dict(yaml_text.load(file))


def _regencies(path: Path) -> dict[int, Regency]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [_regency(row) for row in rows]
    return {regency.code: regency for regency in found}


def _regency(row: dict[str, str]) -> Regency:
    male, female = int(row["male"]), int(row["female"])
    area = float(row["area_km2"] or 0)
    return Regency(
        code=int(row["code"].replace(".", "")),
        name=row["name"],
        male=male,
        female=female,
        density=(male + female) / area if area else 100.0,  # four sparsely peopled ones lack an area
        poverty_rate=float(row["poverty_rate"]) / 100,
        schooling_years=float(row["schooling_years"]),
        sanitation_access=float(row["sanitation_access"]) / 100,
        water_access=float(row["water_access"]) / 100,
    )


def _national(raw: dict[str, Any], regencies: dict[int, Regency]) -> National:
    families, marriage = raw["families"], raw["marriage"]
    groups = {**raw["ages"]["groups"], **raw["ages"]["estimated"]["groups"]}
    total = sum(male + female for male, female in groups.values())
    mean = float(families["mean_size"]["value"])
    return National(
        mean_size=mean,
        size_shares={int(size): float(share) for size, share in families["size_shares"]["shares"].items()},
        female_headed=float(families["female_headed"]["value"]),
        age_shares={
            sex: {int(low): pair[sex - 1] / total for low, pair in sorted(groups.items())} for sex in (1, 2)
        },
        never_married={1: marriage["never_married_male"], 2: marriage["never_married_female"]},
        mean_size_of=_mean_sizes(mean, families["relative_size"]["ratios"], regencies),
        poverty_lines={code: (line[0], line[1]) for code, line in raw["poverty_line"]["lines"].items()},
        welfare={name: float(entry["value"]) for name, entry in raw["welfare"].items()},
        urban={name: float(value) for name, value in raw["urban"].items() if name != "evidence"},
    )


def _mean_sizes(mean: float, ratios: dict[int, float], regencies: dict[int, Regency]) -> dict[int, float]:
    """Mean family size by province, scaled so that all provinces together have the nation's mean."""
    people = dict.fromkeys(ratios, 0)
    for regency in regencies.values():
        people[regency.province] += regency.people
    relative_families = sum(people[code] / ratio for code, ratio in ratios.items())
    scale = mean * relative_families / sum(people.values())
    return {code: ratio * scale for code, ratio in ratios.items()}
