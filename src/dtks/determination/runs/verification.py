"""The list of what was not scored, and why: one row per fault, down to the member, column and value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import narwhals as nw
import polars as pl

from dtks.determination.runs import checks
from dtks.determination.runs.domain import Fault
from dtks.determination.runs.output import VERIFICATION
from dtks.determination.runs.plans import Plan
from dtks.determination.runs.rulebook import Rulebook
from dtks.foundation.engines.tables import Engine, LazyTable

OF_MEMBERS = Fault.MEMBER_VALUE | Fault.NIK_REPEATED | Fault.BIRTH_DATE


def listed(faulty: pl.DataFrame, orphans: pl.DataFrame, *, plan: Plan) -> pl.DataFrame:
    """Rows of `output.VERIFICATION` for the output rows `faulty` and for members without a family.

    The answers of faulty families are looked at once more in the chunk that `plan` holds.
    """
    parts = [_of_orphans(orphans)]
    if faulty.height:
        rules, engine = plan.rulebook, plan.engine
        place = engine.table(_placed(faulty).select("family_id", "at_province", "at_village", "faults"))
        parts += _of_families(faulty)
        if _some(faulty, Fault.FAMILY_VALUE):
            parts.append(_family_values(plan.families.table, place, rules, engine))
        if _some(faulty, OF_MEMBERS):
            parts += _of_members(plan.people.table, place, rules, engine)
    return pl.concat(part.select(_cast(VERIFICATION)) for part in parts)


def _of_families(faulty: pl.DataFrame) -> list[pl.DataFrame]:
    whole = [fault for fault in Fault if fault not in OF_MEMBERS | Fault.FAMILY_VALUE]
    return [_rows(_placed(faulty).filter(_has(fault)), fault) for fault in whole]


def _of_orphans(orphans: pl.DataFrame) -> pl.DataFrame:
    nowhere = _placed(orphans.with_columns(village=None))
    return _rows(nowhere, Fault.ORPHAN_MEMBER, person=pl.col("person_id"))


def _family_values(families: LazyTable, place: LazyTable, rulebook: Rulebook, engine: Engine) -> pl.DataFrame:
    allowed = rulebook.allowed_in_families
    table = families.select("family_id", *(part.column for part in allowed))
    found = engine.collect(table.join(place, on="family_id", how="inner"))
    return _outside(found.filter(_has(Fault.FAMILY_VALUE)), allowed, Fault.FAMILY_VALUE, person=pl.lit(None))


def _of_members(
    people: LazyTable, place: LazyTable, rulebook: Rulebook, engine: Engine
) -> list[pl.DataFrame]:
    allowed = rulebook.allowed_in_people
    births = checks.impossible_birth(rulebook.taken_on).alias("wrong_birth")
    niks = (nw.col("nik_repeated") & checks.living()).alias("wrong_nik")
    columns = dict.fromkeys(["person_id", "family_id", "age", *(part.column for part in allowed)])
    table = people.with_columns(births, niks).select(*columns, "wrong_birth", "wrong_nik")
    found = engine.collect(table.join(place, on="family_id", how="inner"))
    person = pl.col("person_id")
    return [
        _outside(found, allowed, Fault.MEMBER_VALUE, person=person),
        _rows(
            found.filter("wrong_birth"), Fault.BIRTH_DATE, person=person, column="age", value=pl.col("age")
        ),
        _rows(found.filter("wrong_nik"), Fault.NIK_REPEATED, person=person),
    ]


def _outside(
    found: pl.DataFrame, allowed: Sequence[checks.Allowed], fault: Fault, *, person: pl.Expr
) -> pl.DataFrame:
    parts = [_rows(found.head(0), fault)]
    for part in allowed:
        wrong = nw.from_native(found).filter(part.outside()).to_native()
        parts.append(_rows(wrong, fault, person=person, column=part.column, value=pl.col(part.column)))
    return pl.concat(parts)


def _rows(
    frame: pl.DataFrame,
    fault: Fault,
    *,
    person: pl.Expr | None = None,
    column: str | None = None,
    value: pl.Expr | None = None,
) -> pl.DataFrame:
    nothing = pl.lit(None)
    filled = frame.select(
        "family_id",
        (nothing if person is None else person).alias("person_id"),
        pl.col("at_province").alias("province"),
        pl.col("at_village").alias("village"),
        pl.lit(int(fault)).alias("fault"),
        pl.lit(column).alias("column"),
        (nothing if value is None else value).alias("value"),
    )
    return filled.select(_cast(VERIFICATION))


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Under names that no column of the snapshot has."""
    return frame.with_columns(at_province=pl.col("province"), at_village=pl.col("village"))


def _cast(schema: dict[str, pl.DataType]) -> Iterable[pl.Expr]:
    return (pl.col(name).cast(dtype) for name, dtype in schema.items())


def _has(fault: Fault) -> pl.Expr:
    return (pl.col("faults").cast(pl.Int32) & int(fault)) > 0


def _some(faulty: pl.DataFrame, fault: Fault) -> bool:
    return bool(faulty.select(_has(fault).any()).item())
