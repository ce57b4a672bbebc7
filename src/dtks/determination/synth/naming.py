"""Names that fit sex, generation, religion and region, put together from the words of `names.yaml`.

A name is one to three given words and, where the culture has them, a family name that passes from father
to child. Balinese are called after the order of birth. Words are numbers until the text is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dtks.determination.synth.ages import AGE, SEX
from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.draws import NULL, Chances, Columns, Dim, Draw, by_rule, compact, lookup
from dtks.determination.synth.skeletons import FEMALE, MALE
from dtks.determination.synth.spelling import Spelling, Vocabulary

COHORTS = ("old", "mid", "young")
OLD_FROM, YOUNG_UP_TO = 57, 31
FAITHS = Dim("faith", 0, 3)
"""Muslim, Christian, other: which words suit."""
COHORT = Dim("cohort", 0, 3)
MOTHER_COHORT = Dim("mother_cohort", 0, 3)
BIRTH_ORDER = Dim("birth_order", 1, 4)
CUSTOM = Dim("custom", 0, 2)
"""Which of two customs of birth-order names a family follows."""
Words = npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Names:
    """What names people anywhere: words, and the draws that choose them by culture."""

    cultures: tuple[str, ...]
    family: list[Draw]
    """From `culture`: religion, faith, family_word, custom."""
    person: list[Draw]
    """From these, `sex`, `age`, `birth_order`: word_1 … word_3, own_word."""
    mother: list[Draw]
    """The same for a mother who lives elsewhere."""
    spelling: Spelling


def birth_places(calibration: Calibration, province: int, regencies: Sequence[int]) -> list[str]:
    """Where people are born: the regencies where the families live first, then the province's others."""
    others = [code for code in calibration.regencies if code // 100 == province and code not in regencies]
    return [calibration.regencies[code].name.upper() for code in (*regencies, *others)]


def addresses(calibration: Calibration) -> list[str]:
    """Hamlets, then streets with 32 house numbers each."""
    streets = calibration.names["places"]["streets"]
    numbered = [f"JL. {street} NO. {3 * number + 1}" for street in streets for number in range(32)]
    return [*(f"DUSUN {hamlet}" for hamlet in hamlets(calibration)), *numbered]


def hamlets(calibration: Calibration) -> list[str]:
    """Names of hamlets."""
    return list(calibration.names["places"]["hamlets"])


def three_digits() -> list[str]:
    """RT and RW numbers."""
    return [f"{number:03d}" for number in range(1000)]


def of_province(
    calibration: Calibration, names: Names, province: int, regencies: Sequence[int]
) -> tuple[Draw, Draw]:
    """Culture and birth place, from `regency_no`, which counts the `regencies` of a province in order."""
    figures = calibration.names
    shares = [figures["regencies"].get(code, figures["provinces"][province]) for code in regencies]
    born_in = len(birth_places(calibration, province, regencies))
    where = Dim("regency_no", 0, len(regencies))

    def culture(at: dict[str, int]) -> Chances:
        return {names.cultures.index(name): share for name, share in shares[at["regency_no"]].items()}

    def birth_place(at: dict[str, int]) -> Chances:
        other = 0.17 / max(born_in - 1, 1)
        return {place: 0.83 if place == at["regency_no"] else other for place in range(born_in)}

    drawn = [by_rule("culture", [where], culture), by_rule("birth_place", [where], birth_place)]
    first, second = compact(drawn)
    return first, second


def compile_names(figures: Mapping[str, Any]) -> Names:
    """The draws of `names.yaml`."""
    cultures = tuple(sorted(figures["cultures"]))
    specs = [figures["cultures"][culture] for culture in cultures]
    words = Vocabulary()
    culture = Dim("culture", 0, len(cultures))
    lists = _Lists(figures["pools"], words)
    family = [
        by_rule("religion", [culture], lambda at: specs[at["culture"]]["religion"]),
        lookup("faith", Dim("religion", 1, 7), {1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2}),
        by_rule("family_word", [culture], lambda at: lists.family_words(specs[at["culture"]])),
        by_rule("custom", [culture], lambda at: {0: 0.55, 1: 0.45}),
    ]
    cohorts = {age: 0 if age >= OLD_FROM else 2 if age <= YOUNG_UP_TO else 1 for age in range(AGE.count)}
    person = [
        lookup("cohort", AGE, dict(cohorts)),
        *(
            _given(f"word_{place}", which, (culture, SEX, COHORT, FAITHS), specs, lists)
            for place, which in enumerate(("first", "second", "third"), start=1)
        ),
        by_rule("own_word", [culture], lambda at: lists.family_words(specs[at["culture"]])),
        _birth_word(culture, specs, words),
    ]
    mothers = {age: 0 if age >= 32 else 1 for age in range(AGE.count)}
    of_mother = (culture, Dim("a_woman", FEMALE, 1), MOTHER_COHORT, FAITHS)
    mother = [
        lookup("mother_cohort", AGE, dict(mothers)),
        _given("mother_1", "first", of_mother, specs, lists),
        _given("mother_2", "second", of_mother, specs, lists),
        by_rule("mother_family", [culture], lambda at: lists.family_words(specs[at["culture"]])),
    ]
    return Names(cultures, compact(family), compact(person), compact(mother), words.spelling())


class _Lists:
    """Word lists of the file as chances by word number."""

    def __init__(self, pools: Mapping[str, Sequence[str]], words: Vocabulary) -> None:
        self._pools = pools
        self.words = words
        self._mixed: dict[tuple[tuple[str, float], ...], dict[int, float]] = {}

    def mixed(self, shares: Mapping[str, float]) -> dict[int, float]:
        """Word numbers and their chances, for lists in these shares."""
        key = tuple(sorted(shares.items()))
        if key not in self._mixed:
            self._mixed[key] = self._mix(shares)
        return self._mixed[key]

    def _mix(self, shares: Mapping[str, float]) -> dict[int, float]:
        out: dict[int, float] = {}
        for pool, share in shares.items():
            weights = [1 / (rank + 6) for rank in range(len(self._pools[pool]))]
            for word, weight in zip(self._pools[pool], weights, strict=True):
                number = self.words.number(word)
                out[number] = out.get(number, 0.0) + share * weight / sum(weights)
        return out

    def family_words(self, spec: Mapping[str, Any]) -> Chances | None:
        return self.mixed({spec["family"]: 1.0}) if "family" in spec else None


def _given(
    name: str, which: str, dims: tuple[Dim, ...], specs: Sequence[Mapping[str, Any]], lists: _Lists
) -> Draw:
    sex_dim, cohort_dim = dims[1], dims[2]

    def rule(at: dict[str, int]) -> Chances | None:
        spec = specs[at["culture"]]
        sex = "male" if at[sex_dim.name] == MALE else "female"
        cohort = COHORTS[at[cohort_dim.name]]
        if which == "first":
            if "births" in spec:  # filled in by the order of birth
                own = spec["births"][sex] if sex_dim.count > 1 else spec["births_other"]["female"]
                return {lists.words.number(word): 1.0 for word in own}
            return lists.mixed(_suiting(spec["first"][sex][cohort], at["faith"], sex))
        words = lists.mixed(_suiting(spec["second"][sex][cohort], at["faith"], sex))
        none = spec["alone"][cohort] if which == "second" else 1 - spec["third"][cohort]
        return {**{word: (1 - none) * share for word, share in words.items()}, -1: none}

    return by_rule(name, dims, rule)


def _suiting(shares: Mapping[str, float], faith: int, sex: str) -> Mapping[str, float]:
    """Word lists for a faith: without those of another, with those of its own."""
    letter = sex[0]
    christian = {pool: share for pool, share in shares.items() if pool.startswith("nasrani")}
    muslim = {pool: share for pool, share in shares.items() if pool.startswith("islam")}
    neutral = {pool: share for pool, share in shares.items() if pool not in christian and pool not in muslim}
    second = any("second" in pool for pool in shares)
    if faith == 0 and christian:
        return {**neutral, f"islam_second_{letter}" if second else f"islam_{letter}": sum(christian.values())}
    if faith == 1 and muslim:
        return {
            **neutral,
            f"nasrani_second_{letter}" if second else f"nasrani_{letter}": sum(muslim.values()) + 0.3,
        }
    if faith == 2 and muslim:
        return neutral or {f"modern_second_{letter}" if second else f"modern_{letter}": 1.0}
    return shares


def _birth_word(culture: Dim, specs: Sequence[Mapping[str, Any]], words: Vocabulary) -> Draw:
    def rule(at: dict[str, int]) -> Chances | None:
        spec = specs[at["culture"]]
        if "births" not in spec:
            return None
        custom = spec["births_other" if at["custom"] else "births"]
        return {words.number(custom["male" if at["sex"] == MALE else "female"][at["birth_order"] - 1]): 1.0}

    return by_rule("birth_word", [culture, SEX, BIRTH_ORDER, CUSTOM], rule, bits=6)


def name_parts(columns: Columns, start: npt.NDArray[np.int64]) -> Words:
    """Everybody's name as four word numbers; `start` is where each one's family begins among the people."""
    first = np.where(columns["birth_word"] >= 0, columns["birth_word"], columns["word_1"])
    second = np.where(columns["word_2"] == first, NULL, columns["word_2"])
    third = np.where((second < 0) | (columns["word_3"] == second), NULL, columns["word_3"])
    family = np.where(columns["own_line"] == 1, columns["own_word"], columns["family_word"])
    fathers = np.flatnonzero(columns["father"] >= 0)
    family[fathers] = family[start[fathers] + columns["father"][fathers]]
    return np.stack([first, second, third, family], axis=1).astype(np.int32)


def mothers_parts(columns: Columns) -> Words:
    """The same for mothers who do not live here."""
    second = np.where(columns["mother_2"] == columns["mother_1"], NULL, columns["mother_2"])
    none = np.full(len(second), NULL)
    return np.stack([columns["mother_1"], second, none, columns["mother_family"]], axis=1).astype(np.int32)
