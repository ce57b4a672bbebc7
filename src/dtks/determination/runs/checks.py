"""Checks before anything is scored: what a family must be for its answers to be believed.

A family that fails goes to verification with the reasons (`domain.Fault`), and is neither scored nor
dropped. Values are checked in the columns that the run reads: an answer that nobody reads decides
nothing. Everything here is an expression over lazy tables; nothing is computed yet.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import narwhals as nw

from dtks.determination.runs.domain import Fault
from dtks.determination.targeting.rules import compiler
from dtks.determination.targeting.rules.variables import VariableInfo
from dtks.foundation.engines.tables import LazyTable

HEAD = 1
"""Code of the head in `relation` (Regsosek 409)."""
DEAD = 2
"""Code of the dead in `presence` (Regsosek 404) and in `status`."""
SPLIT_CARD = 2
"""`kk_code` of a family that split off but is still on its old card (Regsosek 115): the number is
rightly there twice."""
OLDEST = 130

FAMILY_READ = ("family_id", "village", "district", "regency", "province", "size", "kk_token", "kk_code")
"""Family columns that the checks read beside those of the score and the rules."""
PERSON_READ = (
    "person_id",
    "family_id",
    "province",
    "nik_token",
    "age",
    "birth_date",
    "relation",
    "presence",
    "status",
)
MEMBER_COLUMNS = (
    "check_members",
    "check_living",
    "check_heads",
    "check_values",
    "check_births",
    "check_niks",
)
"""Sums over members that `member_sums` makes and `faults` reads."""


@dataclass(frozen=True)
class Allowed:
    """The values that a column may have; `values` is empty when every number between the bounds is one."""

    column: str
    minimum: int
    maximum: int
    values: tuple[int, ...] = ()

    def outside(self) -> nw.Expr:
        """True for a value that the column cannot have; null (unanswered) stays null."""
        if self.values:
            return ~nw.col(self.column).is_in(self.values)
        return (nw.col(self.column) < self.minimum) | (nw.col(self.column) > self.maximum)


def allowed(variables: Mapping[str, VariableInfo], columns: Sequence[str]) -> tuple[Allowed, ...]:
    """For each of `columns` that the dictionary knows with bounds: what it may hold."""
    found = []
    for column in columns:
        variable = variables.get(column)
        if variable is None or variable.kind in ("bool", "other"):
            continue
        sums = variable.values if variable.kind == "bitmask" else ()
        if values := {*sums, *variable.codes}:
            found.append(_of_codes(column, values))
        elif variable.minimum is not None and variable.maximum is not None:
            found.append(Allowed(column, variable.minimum, variable.maximum))
    return tuple(found)


def _of_codes(column: str, values: set[int]) -> Allowed:
    low, high = min(values), max(values)
    # Codes without a gap are checked by their bounds alone: one comparison less for each row.
    gapless = len(values) == high - low + 1
    return Allowed(column, low, high, () if gapless else tuple(sorted(values)))


def living() -> nw.Expr:
    """True unless the member is recorded as dead."""
    dead = _true(nw.col("presence") == DEAD) | _true(nw.col("status") == DEAD)
    return ~dead


def member_sums(people_allowed: Sequence[Allowed], *, taken_on: datetime.date) -> dict[str, nw.Expr]:
    """0/1 person expressions under the names of `MEMBER_COLUMNS`, to be summed per family.

    `nik_repeated` (see `mark_repeated`) must have been joined to the people table.
    """
    flags = {
        "check_members": nw.lit(True),
        "check_living": living(),
        "check_heads": _true(nw.col("relation") == HEAD) & living(),
        "check_values": _any(part.outside() for part in people_allowed),
        "check_births": impossible_birth(taken_on),
        "check_niks": nw.col("nik_repeated") & living(),
    }
    return {name: compiler.as_one(flag) for name, flag in flags.items()}


def faults(family_allowed: Sequence[Allowed]) -> nw.Expr:
    """The faults of a family as one Int16 number (`domain.Fault`), 0 for none.

    The family table must carry `MEMBER_COLUMNS` (null when it has no members) and `kk_repeated`.
    """
    heads, members, alive = nw.col("check_heads"), nw.col("check_members"), nw.col("check_living")
    without = members.is_null()
    found = {
        Fault.NO_MEMBERS: without,
        Fault.NO_HEAD: _true(heads == 0),
        Fault.SEVERAL_HEADS: _true(heads > 1),
        # The dead may or may not be counted in the size: both spellings are in use.
        Fault.SIZE: _true((nw.col("size") != members) & (nw.col("size") != alive)),
        Fault.FAMILY_VALUE: _any(part.outside() for part in family_allowed),
        Fault.MEMBER_VALUE: _true(nw.col("check_values") > 0),
        Fault.NIK_REPEATED: _true(nw.col("check_niks") > 0),
        Fault.KK_REPEATED: nw.col("kk_repeated") & ~split_card(),
        Fault.AREA: ~_areas_agree(),
        Fault.BIRTH_DATE: _true(nw.col("check_births") > 0),
    }
    bits = [nw.when(flag).then(nw.lit(int(fault))).otherwise(nw.lit(0)) for fault, flag in found.items()]
    return reduce(lambda total, bit: total + bit, bits).cast(nw.Int16)


def split_card() -> nw.Expr:
    """True for a family that rightly shares the card number of the family it split from."""
    return _true(nw.col("kk_code") == SPLIT_CARD)


def mark_repeated(table: LazyTable, repeated: LazyTable | None, *, column: str, name: str) -> LazyTable:
    """`table` with a boolean `name`: whether its `column` holds one of the values in `repeated`."""
    if repeated is None:
        return table.with_columns(nw.lit(False).alias(name))
    marked = table.join(repeated.with_columns(nw.lit(True).alias(name)), on=column, how="left")
    return marked.with_columns(_true(nw.col(name)).alias(name))


def _areas_agree() -> nw.Expr:
    village, district, regency = nw.col("village"), nw.col("district"), nw.col("regency")
    return (
        (village // 10_000 == district)
        & (district // 100 == regency)
        & (regency // 100 == nw.col("province"))
    )


def impossible_birth(taken_on: datetime.date) -> nw.Expr:
    """True where the birth date lies after the snapshot, is too long ago, or does not give the age."""
    born, age = nw.col("birth_date"), nw.col("age")
    # Polars gives months in 8 bits, in which 1201 does not fit.
    month_and_day = born.dt.month().cast(nw.Int32) * 100 + born.dt.day().cast(nw.Int32)
    birthday_to_come = month_and_day > taken_on.month * 100 + taken_on.day
    years = taken_on.year - born.dt.year() - nw.when(birthday_to_come).then(nw.lit(1)).otherwise(nw.lit(0))
    return _true(years != age) | _true(born > nw.lit(taken_on)) | _true((age < 0) | (age > OLDEST))


def _true(flag: nw.Expr) -> nw.Expr:
    """Null becomes false: what is not known to be wrong is not a fault."""
    return flag.fill_null(False)


def _any(flags: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(or_, (_true(flag) for flag in flags), nw.lit(False))
