"""A chunk as Parquet row groups: families, people, identities, and (if asked for) the hidden truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import parquet_codes as codes
from dtks.determination.synth.chance import keys_of
from dtks.determination.synth.chunk import Chunk, ProvinceMaker
from dtks.determination.synth.draws import Columns, run
from dtks.determination.synth.naming import Words, mothers_parts, name_parts
from dtks.determination.synth.parquet_codes import Kind, Page
from dtks.determination.synth.parquet_file import RowGroup, row_group
from dtks.determination.synth.plan import UNKNOWN_POINT
from dtks.determination.synth.skeletons import OTHER
from dtks.determination.synth.spelling import Texts

INCOME_STEP = 50_000
FAMILIES_OF_AN_RT, RTS_OF_AN_RW = 40, 6
HOUSE_NUMBERS = 32
GENERATION = 26


IDENTITY_KINDS: dict[str, Kind] = {
    "person_id": "int64", "family_id": "int64", "name": "text", "nik": "text", "kk_number": "text",
    "mother_name": "text", "birth_place": "text", "address": "text", "rt": "text", "rw": "text",
}  # fmt: skip
TRUTH_KINDS: dict[str, Kind] = {"family_id": "int64", "poor": "bool", "expenditure": "int32"}


def families(chunk: Chunk, maker: ProvinceMaker) -> RowGroup:
    """The row group of `families/PP.parquet`."""
    family = chunk.family
    ids = family["family_id"]
    no_card = family["homeless"] == 1
    special: dict[str, Page] = {
        "family_id": codes.from_numbers(ids, kind="int64"),
        "household_id": codes.from_numbers(ids[family["host"]], kind="int64"),
        "kk_token": codes.from_numbers(
            chunk.card.tokens(maker.kit.stream("kk token")), ~no_card, kind="int64", compress=False
        ),
        "province": _constant(maker.plan.province, len(ids), "int16"),
        "regency": codes.from_codes(family["regency_no"], np.array(maker.regencies), kind="int32"),
        "district": _few(family["village"] // 10_000, "int32"),
        "village": _few(family["village"], "int64"),
        "village_kind": codes.from_codes(family["village_kind"], kind="int8"),
        "urban": codes.from_flags(family["urban"] == 1),
        "building_no": codes.from_codes(_place_of_house(family) % 999 + 1),
        "family_no": codes.from_codes(family["sequence"] % 999 + 1),
        "land_area": _scaled(family["land_tens"], 10, "int32"),
        "lat": _point(family["lat"], family["lat_jitter"]),
        "lon": _point(family["lon"], family["lon_jitter"]),
    }
    return row_group(_with_codes(special, family, maker.kit.layout.family), maker.kit.layout.family)


def people(chunk: Chunk, maker: ProvinceMaker) -> RowGroup:
    """The row group of `people/PP.parquet`."""
    person, row = chunk.person, chunk.row
    ids = chunk.family["family_id"]
    taken_on = maker.kit.calendar.taken_on
    special: dict[str, Page] = {
        "person_id": codes.from_numbers(person["person_id"], kind="int64"),
        "family_id": codes.from_codes(row, ids, kind="int64"),
        "household_id": codes.from_codes(chunk.family["host"][row], ids, kind="int64"),
        "nik_token": codes.from_numbers(
            chunk.nik.tokens(maker.kit.stream("nik token")), chunk.has_nik, kind="int64", compress=False
        ),
        "province": _constant(maker.plan.province, len(row), "int16"),
        "birth_date": codes.from_numbers(person["born"], kind="date"),
        "monthly_income": _scaled(person["income_steps"], INCOME_STEP, "int64"),
        "deceased_on": _days_before(taken_on, person["deceased_ago"]),
        "weight_kg": _tenths(person["weight_tenths"]),
        "height_cm": _tenths(person["height_tenths"]),
        "measured_on": _days_before(taken_on, person["measured_ago"]),
    }
    return row_group(_with_codes(special, person, maker.kit.layout.person), maker.kit.layout.person)


def identities(chunk: Chunk, maker: ProvinceMaker) -> RowGroup:
    """The row group of `identities/PP.parquet`: what no determination reads."""
    person, family, row = chunk.person, chunk.family, chunk.row
    name, mother = named(chunk, maker)
    cards = chunk.card.digits()
    card_words = np.hstack(
        [np.broadcast_to(np.frombuffer((16).to_bytes(4, "little"), np.uint8), (len(cards), 4)), cards]
    )
    has_card = (family["homeless"] == 0)[row]
    rt, rw = neighbourhood(family)
    pages = {
        "person_id": codes.from_numbers(person["person_id"], kind="int64"),
        "family_id": codes.from_codes(row, family["family_id"], kind="int64"),
        "name": codes.from_text(name.lengths, name.data),
        "nik": codes.from_digits(chunk.nik.digits(), chunk.has_nik),
        "kk_number": codes.from_words(np.where(has_card, row, -1), card_words.tobytes(), len(cards)),
        "mother_name": codes.from_text(mother.lengths, mother.data),
        "birth_place": codes.from_words(person["birth_place"], *maker.birth_places),
        "address": codes.from_words(address(chunk)[row], *maker.kit.addresses),
        "rt": codes.from_words(rt[row], *maker.kit.three_digits),
        "rw": codes.from_words(rw[row], *maker.kit.three_digits),
    }
    return row_group(pages, IDENTITY_KINDS)


def truth(chunk: Chunk, maker: ProvinceMaker) -> RowGroup:
    """The row group of `truth/PP.parquet`: who is poor, and monthly rupiah a head."""
    family = chunk.family
    national = maker.kit.calibration.national
    town, village = national.poverty_lines[maker.plan.province]
    line = np.where(family["urban"] == 1, town, village)
    spread = national.welfare["sd_of_log_expenditure"]
    expenditure = np.rint(line * np.exp(np.round(spread * family["welfare_milli"] / 1000, 6)) / 1000) * 1000
    pages = {
        "family_id": codes.from_numbers(family["family_id"], kind="int64"),
        "poor": codes.from_flags(family["poor"] == 1),
        "expenditure": codes.from_numbers(expenditure.astype(np.int32), kind="int32"),
    }
    return row_group(pages, TRUTH_KINDS)


def _with_codes(special: dict[str, Page], columns: Columns, kinds: Mapping[str, Kind]) -> dict[str, Page]:
    """The pages at hand, and for all other columns those of their codes."""
    return special | {
        name: codes.from_codes(columns[name], kind=kind)
        for name, kind in kinds.items()
        if name not in special
    }


def named(chunk: Chunk, maker: ProvinceMaker) -> tuple[Texts, Texts]:
    """Everybody's name and mother's name; draws the words and the birth place."""
    names, mothers = name_words(chunk, maker)
    spelling = maker.kit.names.spelling
    return spelling.spell(names), spelling.spell(mothers)


def name_words(chunk: Chunk, maker: ProvinceMaker) -> tuple[Words, Words]:
    """Both names as word numbers. A mother in the family has the name that she has there."""
    person, row = chunk.person, chunk.row
    for column in ("culture", "faith", "family_word", "custom", "regency_no"):
        person[column] = chunk.family[column].take(row)
    person["a_woman"] = np.full(len(row), 2, dtype=np.int8)
    drawn = maker.kit.names
    run(maker.naming_people, person, keys_of(person["person_id"], maker.kit.stream("names")))
    names = name_parts(person, chunk.start)
    mothers = names[chunk.start + person["mother"]]
    elsewhere = np.flatnonzero(person["mother"] < 0)
    strangers = absent_parents(chunk, elsewhere)
    run(drawn.mother, strangers, keys_of(strangers["kin_id"], maker.kit.stream("mothers")))
    mothers[elsewhere] = mothers_parts(strangers)
    return names, mothers


def absent_parents(chunk: Chunk, rows: npt.NDArray[np.int64]) -> Columns:
    """What the names of parents who live elsewhere depend on, for these people: the same for siblings.

    `age` is that of the people themselves, or for children of a lone parent, what it is of the parent's.
    """
    person = chunk.person
    kin = chunk.start[rows] + person["kin"][rows]
    own = person["kin"][rows] == person["member_no"][rows] - 1
    parent = ~own & (person["relation"][rows] != OTHER)
    age = person["age"][kin].astype(np.int16) - GENERATION * parent
    return {
        **{name: person[name][kin] for name in ("culture", "faith", "custom", "regency_no", "a_woman")},
        "age": np.maximum(age, 0).astype(np.int8),
        "kin_id": person["person_id"][kin] * 2 + parent,  # a lone parent's own parents are others
    }


def neighbourhood(family: Columns) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """RT and RW of each family: forty families to an RT, six RT to an RW."""
    rt = _place_of_house(family) // FAMILIES_OF_AN_RT
    return rt % RTS_OF_AN_RW + 1, np.minimum(rt // RTS_OF_AN_RW + 1, 999)


def address(chunk: Chunk) -> npt.NDArray[np.int64]:
    """The place of each family's address in `naming.addresses`."""
    family = chunk.family
    house = _place_of_house(family)
    street = (house // HOUSE_NUMBERS * 7 + family["village"]) % 32
    return np.where(family["urban"] == 1, 32 + street * HOUSE_NUMBERS + house % HOUSE_NUMBERS, street)


def _place_of_house(family: Columns) -> npt.NDArray[np.int64]:
    """Sequence in the village of the family whose house it is."""
    return family["sequence"] - family["guest"]


def _constant(value: int, rows: int, kind: Kind) -> Page:
    return codes.from_codes(np.zeros(rows, dtype=np.int8), np.array([value]), kind=kind)


def _few(values: npt.NDArray[np.int64], kind: Kind) -> Page:
    """A sorted column with long runs."""
    changes = np.flatnonzero(np.diff(values)) + 1
    distinct = values[np.concatenate([[0], changes])]
    return codes.from_codes(np.searchsorted(distinct, values), distinct, kind=kind)


def _scaled(places: npt.NDArray[np.integer], step: int, kind: Kind) -> Page:
    return codes.from_codes(places, np.arange(int(places.max(initial=0)) + 1) * step, kind=kind)


def _tenths(places: npt.NDArray[np.integer]) -> Page:
    return codes.from_codes(places, np.arange(int(places.max(initial=0)) + 1) / 10, kind="double")


def _days_before(day: int, ago: npt.NDArray[np.integer]) -> Page:
    return codes.from_codes(ago, day - np.arange(int(ago.max(initial=0)) + 1), kind="date")


def _point(hundredths: npt.NDArray[np.integer], jitter: npt.NDArray[np.integer]) -> Page:
    known = hundredths != UNKNOWN_POINT
    moved = hundredths.astype(np.int64) + jitter - 1
    low = int(moved[known].min(initial=0, where=known[known]) if known.any() else 0)
    places = np.where(known, moved - low, -1)
    return codes.from_codes(places, (np.arange(int(places.max(initial=0)) + 1) + low) / 100, kind="double")
