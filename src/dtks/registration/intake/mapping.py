"""A file layout as data: which sheet and column holds which variable of the register.

One YAML file per layout in `formats/` (or a saved mapping of an office): see docs/reference/formats.md.
Everything that it names is checked against the register's dictionary when it is loaded.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from dtks.foundation.kernel import yaml_text
from dtks.registration.intake import errors
from dtks.registration.registry import dictionary

FOLDER = Path(__file__).parent / "formats"
Level = Literal["person", "family"]
LONGEST_TEXT = 200_000
DEEPEST = 20

# What a column may say besides the register's variables: whose row it is and where.
GROUPING = frozenset({"family_key", "household_key", "age"})
PLACE = frozenset({"village", "bps_province", "bps_regency", "regency_name", "district_name", "village_name"})
KINDS_OF_OWN = {
    **dict.fromkeys(GROUPING | PLACE, "text"),
    "age": "count",
    "kk_number": "digits",
    "nik": "digits",
}


@dataclass(frozen=True)
class Source:
    """Where a variable's value comes from: a column, through a table of codes, or its being filled."""

    column: str
    codes: dict[str, int | None] | None = None
    filled: int | None = None


@dataclass(frozen=True)
class Target:
    """A variable and its sources. `combine`: the first that says anything counts; or all are added up; or,
    for answers 1 yes and 2 no, 'any' yes is a yes."""

    variable: str
    level: Level
    kind: str
    sources: tuple[Source, ...]
    combine: Literal["first", "sum", "any"] = "first"


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `key` is its heading made comparable, with #2, #3 … when it comes again.

    `labels`: the column's own codes with their labels (several, parted by |). `also`: codes that stand for
    one of the register's. `same_as`: must hold the same as that column, or nothing.
    """

    key: str
    heading: str
    labels: dict[str, str] = field(default_factory=dict)
    required: bool = False
    ignore: str = ""
    same_as: str = ""
    also: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetSpec:
    id: str
    names: tuple[str, ...]
    header_rows: int
    level: Level
    fill_down: tuple[str, ...]
    optional: bool
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


@dataclass(frozen=True)
class Format:
    """A layout. `nik` lenient: the source is known for invalid numbers, they are noted and not used.

    `age_on`: the day that ages in the file refer to. `valid_from`: since when its answers hold, when the
    file does not say (both as YYYY-MM-DD, '' when not stated).
    """

    id: str
    version: int
    title_id: str
    title_en: str
    source: str
    nik: Literal["strict", "lenient"]
    age_on: str
    valid_from: str
    blank: tuple[str, ...]
    sheets: tuple[SheetSpec, ...]

    def sheet(self, sheet_id: str) -> SheetSpec:
        return next(sheet for sheet in self.sheets if sheet.id == sheet_id)

    @property
    def says_village(self) -> bool:
        """Whether its columns can tell the village."""
        return any(
            target.variable in ("village", "village_name")
            for sheet in self.sheets
            for target in sheet.targets
        )


def heading_key(heading: str) -> str:
    """'Nama KRT (13)' → 'nama_krt': lower case, no numbering in brackets, single underscores."""
    bare = re.sub(r"\s*\(\d+\)\s*$", "", heading.strip().lower())
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


@cache
def formats() -> dict[str, Format]:
    """Every layout that ships with the program, by id."""
    found = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {layout.id: layout for layout in found}


def load(path: Path) -> Format:
    """The layout in a YAML file.

    Raises:
        MappingInvalid: not YAML, an unknown variable, a source that is no column, and the like.
    """
    return parse(read_tree(path), name=path.name)


def read_tree(path: Path) -> Any:
    """What a YAML file holds, as plain values; raises MappingInvalid when it is none."""
    try:
        return yaml_text.load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as problem:
        raise errors.MappingInvalid(name=path.name, problem=str(problem)) from problem


def tree_of(text: str, *, name: str) -> dict[str, Any]:
    """The tree in the text of a mapping that somebody sent.

    Raises:
        MappingInvalid: too long, nested too deep, not YAML, no mapping, or with aliases.
    """
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"lebih dari {LONGEST_TEXT // 1000} kB")
        _refuse_traps(text)
        tree = yaml_text.load(text)
        if not isinstance(tree, dict):
            raise ValueError("bukan pemetaan: mulailah dengan 'id:', 'title:' dan 'sheets:'")
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise errors.MappingInvalid(name=name, problem=str(problem)) from problem
    return tree


def _refuse_traps(text: str) -> None:
    """Look at the events of YAML before anything is made of them; raises ValueError.

    With aliases a few lines unfold to gigabytes; deep nesting overflows the stack of the C composer, which
    ends the process and can't be caught.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml_text.Loader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("alias YAML (*nama) tidak diterima")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"bersarang lebih dari {DEEPEST} tingkat")


def as_json(tree: dict[str, Any], *, name: str) -> dict[str, Any]:
    """The tree as JSON can hold it; dates and the like as texts, which say the same to `parse`.

    Raises:
        MappingInvalid: a key or number that JSON does not know, or a text with a null character.
    """
    try:
        text = json.dumps(tree, default=str, allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise errors.MappingInvalid(name=name, problem=str(problem)) from problem
    if "\\u0000" in text:
        raise errors.MappingInvalid(name=name, problem="karakter nol di dalam teks")
    return dict(json.loads(text))


def parse(content: Any, *, name: str) -> Format:
    """The layout in a tree as YAML gives it; raises MappingInvalid like `load`."""
    try:
        return Format(
            id=str(content["id"]),
            version=int(content.get("version", 1)),
            title_id=_title(content, "id"),
            title_en=_title(content, "en"),
            source=str(content.get("source", "")),
            nik=_rule_of_nik(content),
            age_on=_day(content, "age_on"),
            valid_from=_day(content, "valid_from"),
            blank=tuple(str(value) for value in content.get("blank", ())),
            sheets=tuple(_sheet(sheet, name) for sheet in content["sheets"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        text = f"{type(problem).__name__}: {problem}"
        raise errors.MappingInvalid(name=name, problem=text) from problem


def _title(content: Any, language: str) -> str:
    title = content["title"][language]
    if not isinstance(title, str) or not title.strip():
        raise ValueError(f"title: {language}: harus teks yang tidak kosong")
    return title


def _rule_of_nik(content: Any) -> Literal["strict", "lenient"]:
    rule: Literal["strict", "lenient"] = content.get("nik", "strict")
    if rule not in ("strict", "lenient"):
        raise ValueError(f"nik: {rule!r}: strict atau lenient")
    return rule


def _day(content: Any, key: str) -> str:
    given = str(content.get(key) or "")
    if given:
        datetime.date.fromisoformat(given)
    return given


def _sheet(tree: dict[str, Any], name: str) -> SheetSpec:
    level: Level = tree["level"]
    if level not in ("person", "family"):
        raise ValueError(f"level {level!r}")
    if int(tree.get("header_rows", 1)) < 0:
        raise ValueError("header_rows: tidak boleh kurang dari nol")
    columns = []
    sources: dict[str, list[Source]] = {}
    for heading, given in tree["columns"].items():
        spec = {"to": given} if isinstance(given, str) else dict(given or {})
        column = _column(str(heading), spec)
        columns.append(column)
        if "to" in spec:
            sources.setdefault(spec["to"], []).append(Source(column.key, _codes(spec.get("codes"))))
    keys = {column.key for column in columns}
    combine: dict[str, Any] = {}
    for variable, rule in (tree.get("derive") or {}).items():
        combine[variable] = rule.get("combine", "first")
        for part in rule["from"]:
            source = Source(_key(part["column"]), _codes(part.get("codes")), part.get("filled"))
            if source.column not in keys:
                raise ValueError(f"derive {variable}: no column {part['column']!r}")
            sources.setdefault(variable, []).append(source)
    return SheetSpec(
        id=str(tree["id"]),
        names=tuple(tree.get("names", ())),
        header_rows=int(tree.get("header_rows", 1)),
        level=level,
        fill_down=tuple(_key(heading) for heading in tree.get("fill_down", ())),
        optional=bool(tree.get("optional", False)),
        columns=tuple(columns),
        targets=tuple(
            _target(variable, level, tuple(parts), combine.get(variable, "first"))
            for variable, parts in sources.items()
        ),
    )


def _key(heading: object) -> str:
    text, _, occurrence = str(heading).partition("#")
    return heading_key(text) + (f"#{occurrence}" if occurrence else "")


def _column(heading: str, spec: dict[str, Any]) -> Column:
    labels = {str(code): str(label) for code, label in (spec.get("labels") or {}).items()}
    return Column(
        key=_key(heading),
        heading=heading.partition("#")[0],
        labels=labels,
        required=bool(spec.get("required", False)),
        ignore=str(spec.get("ignore", "")),
        same_as=_key(spec["same_as"]) if "same_as" in spec else "",
        also={str(code): str(value) for code, value in (spec.get("also") or {}).items()},
    )


def _codes(tree: dict[Any, Any] | None) -> dict[str, int | None] | None:
    if tree is None:
        return None
    return {str(code): None if value is None else int(value) for code, value in tree.items()}


def _target(variable: str, level: Level, sources: tuple[Source, ...], combine: Any) -> Target:
    if variable in KINDS_OF_OWN:
        place = variable in PLACE or variable in ("kk_number", "family_key", "household_key")
        return Target(variable, "family" if place else level, KINDS_OF_OWN[variable], sources)
    person, family = (dictionary.by_name(level=each) for each in ("person", "family"))
    known = person.get(variable) if level == "person" else None
    known = known or family.get(variable)
    if known is None:
        raise ValueError(f"no variable {variable!r} at the level of a {level}")
    if combine not in {"first", "sum", "any"}:
        raise ValueError(f"combine {combine!r}")
    return Target(variable, known.level, known.kind, sources, combine)
