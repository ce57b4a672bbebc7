"""Make a run of families with all their people: the inner loop of a made-up population.

A chunk is a fixed cut of a province (`CHUNK` families in order of village and family), so it is the same
whoever makes it and whenever. Everything in it is a hash of seed, family, member and question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from dtks.determination.synth import numbers, welfare
from dtks.determination.synth.balance import SLOTS, Pool, regency_weights, slots
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.chance import hash_numbers, keys_of, stream_key
from dtks.determination.synth.domain import SynthRequest
from dtks.determination.synth.draws import Columns, run
from dtks.determination.synth.education import SCHOOL_BANDS
from dtks.determination.synth.logits import BANDS, LOWEST, STEP
from dtks.determination.synth.naming import Naming, addresses, birth_places, compile_naming, three_digits
from dtks.determination.synth.numbers import Calendar
from dtks.determination.synth.parquet_codes import word_page
from dtks.determination.synth.places import ProvincePlan
from dtks.determination.synth.programs import DWELLING, GROWN_UP, Programs, compile_programs
from dtks.determination.synth.skeletons import HEAD, LARGEST
from dtks.determination.targeting.schema import PERSON_COLUMNS

CHUNK = 32_768
SHARES_HOUSE = 0.05
"""Of every second family of a village: the chance to live in the house of the family before."""
SPREAD = 40_503
"""Odd and near 65,536 over the golden ratio: steps of this size visit every place, far apart in turn."""
HERE = (1, 5)
KNOWN_FROM_CARD = frozenset(
    {"member_no", "presence", "relation", "sex", "religion", "citizenship", "blood_type", "status"}
)
"""Known of everybody; all else is asked only of those who live here (404 is 1 or 5)."""
DRAWN_OTHERWISE = ("weight_tenths", "height_tenths", "measured_ago", "income_steps")
ASKED_OF_THE_PRESENT = (
    *(
        name
        for name, kind in PERSON_COLUMNS.items()
        if kind == pl.Int16 and name not in KNOWN_FROM_CARD | {"province", "age"}
    ),
    *DRAWN_OTHERWISE,
)
MAX_SEQUENCE = 100_000


@dataclass(frozen=True)
class RegencyFit:
    """A regency's places for skeletons, poverty threshold, and how it shifts school, toilet and water."""

    slots: npt.NDArray[np.uint16]
    start: int
    threshold: int
    school_shift: int
    sanitation: int
    water: int


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


@dataclass(frozen=True)
class PlaceWords:
    """Lists of words for birth places, addresses and RT/RW numbers: encoded, and how many."""

    births: tuple[bytes, int]
    addresses: tuple[bytes, int]
    numbers: tuple[bytes, int]

    @classmethod
    def of(cls, calibration: Calibration, province: int, regencies: list[int]) -> PlaceWords:
        lists = birth_places(calibration, province, regencies), addresses(calibration), three_digits()
        return cls(*((word_page(words), len(words)) for words in lists))


class ProvinceMaker:
    """Makes any chunk of one province."""

    def __init__(
        self,
        *,
        request: SynthRequest,
        plan: ProvincePlan,
        pool: Pool,
        calibration: Calibration,
        programs: Programs | None = None,
    ) -> None:
        self.request = request
        self.plan = plan
        self.pool = pool
        self.calibration = calibration
        self.programs = programs or compile_programs(calibration, plan.zone, request.taken_on)
        self.made_of = welfare.composition(pool, calibration.national.welfare, calibration.national.mean_size)
        self.own_lots = welfare.own_lots()
        self.ends = np.cumsum(plan.villages.families)
        codes, self.regency_no = np.unique(plan.villages.regency, return_inverse=True)
        self.regencies = [int(code) for code in codes]
        first = self.ends - plan.villages.families
        self.before_regency = first[np.searchsorted(self.regency_no, np.arange(len(codes)))]
        self._fits: dict[int, RegencyFit] = {}

    @property
    def chunks(self) -> int:
        return -(-self.plan.families // CHUNK)

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar.of(self.request.taken_on, self.request.seed)

    @cached_property
    def place_words(self) -> PlaceWords:
        return PlaceWords.of(self.calibration, self.plan.province, self.regencies)

    @cached_property
    def naming(self) -> Naming:
        return compile_naming(self.calibration, self.plan.province, self.regencies)

    def stream(self, name: str) -> int:
        return stream_key(self.request.seed, name)

    def fit(self, number: int) -> RegencyFit:
        """The fit of the n-th regency of the province, made when it is first needed."""
        if number not in self._fits:
            self._fits[number] = self._fitted(number)
        return self._fits[number]

    def _fitted(self, number: int) -> RegencyFit:
        national = self.calibration.national
        regency = self.calibration.regencies[self.regencies[number]]
        weights = regency_weights(
            self.pool,
            mean_size=national.mean_size_of[self.plan.province],
            male_share=regency.male / regency.people,
        )
        here = self.regency_no == number
        villages = self.plan.villages
        school = self.calibration.people["education"]["schooling_years"]
        years = regency.schooling_years - school["median"]
        return RegencyFit(
            slots=slots(weights),
            start=self.stream(f"slots/{regency.code}") % SLOTS,
            threshold=welfare.threshold(
                weights,
                self.pool,
                self.made_of,
                villages.effect[here],
                villages.families[here],
                regency.poverty_rate,
            ),  # fmt: skip
            school_shift=round(years * school["welfare_per_year"] * 1000),
            sanitation=sum(regency.sanitation_access >= level for level in (0.55, 0.72, 0.85)),
            water=sum(regency.water_access >= level for level in (0.70, 0.82, 0.92)),
        )

    def make(self, number: int) -> Chunk:
        """The n-th chunk of the province."""
        family, skeleton = self._places(number)
        person, row, start = self._people(family, skeleton)
        self._dwellings(family)
        run(self.naming.family, family, keys_of(family["family_id"], self.stream("naming")))
        run(self.programs.insurance, family, keys_of(family["family_id"], self.stream("insurance")))
        for name in (
            "welfare8",
            "school_welfare",
            "urban",
            "coast",
            "disaster_risk",
            "poor",
            "homeless",
            "alone",
            "family_insurance",
            "religion",
        ):
            person[name] = family[name].take(row)
        run(self.programs.person, person, keys_of(person["person_id"], self.stream("person")))
        self._answers(family, person, start)
        regency = family["regency"]
        nik = numbers.niks(
            regency=regency.take(row), born=person["born"], sex=person["sex"], place=person["place"],
            calendar=self.calendar,
        )  # fmt: skip
        card = numbers.cards(regency=regency, family=family["regency_sequence"], calendar=self.calendar)
        return Chunk(family, person, row, start, nik, self._documented(family, person, row), card)

    def _documented(
        self, family: Columns, person: Columns, row: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Who has a NIK: everybody, unless a share without papers was asked for; infants most often have none."""
        share = self.request.undocumented
        if share == 0:
            return np.ones(len(row), dtype=bool)
        lot = (keys_of(person["person_id"], self.stream("papers")) & np.uint64(0xFFFF)).astype(np.int64)
        limit = np.where(person["age"] < 2, 6 * share, 0.7 * share) * 65_536
        return (lot >= np.round(limit)) & (family["homeless"][row] == 0)

    def _places(self, number: int) -> tuple[Columns, npt.NDArray[np.int64]]:
        """Who lives where, on which skeleton, how well off."""
        at = np.arange(number * CHUNK, min((number + 1) * CHUNK, self.plan.families))
        villages = self.plan.villages
        village = np.searchsorted(self.ends, at, side="right")
        sequence = at - (self.ends - villages.families)[village]
        regency_no = self.regency_no[village]
        family: Columns = {
            "village": villages.code[village],
            "regency_no": regency_no.astype(np.int16),
            "regency": villages.regency[village],
            "sequence": sequence,
            "regency_sequence": at - self.before_regency[regency_no],
            "family_id": villages.code[village] * MAX_SEQUENCE + sequence + 1,
            "village_kind": villages.kind[village],
            "desa": (villages.kind[village] != 1).astype(np.int8),
            "urban": villages.urban[village],
            "coast": villages.coast[village],
            "remote": villages.remote[village],
            "remote_access": villages.remote[village] + np.int8(1),
            "disaster_risk": villages.hazard[village],
            "lat": villages.lat[village],
            "lon": villages.lon[village],
            "effect": villages.effect[village],
        }
        lots = hash_numbers(keys_of(family["family_id"], self.stream("family")), 0)
        skeleton = self._skeletons(family)
        self._welfare(family, skeleton, lots)
        self._households(family, lots)
        family["size"] = self.pool.size[skeleton]
        family["members"] = np.minimum(family["size"], 6)
        family["alone"] = (family["size"] == 1).astype(np.int8)
        return family, skeleton

    def _skeletons(self, family: Columns) -> npt.NDArray[np.int64]:
        """Deal the places of each regency to its families in an order that looks random and misses none."""
        out = np.empty(len(family["regency_no"]), dtype=np.int64)
        for number in np.unique(family["regency_no"]):
            fit = self.fit(int(number))
            here = np.flatnonzero(family["regency_no"] == number)
            out[here] = fit.slots[(family["regency_sequence"][here] * SPREAD + fit.start) % SLOTS]
        return out

    def _welfare(
        self, family: Columns, skeleton: npt.NDArray[np.int64], lots: npt.NDArray[np.uint64]
    ) -> None:
        fits = {int(number): self.fit(int(number)) for number in np.unique(family["regency_no"])}

        def of(name: str) -> npt.NDArray[np.int64]:
            table = np.zeros(len(self.regencies), dtype=np.int64)
            for number, fit in fits.items():
                table[number] = getattr(fit, name)
            return table[family["regency_no"]]

        own = self.own_lots[(lots & np.uint64((1 << welfare.NOISE_BITS) - 1)).astype(np.int64)]
        total = self.made_of[skeleton].astype(np.int64) + family["effect"] + own - of("threshold")
        family["welfare_milli"] = total
        family["welfare"] = _band(total, BANDS)
        family["welfare8"] = family["welfare"] >> 1
        family["school_welfare"] = _band(total + of("school_shift"), SCHOOL_BANDS)
        family["poor"] = (total < 0).astype(np.int8)
        family["sanitation"] = of("sanitation").astype(np.int8)
        family["water"] = of("water").astype(np.int8)

    def _households(self, family: Columns, lots: npt.NDArray[np.uint64]) -> None:
        """Some families live in the house of the one before; a part has no home and no card (if asked for)."""
        count = len(lots)
        lot = (lots >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.int64)
        guest = (lot < int(SHARES_HOUSE * 65_536)) & (family["sequence"] % 2 == 1) & (np.arange(count) > 0)
        host = np.arange(count) - guest
        homeless = (lots >> np.uint64(32) & np.uint64(0xFFFF)).astype(np.int64) < round(
            self.request.undocumented * 0.15 * 65_536
        )
        family["homeless"] = homeless.astype(np.int8)
        family["host"] = np.where(homeless, np.arange(count), host)
        family["guest"] = (family["host"] != np.arange(count)).astype(np.int8)
        together = family["guest"].copy()
        together[:-1] |= family["guest"][1:]
        family["lives_with_other_family"] = (2 - together).astype(np.int8)
        code = lots >> np.uint64(48) & np.uint64(0xFF)
        kk = np.where(family["guest"] == 1, 2, np.where(together == 1, 1, 0)).astype(np.int8)
        family["kk_code"] = np.where((code < 3) | homeless, np.int8(-1), kk)

    def _people(
        self, family: Columns, skeleton: npt.NDArray[np.int64]
    ) -> tuple[Columns, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        size = self.pool.size[skeleton].astype(np.int64)
        row = np.repeat(np.arange(len(size)), size)
        begins = np.cumsum(size) - size
        start = begins[row]
        member = np.arange(len(row)) - start
        source = self.pool.start[skeleton].astype(np.int64)[row] + member
        person: Columns = {
            name: getattr(self.pool, name)[source]
            for name in ("age", "sex", "relation", "mother", "father", "birth_order", "own_line")
        }
        person["marital_status"] = self.pool.marital[source]
        person["orphan_status"] = np.where(person["age"] < 18, self.pool.orphan[source], np.int8(-1))
        person["member_no"] = (member + 1).astype(np.int8)
        person["person_id"] = family["family_id"][row] * 100 + member + 1
        person["place"] = family["regency_sequence"][row] * LARGEST + member
        since = numbers.days_since_birthday(person["place"], self.calendar)
        person["born"] = numbers.birth_days(person["age"], since, self.calendar)
        person["growth"] = np.where(
            person["age"] < 5, person["age"].astype(np.int16) * 4 + np.minimum(since // 92, 3), 20
        ).astype(np.int8)
        person["headship"] = (person["relation"] == HEAD).astype(np.int8)
        person["adult"] = (person["age"] >= GROWN_UP).astype(np.int8)
        young = np.add.reduceat((person["age"] < 18).astype(np.int16), begins)
        family["children"] = (young > 0).astype(np.int8)
        family["begins"] = begins
        return person, row, start

    def _dwellings(self, family: Columns) -> None:
        run(self.programs.dwelling, family, keys_of(family["family_id"], self.stream("dwelling")))
        guests = np.flatnonzero(family["guest"])
        homeless = np.flatnonzero(family["homeless"])
        for name in DWELLING:
            family[name][guests] = family[name][guests - 1]
            family[name][homeless] = -1
        family["tenure"][homeless] = 5

    def _answers(self, family: Columns, person: Columns, start: npt.NDArray[np.int64]) -> None:
        """The family's answers that hang on its people, and the silence of those who are not there."""
        heads = family["begins"]
        farms = np.isin(person["industry"], (1, 2, 3, 5, 6)) & (person["headship"] == 1)
        family["farm"] = np.take(farms, heads).astype(np.int8)
        family["head_works"] = person["worked_last_week"].take(heads)
        family["muslim"] = (family["religion"] == 1).astype(np.int8)
        run(self.programs.family, family, keys_of(family["family_id"], self.stream("family answers")))
        absent = np.flatnonzero(~np.isin(person["presence"], HERE))
        for name in ASKED_OF_THE_PRESENT:
            person[name][absent] = -1


def _band(milli: npt.NDArray[np.int64], bands: int) -> npt.NDArray[np.int8]:
    width = round(STEP * BANDS / bands * 1000)
    return np.clip((milli - round(LOWEST * 1000)) // width, 0, bands - 1).astype(np.int8)
