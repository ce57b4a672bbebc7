"""Family aggregates from the people table: documented names that models (and rules) may use.

Each is a sum over the people of a family, so that one pass over the table gives them all:

    summary = members.total(people, aggregates.sums(["head_age", "children_0_6"]))
    families = members.attach(families, summary).with_columns(**aggregates.columns(["head_age", …]))

Only members who live and stay with the family count (`anggota_dihitung` in `parameters/definitions.yaml`).
An aggregate is null (unknown) when an answer that it needs is missing for any of them, when a family has
no people, or, for those of the head, when it has not exactly one head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import narwhals as nw
from django.conf import settings

from dtks.determination.targeting.rules import compiler, definitions, language, tree, variables
from dtks.determination.targeting.rules.variables import VariableInfo

COUNTED = "anggota_dihitung"
HEAD = "relation = 'Kepala keluarga'"
ANY_DIFFICULTY = (
    "IF_ASKED(difficulty_seeing <= 2 OR difficulty_hearing <= 2 OR difficulty_walking <= 2"
    " OR difficulty_hands <= 2 OR difficulty_learning <= 2 OR difficulty_emotion <= 2, age >= 2)"
    " OR IF_ASKED(difficulty_speaking <= 2 OR difficulty_selfcare <= 2 OR difficulty_memory <= 2, age >= 5)"
)


@dataclass(frozen=True)
class Members:
    """How many counted members make `predicate` true."""

    name: str
    predicate: str
    label_id: str
    label_en: str


@dataclass(frozen=True)
class OfHead:
    """The head's own answer to `column`."""

    name: str
    column: str
    label_id: str
    label_en: str


COUNTS = (
    Members("members", "TRUE", "Anggota yang tinggal bersama", "Members living with the family"),
    Members("children_0_4", "age <= 4", "Anak 0–4 tahun", "Children aged 0–4"),
    Members("children_0_6", "age <= 6", "Anak 0–6 tahun", "Children aged 0–6"),
    Members("children_0_14", "age <= 14", "Anak 0–14 tahun", "Children aged 0–14"),
    Members("children_school_age", "age BETWEEN 7 AND 18", "Anak usia sekolah, 7–18", "Children aged 7–18"),
    Members("working_age", "age BETWEEN 15 AND 64", "Anggota 15–64 tahun", "Members aged 15–64"),
    Members("elderly_60", "age >= 60", "Lansia 60 tahun ke atas", "Members aged 60 or over"),
    Members("elderly_65", "age >= 65", "Anggota 65 tahun ke atas", "Members aged 65 or over"),
    Members("pupils_primary", "bersekolah AND jenjang_sd", "Murid jenjang SD", "Pupils at primary level"),
    Members("pupils_junior", "bersekolah AND jenjang_smp", "Murid jenjang SMP", "Pupils at junior level"),
    Members("pupils_senior", "bersekolah AND jenjang_sma", "Murid jenjang SMA", "Pupils at senior level"),
    Members("workers", "IF_ASKED(worked_last_week = 'Ya', age >= 5)", "Anggota bekerja", "Members who work"),
    Members("pns_members", "asn_tni_polri", "Anggota ASN/TNI/Polri/BUMN", "Members in public service"),
    Members("disabled_members", ANY_DIFFICULTY, "Anggota dengan disabilitas", "Members with a disability"),
    Members(
        "severely_disabled", "disabilitas_berat", "Anggota disabilitas berat", "Severely disabled members"
    ),
    Members("pregnant_members", "ibu_hamil", "Ibu hamil atau nifas", "Pregnant women or new mothers"),
)
OF_HEAD = (
    OfHead("head_age", "age", "Umur kepala keluarga", "Age of the head"),
    OfHead("head_sex", "sex", "Jenis kelamin kepala keluarga", "Sex of the head"),
    OfHead("head_marital_status", "marital_status", "Status kawin kepala keluarga", "Head's marital status"),
    OfHead("head_diploma", "diploma", "Ijazah kepala keluarga", "Head's diploma"),
    OfHead("head_worked", "worked_last_week", "Kepala keluarga bekerja", "Head worked last week"),
    OfHead("head_industry", "industry", "Lapangan usaha kepala keluarga", "Head's industry"),
    OfHead("head_employment", "employment_status", "Kedudukan kerja kepala keluarga", "Head's employment"),
)
DEPENDENCY = VariableInfo(
    "dependency_percent", "family", "int", minimum=0, maximum=9900,
    label_id="Anggota di luar 15–64 tahun per seratus anggota 15–64 tahun",
    label_en="Members outside 15–64 per hundred members aged 15–64",
)  # fmt: skip
_PARTS_OF_DEPENDENCY = ("members", "working_age")
_HEADS = "agg_heads"


def infos() -> Mapping[str, VariableInfo]:
    """Every aggregate by name, as a family variable of the rule language."""
    return _infos()


def sums(names: Iterable[str]) -> dict[str, nw.Expr]:
    """Whole-number expressions over the people table, to be summed per family. Raises KeyError."""
    found: dict[str, nw.Expr] = {}
    for name in _parts(names):
        found |= _sums_of_members(name) if name in _members() else _sums_of_head(name)
    return found


def columns(names: Iterable[str]) -> dict[str, nw.Expr]:
    """The aggregates as expressions over a family table on which `sums` were joined."""
    wanted = list(dict.fromkeys(names))
    return {name: _column(name) for name in wanted}


def read_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of the people table that `sums` reads."""
    found: dict[str, None] = {}
    for name in _parts(names):
        if name in _members():
            found |= dict.fromkeys(variable.name for variable in tree.variables(_members()[name]))
        else:
            found |= dict.fromkeys([*_of_head()[name].names, *_counted_columns()])
    return tuple(found)


@dataclass(frozen=True)
class _HeadAnswer:
    info: VariableInfo
    is_head: tree.Truth

    @property
    def names(self) -> tuple[str, ...]:
        return (self.info.name, *(variable.name for variable in tree.variables(self.is_head)))


@cache
def shared_definitions() -> Mapping[str, definitions.Definition]:
    """The named predicates of `parameters/definitions.yaml`."""
    path = settings.PROJECT_ROOT / "parameters" / "definitions.yaml"
    return definitions.load(path, variables=variables.known())


def _person_rule(text: str) -> tree.Truth:
    rule = language.parse(
        text,
        variables=variables.known(),
        where="aggregates.py",
        level="person",
        definitions=definitions.rules(shared_definitions()),
    )
    return rule.tree


@cache
def _members() -> Mapping[str, tree.Truth]:
    texts = {
        one.name: COUNTED if one.predicate == "TRUE" else f"{COUNTED} AND ({one.predicate})" for one in COUNTS
    }
    return MappingProxyType({name: _person_rule(text) for name, text in texts.items()})


@cache
def _of_head() -> Mapping[str, _HeadAnswer]:
    is_head = _person_rule(f"{COUNTED} AND {HEAD}")
    known = variables.known()
    return MappingProxyType({one.name: _HeadAnswer(known[one.column], is_head) for one in OF_HEAD})


def _counted_columns() -> tuple[str, ...]:
    return tuple(variable.name for variable in tree.variables(_members()["members"]))


@cache
def _infos() -> Mapping[str, VariableInfo]:
    known = variables.known()
    counts = [
        VariableInfo(
            one.name, "family", "int", minimum=0, maximum=99, label_id=one.label_id, label_en=one.label_en
        )
        for one in COUNTS
    ]
    heads = [
        replace(
            known[one.column], name=one.name, level="family", label_id=one.label_id, label_en=one.label_en
        )
        for one in OF_HEAD
    ]
    return MappingProxyType(variables.by_name([*counts, *heads, DEPENDENCY]))


def _parts(names: Iterable[str]) -> list[str]:
    wanted: dict[str, None] = {}
    for name in names:
        wanted |= dict.fromkeys(_PARTS_OF_DEPENDENCY if name == DEPENDENCY.name else (name,))
    return list(wanted)


def _sums_of_members(name: str) -> dict[str, nw.Expr]:
    holds = compiler.truth(_members()[name])
    return {f"agg_{name}": compiler.as_one(holds), f"agg_{name}_open": compiler.as_one(holds.is_null())}


def _sums_of_head(name: str) -> dict[str, nw.Expr]:
    answer = _of_head()[name]
    is_head, stored = compiler.truth(answer.is_head), compiler.column(answer.info)
    told = is_head & ~stored.is_null()
    return {
        _HEADS: compiler.as_one(is_head),
        f"agg_{name}_told": compiler.as_one(told),
        f"agg_{name}": nw.when(told).then(stored.cast(nw.Int64)).otherwise(nw.lit(0, nw.Int64)),
    }


def _column(name: str) -> nw.Expr:
    if name == DEPENDENCY.name:
        members, working = _column("members"), _column("working_age")
        # nobody of working age: the dependants are counted as if there were one
        workers = nw.when(working > 0).then(working).otherwise(nw.lit(1, nw.Int64))
        return nw.when(~working.is_null()).then((members - working) * 100 // workers)
    if name in _members():
        return nw.when(nw.col(f"agg_{name}_open") == 0).then(nw.col(f"agg_{name}").cast(nw.Int64))
    one_head = (nw.col(_HEADS) == 1) & (nw.col(f"agg_{name}_told") == 1)
    return nw.when(one_head).then(nw.col(f"agg_{name}").cast(nw.Int64))
