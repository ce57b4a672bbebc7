"""The class of every column of every table: what the steps' `privacy.py` say, checked against the models.

A step's `privacy.py` is plain data, so that the packages above this one can have it too:

    TABLES   {model: {holds: (id, en), purposes: (…), retention: "class class …", read_by: (permission, …),
                      columns: {data class: "column column …"}, protected: {protection: "column …"},
                      unscoped: (id, en), readable: (id, en)}}
             `protected` is for what a library's columns hold sealed or hashed; `unscoped` gives the reason
             why a table with personal data has no area, `readable` why what should be sealed is not.
    CLASSIFY (model, field) -> data class or None, for columns whose class follows from the model (optional)
    SHREDDERS {retention class: (find, shred)}, see `shredding` (optional)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from dtks.foundation.accounts.roles import ROLES, Permission, Role
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.privacy import elsewhere, files
from dtks.foundation.privacy.domain import CLASSES, ClassInfo, DataClass, Protection
from dtks.foundation.privacy.errors import Unclassified, WrongDeclaration
from dtks.foundation.privacy.files import Text
from dtks.foundation.scope.models import Scoped
from dtks.foundation.vault.spec import IndexSpec, SealedSpec

KEYS = {"holds", "purposes", "retention", "read_by", "columns"}
MAY_HAVE = {"protected", "unscoped", "readable"}
Classify = Callable[[type[models.Model], Any], str | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds and how it lies in the database."""

    name: str
    data_class: DataClass
    protection: Protection

    @property
    def info(self) -> ClassInfo:
        return CLASSES[self.data_class]

    @property
    def readable(self) -> bool:
        """Whether it lies readable although its class must not."""
        return self.info.sealed and self.protection is Protection.TYPED


@dataclass(frozen=True, slots=True)
class Table:
    """One table: of whom, why, how long, for whom. ``read_by``: permissions, any of which opens it."""

    model: str
    name: str
    holds: Text
    purposes: tuple[str, ...]
    retention: tuple[str, ...]
    read_by: tuple[Permission, ...]
    columns: tuple[Column, ...]
    scoped: bool
    unscoped: Text | None
    readable: Text | None

    @property
    def personal(self) -> bool:
        """Whether any column tells of a person."""
        return any(column.info.personal for column in self.columns)

    def readers(self, data_class: DataClass) -> list[Role]:
        """The roles that see this class of data here unmasked, in the order of the table of roles."""
        info = CLASSES[data_class]
        if info.unread:
            return []
        return [
            role
            for role in ROLES.values()
            if role.permissions & set(self.read_by)
            and (info.permission is None or info.permission in role.permissions)
        ]


@dataclass(frozen=True, slots=True)
class Classification:
    """All tables, and what is wrong with what was said of them."""

    tables: tuple[Table, ...]
    problems: tuple[DtksError, ...]


def declarations() -> Iterator[tuple[str, ModuleType]]:
    """(label of the app, its `privacy` module), and `elsewhere` for what has no module of its own."""
    yield "", elsewhere
    for config in apps.get_app_configs():
        if config.name.startswith("dtks.") and module_has_submodule(config.module, "privacy"):
            yield config.label, import_module(f"{config.name}.privacy")


@cache
def classified() -> Classification:
    """Every table of the installation with the class of each column. Reads no database."""
    said: dict[str, tuple[Mapping[str, Any], Classify | None]] = {}
    problems: list[DtksError] = []
    for label, module in declarations():
        for name, entry in getattr(module, "TABLES", {}).items():
            full = name if "." in name else f"{label}.{name}"
            if full in said:
                problems.append(WrongDeclaration(where=full, reason="dinyatakan dua kali · declared twice"))
            said[full] = (entry, getattr(module, "CLASSIFY", None))
    tables = []
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.label_lower):
        entry, classify = said.pop(model._meta.label_lower, (None, None))
        if model._meta.proxy or not model._meta.managed:
            continue
        if entry is None:
            problems.append(Unclassified(column=model._meta.db_table))
            continue
        tables.append(_table(model, entry, classify, problems))
    installed = {config.label for config in apps.get_app_configs()}
    for left in said:
        if left.split(".")[0] in installed:
            problems.append(WrongDeclaration(where=left, reason="tidak ada tabel ini · no such table"))
    return Classification(tuple(tables), tuple(problems))


def tables() -> tuple[Table, ...]:
    """Every table that is declared."""
    return classified().tables


def _table(
    model: type[models.Model], entry: Mapping[str, Any], classify: Classify | None, problems: list[DtksError]
) -> Table:
    label = model._meta.label_lower

    def wrong(reason: str) -> None:
        problems.append(WrongDeclaration(where=label, reason=reason))

    if missing := KEYS - set(entry):
        wrong(f"tidak ada · missing: {', '.join(sorted(missing))}")
    if unknown := set(entry) - KEYS - MAY_HAVE:
        wrong(f"tak dikenal · unknown: {', '.join(sorted(unknown))}")
    for purpose in entry.get("purposes", ()):
        if purpose not in files.purposes():
            wrong(f"tujuan tak dikenal · unknown purpose: {purpose}")
    retention = tuple(str(entry.get("retention", "?")).split())
    for name in retention:
        if name not in files.retentions():
            wrong(f"kelas retensi tak dikenal · unknown retention class: {name}")
    table = Table(
        model=label,
        name=model._meta.db_table,
        holds=Text(*entry.get("holds", ("?", "?"))),
        purposes=tuple(entry.get("purposes", ())),
        retention=retention,
        read_by=tuple(Permission(each) for each in entry.get("read_by", ())),
        columns=tuple(_columns(model, entry, classify, problems)),
        scoped=issubclass(model, Scoped),
        unscoped=Text(*entry["unscoped"]) if "unscoped" in entry else None,
        readable=Text(*entry["readable"]) if "readable" in entry else None,
    )
    if table.personal and not table.purposes:
        wrong("data pribadi tanpa tujuan · personal data without a purpose")
    if table.personal and not table.scoped and table.unscoped is None:
        wrong(
            "data pribadi tanpa batas wilayah dan tanpa alasan · personal data without area scope or a reason"
        )
    lying_open = [column.name for column in table.columns if column.readable]
    if lying_open and table.readable is None:
        wrong(f"harus disegel · must be sealed: {', '.join(lying_open)}")
    if not lying_open and table.readable is not None:
        wrong("tidak ada yang terbaca; hapus alasannya · nothing lies readable; take the reason away")
    if table.scoped and table.unscoped is not None:
        wrong("sudah dibatasi wilayah; hapus alasannya · it is scoped; take the reason away")
    return table


def _columns(
    model: type[models.Model], entry: Mapping[str, Any], classify: Classify | None, problems: list[DtksError]
) -> Iterator[Column]:
    label = model._meta.label_lower
    stated = _by_column(entry.get("columns", {}), DataClass, label, problems)
    protected = _by_column(entry.get("protected", {}), Protection, label, problems)
    for field in model._meta.local_concrete_fields:
        found = stated.pop(field.name, None) or _follows(model, field, stated, entry, classify)
        if found is None:
            problems.append(Unclassified(column=f"{model._meta.db_table}.{field.column}"))
            continue
        yield Column(field.name, DataClass(found), protected.pop(field.name, None) or _protection(field))
    for name in (*stated, *protected):
        problems.append(
            WrongDeclaration(where=f"{label}.{name}", reason="tidak ada kolom ini · no such column")
        )


def _by_column(said: Mapping[str, str], kind: Any, label: str, problems: list[DtksError]) -> dict[str, Any]:
    """{column: class} out of {class: 'column column'}."""
    found: dict[str, Any] = {}
    for name, columns in said.items():
        if name not in set(kind):
            problems.append(
                WrongDeclaration(where=label, reason=f"golongan tak dikenal · unknown class: {name}")
            )
            continue
        for column in columns.split():
            if column in found:
                problems.append(
                    WrongDeclaration(where=f"{label}.{column}", reason="dinyatakan dua kali · declared twice")
                )
            found[column] = kind(name)
    return found


def _follows(
    model: type[models.Model],
    field: Any,
    stated: Mapping[str, Any],
    entry: Mapping[str, Any],
    classify: Classify | None,
) -> str | None:
    """The class that needs no word: of a key, of an area, of an index, or what the step's models say."""
    if isinstance(getattr(field, "sealed", None), IndexSpec):
        source = model._meta.get_field(field.sealed.source)
        all_stated = _by_column(entry.get("columns", {}), DataClass, "", [])
        return all_stated.get(source.name) or _follows(model, source, stated, entry, classify)
    if field.name == "area_number":
        return DataClass.OPERATIONAL
    if field.is_relation:
        return DataClass.KEY
    if field.primary_key and isinstance(field, models.AutoField):
        return DataClass.OPERATIONAL
    return classify(model, field) if classify else None


def _protection(field: Any) -> Protection:
    spec = getattr(field, "sealed", None)
    if isinstance(spec, SealedSpec):
        return Protection.SEALED
    return Protection.INDEX if isinstance(spec, IndexSpec) else Protection.TYPED
