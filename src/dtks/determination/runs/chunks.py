"""Cut a snapshot into pieces of work that fit in memory: never through a village.

A task is one province, or several small ones that are read together (planning a query costs more
than a small province's work). A large province is worked through in chunks, one after the other,
by one process. How the work is cut changes nothing in what comes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from dtks.determination.targeting.snapshot import ProvinceFiles, Snapshot, SnapshotDamaged
from dtks.foundation.engines.tables import TableSlice

PEOPLE_PER_CHUNK = 1_000_000


@dataclass(frozen=True)
class Chunk:
    """Whole villages: the rows of their families, and of these families' members."""

    families: tuple[TableSlice, ...]
    people: tuple[TableSlice, ...]


@dataclass(frozen=True)
class Task:
    """What one process does at a time."""

    provinces: tuple[ProvinceFiles, ...]

    @property
    def people(self) -> int:
        return sum(province.people.rows for province in self.provinces)

    @property
    def name(self) -> str:
        return "+".join(f"{province.code:02d}" for province in self.provinces)


def tasks(snapshot: Snapshot, *, per_chunk: int = PEOPLE_PER_CHUNK, at_least: int = 1) -> list[Task]:
    """All provinces, the largest task first.

    Provinces under `per_chunk` people share tasks of about equal size, about `per_chunk` people each, and
    `at_least` so many tasks that every worker has one.
    """
    large = [province for province in snapshot.provinces if province.people.rows >= per_chunk]
    small = [province for province in snapshot.provinces if province.people.rows < per_chunk]
    found = [Task((province,)) for province in large]
    if small:
        fill = -(-sum(province.people.rows for province in small) // per_chunk)
        found += _shared(small, groups=max(1, min(max(fill, at_least - len(large)), len(small))))
    return sorted(found, key=lambda task: (-task.people, task.name))


def _shared(provinces: list[ProvinceFiles], *, groups: int) -> list[Task]:
    """The largest province first, each to the group that has least so far."""
    parts: list[list[ProvinceFiles]] = [[] for _ in range(groups)]
    for province in sorted(provinces, key=lambda one: (-one.people.rows, one.code)):
        min(parts, key=lambda part: sum(one.people.rows for one in part)).append(province)
    return [Task(tuple(sorted(part, key=lambda one: one.code))) for part in parts]


def chunks(task: Task, *, per_chunk: int = PEOPLE_PER_CHUNK) -> list[Chunk]:
    """The task's chunks in order of village.

    Raises:
        SnapshotDamaged: a large file is not in the promised order.
    """
    if task.people <= per_chunk or len(task.provinces) > 1:
        families = tuple(TableSlice(province.families.path) for province in task.provinces)
        people = tuple(TableSlice(province.people.path) for province in task.provinces)
        return [Chunk(families, people)]
    (province,) = task.provinces
    cuts = _cuts(province, per_chunk=per_chunk)
    return [
        Chunk(
            (TableSlice(province.families.path, family, next_family - family),),
            (TableSlice(province.people.path, person, next_person - person),),
        )
        for (family, person), (next_family, next_person) in pairwise(cuts)
    ]


def _cuts(province: ProvinceFiles, *, per_chunk: int) -> list[tuple[int, int]]:
    """Row numbers (families, people) where chunks begin, and the ends of both files."""
    starts = _village_starts(province)
    wanted = range(per_chunk, province.people.rows, per_chunk)
    share = province.families.rows / province.people.rows
    places = {int(starts["row"].search_sorted(int(people * share))) for people in wanted}
    candidates = starts[sorted(place for place in places if 0 < place < starts.height)]
    rows_of_people = _first_rows_of_people(province, candidates["family_id"])
    cuts = [(0, 0)]
    for row, family_id in zip(candidates["row"], candidates["family_id"], strict=True):
        # A family without members marks no row of the people file: its village stays with the last chunk.
        if family_id in rows_of_people:
            cuts.append((row, rows_of_people[family_id]))
    cuts.append((province.families.rows, province.people.rows))
    if not _increases(people for _, people in cuts):
        raise SnapshotDamaged(
            path=str(province.people.path),
            detail="urutan anggota tidak mengikuti keluarga · people out of order",
        )
    return cuts


def _village_starts(province: ProvinceFiles) -> pl.DataFrame:
    """For each village its first row number and first family."""
    villages = (
        pl.scan_parquet(province.families.path)
        .select("village", "family_id")
        .with_row_index("row")
        .group_by("village")
        .agg(pl.col("row").min(), pl.col("family_id").first(), last=pl.col("row").max(), rows=pl.len())
        .sort("village")
        .collect()
    )
    contiguous = (villages["last"] - villages["row"] + 1 == villages["rows"]).all()
    if not contiguous or not _increases(villages["row"]):
        raise SnapshotDamaged(
            path=str(province.families.path), detail="tidak urut menurut desa · not sorted by village"
        )
    return villages


def _first_rows_of_people(province: ProvinceFiles, families: pl.Series) -> dict[int, int]:
    found = (
        pl.scan_parquet(province.people.path)
        .select("family_id")
        .with_row_index("row")
        .filter(pl.col("family_id").is_in(families.implode()))
        .group_by("family_id")
        .agg(pl.col("row").min())
        .collect()
    )
    return dict(zip(found["family_id"], found["row"], strict=True))


def _increases(numbers: Iterable[int]) -> bool:
    return all(left < right for left, right in pairwise(numbers))
