"""Make a run of families with all their people: the inner loop of a made-up population.

A chunk is a fixed cut of a province (`CHUNK` families in order of village and family), so it is the same
whoever makes it and whenever. Everything in it is a hash of seed, family, member and question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import numbers
from dtks.determination.synth.chance import keys_of
from dtks.determination.synth.draws import Columns, run
from dtks.determination.synth.kit import Kit
from dtks.determination.synth.naming import birth_places, of_province
from dtks.determination.synth.parquet_codes import word_page
from dtks.determination.synth.peopling import documented, members
from dtks.determination.synth.plan import ProvincePlan
from dtks.determination.synth.programs import DWELLING
from dtks.determination.synth.regency_fit import RegencyFit, fitted
from dtks.determination.synth.settling import places, settle

CHUNK = 32_768
HERE = (1, 5)
"""Presence (404) of those who are asked."""
FARMING = (1, 2, 3, 5, 6)
OTHER_TENURE = 5
FROM_FAMILY = (
    "welfare8", "school_welfare", "urban", "coast", "disaster_risk", "poor", "homeless", "alone",
    "family_insurance", "religion",
)  # fmt: skip
"""What people's answers depend on and their families have."""


@dataclass
class Chunk:
    """Columns of the families and of their people, and where each person's family is."""

    family: Columns
    person: Columns
    row: npt.NDArray[np.int64]
    """For each person, the place of the family in the chunk."""
    start: npt.NDArray[np.int64]
    """For each person, where the family begins among the people."""
    nik: numbers.Numbers
    has_nik: npt.NDArray[np.bool_]
    card: numbers.Numbers


class ProvinceMaker:
    """Makes any chunk of one province."""

    def __init__(self, kit: Kit, plan: ProvincePlan) -> None:
        self.kit = kit
        self.plan = plan
        self.programs = kit.programs.of_zone(plan.zone)
        self.ends = np.cumsum(plan.villages.families)
        codes, self.regency_no = np.unique(plan.villages.regency, return_inverse=True)
        self.regencies = [int(code) for code in codes]
        first = self.ends - plan.villages.families
        self.before_regency = first[np.searchsorted(self.regency_no, np.arange(len(codes)))]
        culture, birth_place = of_province(kit.calibration, kit.names, plan.province, self.regencies)
        self.naming = [culture, *kit.names.family]
        self.naming_people = [birth_place, *kit.names.person]
        births = birth_places(kit.calibration, plan.province, self.regencies)
        self.birth_places = (word_page(births), len(births))
        self._fits: dict[int, RegencyFit] = {}

    def fit(self, number: int) -> RegencyFit:
        """The fit of the n-th regency of the province, made when it is first needed."""
        if number not in self._fits:
            regency = self.kit.calibration.regencies[self.regencies[number]]
            villages = self.plan.villages.only(self.regency_no == number)
            self._fits[number] = fitted(self.kit, regency, villages)
        return self._fits[number]

    def make(self, number: int) -> Chunk:
        """The n-th chunk of the province."""
        kit = self.kit
        family = self._placed(number)
        skeleton = settle(kit, family, self.fit)
        person, row, start = members(kit, family, skeleton)
        self._house(family)
        keys = family["family_id"]
        run(self.naming, family, keys_of(keys, kit.stream("naming")))
        run(self.programs.insurance, family, keys_of(keys, kit.stream("insurance")))
        for name in FROM_FAMILY:
            person[name] = family[name].take(row)
        run(self.programs.person, person, keys_of(person["person_id"], kit.stream("person")))
        self._answer(family, person)
        regency = family["regency"]
        nik = numbers.niks(
            regency=regency.take(row),
            born=person["born"],
            sex=person["sex"],
            place=person["place"],
            calendar=kit.calendar,
        )
        card = numbers.cards(regency=regency, family=family["regency_sequence"], calendar=kit.calendar)
        return Chunk(family, person, row, start, nik, documented(kit, family, person, row), card)

    def _placed(self, number: int) -> Columns:
        at = np.arange(number * CHUNK, min((number + 1) * CHUNK, self.plan.families))
        villages = self.plan.villages
        village = np.searchsorted(self.ends, at, side="right")
        family = places(villages, village, at - (self.ends - villages.families)[village])
        regency_no = self.regency_no[village]
        family["regency_no"] = regency_no.astype(np.int16)
        family["regency_sequence"] = at - self.before_regency[regency_no]
        return family

    def _house(self, family: Columns) -> None:
        run(self.programs.dwelling, family, keys_of(family["family_id"], self.kit.stream("dwelling")))
        guests = np.flatnonzero(family["guest"])
        homeless = np.flatnonzero(family["homeless"])
        for name in DWELLING:
            family[name][guests] = family[name][guests - 1]
            family[name][homeless] = -1
        family["tenure"][homeless] = OTHER_TENURE

    def _answer(self, family: Columns, person: Columns) -> None:
        """The family's answers that hang on its people, and the silence of those who are not there."""
        heads = family["begins"]
        family["farm"] = np.isin(person["industry"].take(heads), FARMING).astype(np.int8)
        family["head_works"] = person["worked_last_week"].take(heads)
        family["muslim"] = (family["religion"] == 1).astype(np.int8)
        run(self.programs.family, family, keys_of(family["family_id"], self.kit.stream("family answers")))
        absent = np.flatnonzero(~np.isin(person["presence"], HERE))
        for name in self.kit.asked_of_the_present:
            person[name][absent] = -1
