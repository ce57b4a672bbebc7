"""Which columns of the database are sealed: read from the fields' attribute `sealed`, not listed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from dtks.foundation.vault.spec import IndexSpec, SealedSpec


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values. `record`: the column with the UUID that a bound value is bound to."""

    column: str
    spec: SealedSpec
    record: str = ""


@dataclass(frozen=True)
class IndexColumn:
    """A column of blind indexes, and the sealed column of the same table that they are made from."""

    column: str
    spec: IndexSpec
    source: SealedColumn


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns."""

    name: str
    sealed: tuple[SealedColumn, ...]
    indexes: tuple[IndexColumn, ...]


def sealed_tables(models: Iterable[Any] | None = None) -> list[SealedTable]:
    """The tables with sealed columns among those of the models (default: of the installed apps), by name.

    Raises:
        ValueError: a blind index names a field that is not sealed, or a bound column no record
        (programming errors).
    """
    if models is None:
        models = apps.get_models(include_auto_created=True)
    found = [_table(model) for model in models if not model._meta.proxy]
    return sorted((table for table in found if table.sealed), key=lambda table: table.name)


def _table(model: Any) -> SealedTable:
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    specs = {name: spec for name, field in fields.items() if (spec := getattr(field, "sealed", None))}
    where = model._meta.label
    sealed = {
        name: SealedColumn(fields[name].column, spec, _record(fields, spec, where))
        for name, spec in specs.items()
        if isinstance(spec, SealedSpec)
    }
    indexes = []
    for name, spec in specs.items():
        if isinstance(spec, IndexSpec):
            if spec.source not in sealed:
                raise ValueError(f"{where}.{name}: {spec.source!r} is no sealed field of this table")
            indexes.append(IndexColumn(fields[name].column, spec, sealed[spec.source]))
    return SealedTable(model._meta.db_table, tuple(sealed.values()), tuple(indexes))


def _record(fields: dict[str, Any], spec: SealedSpec, where: str) -> str:
    if not spec.record:
        return ""
    if spec.record not in fields:
        raise ValueError(f"{where}: {spec.record!r} is no field of this table")
    column: str = fields[spec.record].column
    return column
