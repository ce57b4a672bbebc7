"""Give families their members: skeletons become people with birth dates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import numbers
from dtks.determination.synth.chance import keys_of
from dtks.determination.synth.draws import Columns
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.programs import GROWN_UP
from dtks.determination.synth.skeletons import HEAD, LARGEST

Ints = npt.NDArray[np.int64]
FROM_SKELETON = ("age", "sex", "relation", "mother", "father", "birth_order", "own_line", "kin")
ADULT_FROM = 18
INFANT_BELOW = 2


def members(kit: Kit, family: Columns, skeleton: Ints) -> tuple[Columns, Ints, Ints]:
    """People in the order of their families; with them, for each, the row of the family and where the
    family begins. The families get `begins` and `children`."""
    size = kit.pool.size[skeleton].astype(np.int64)
    row = np.repeat(np.arange(len(size)), size)
    begins = np.cumsum(size) - size
    start = begins[row]
    member = np.arange(len(row)) - start
    source = kit.pool.start[skeleton].astype(np.int64)[row] + member
    person: Columns = {name: getattr(kit.pool, name)[source] for name in FROM_SKELETON}
    minor = person["age"] < ADULT_FROM
    person["marital_status"] = kit.pool.marital[source]
    person["orphan_status"] = np.where(minor, kit.pool.orphan[source], np.int8(-1))
    person["member_no"] = (member + 1).astype(np.int8)
    person["person_id"] = family["family_id"][row] * 100 + member + 1
    person["place"] = family["regency_sequence"][row] * LARGEST + member
    person["headship"] = (person["relation"] == HEAD).astype(np.int8)
    person["adult"] = (person["age"] >= GROWN_UP).astype(np.int8)
    _be_born(kit, person)
    family["children"] = (np.add.reduceat(minor.astype(np.int16), begins) > 0).astype(np.int8)
    family["begins"] = begins
    return person, row, start


def _be_born(kit: Kit, person: Columns) -> None:
    """Days of birth; `growth` is the quarter of a year of age of children under five, 20 for others."""
    since = numbers.days_since_birthday(person["place"], kit.calendar)
    age = person["age"].astype(np.int16)
    person["born"] = numbers.birth_days(age, since, kit.calendar)
    person["growth"] = np.where(age < 5, age * 4 + np.minimum(since // 92, 3), 20).astype(np.int8)


def documented(kit: Kit, family: Columns, person: Columns, row: Ints) -> npt.NDArray[np.bool_]:
    """Who has a NIK: everybody, unless a share without papers was asked for; most often infants have none."""
    share = kit.request.undocumented
    if share == 0:
        return np.ones(len(row), dtype=bool)
    lot = (keys_of(person["person_id"], kit.stream("papers")) & np.uint64(0xFFFF)).astype(np.int64)
    limit = np.where(person["age"] < INFANT_BELOW, 6 * share, 0.7 * share) * 65_536
    has_home: npt.NDArray[np.bool_] = family["homeless"][row] == 0
    return (lot >= np.round(limit)) & has_home
