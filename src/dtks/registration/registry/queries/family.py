"""One family with everything that the register holds of it: four queries, however many members."""

# ruff: noqa: S608  names of tables and columns come from the models; every value is a parameter

from __future__ import annotations

import uuid
from typing import Any

from dtks.foundation.vault import configured
from dtks.registration.registry import dictionary, errors
from dtks.registration.registry.bulk.tables import FactTable
from dtks.registration.registry.domain import (
    FactVersion,
    FamilyPage,
    Member,
    OpenTask,
    Origin,
    ReceivedAssistance,
)
from dtks.registration.registry.queries import opening, sql


def family(*, id: uuid.UUID) -> FamilyPage:
    """The family's seven components and its members, as they are now. Raises FamilyNotFound.

    Variables that nobody answered are None. ``origins`` says, per table, since when, when and from where.
    """
    found = next(sql.rows(_family_sql(), [sql.key(id)]), None)
    if found is None:
        raise errors.FamilyNotFound(family_id=id)
    members = [_member(row) for row in sql.rows(_members_sql(), [sql.key(id)])]
    tasks = _tasks(id)
    return FamilyPage(
        family_id=id,
        household_id=sql.identifier(found["household_id"]),
        facts=_facts(found, "family", id),
        origins=_origins(found, sql.tables("families") + sql.tables("households")),
        members=tuple(members),
        tasks=tasks,
        received=_received(id),
    )


def history(*, table: str, subject: uuid.UUID) -> list[FactVersion]:
    """Every version of one subject's facts in one table of the register, newest first. One query."""
    description = next(t for t in sql.all_tables() if t.table == table)
    columns = ", ".join(description.columns)
    found = sql.rows(
        f"SELECT valid_from, valid_to, recorded_at, superseded_at, source, {columns} FROM {table} "
        f"WHERE {description.subject} = %s ORDER BY recorded_at DESC, valid_from DESC, id DESC",
        [sql.key(subject)],
    )
    level = "person" if description.stage == "people" else "family"
    return [
        FactVersion(
            valid_from=sql.day(row["valid_from"]),
            valid_to=sql.day(row["valid_to"]),
            recorded_at=sql.moment(row["recorded_at"]),
            superseded_at=sql.moment(row["superseded_at"]),
            source=row["source"],
            facts=_facts(row, level, subject),
        )
        for row in found
    ]


def _family_sql() -> str:
    joins, columns = _joins(sql.tables("families"), "f.id")
    more_joins, more_columns = _joins(sql.tables("households"), "h.household_id")
    return f"""SELECT h.household_id, {", ".join(columns + more_columns)}
        FROM registry_family f
        LEFT JOIN {sql.HOUSEHOLDS} h ON h.family_id = f.id AND {sql.current("h")}
        {joins} {more_joins} WHERE f.id = %s"""


def _members_sql() -> str:
    joins, columns = _joins(sql.tables("people"), "m.person_id")
    membership = ", ".join(f"m.{name}" for name in sql.membership_columns())
    apart = (
        f"(SELECT a.household_id FROM {sql.HOUSEHOLDS} a "
        f"WHERE a.person_id = m.person_id AND {sql.current('a')} LIMIT 1)"
    )
    return f"""SELECT m.person_id, r.temporary_number, {apart} AS lives_in, {membership}, {", ".join(columns)}
        FROM {sql.MEMBERS} m JOIN registry_person r ON r.id = m.person_id {joins}
        WHERE m.family_id = %s AND {sql.current("m")}
        ORDER BY CASE WHEN m.relation = 1 THEN 0 ELSE 1 END, m.member_no, m.person_id"""


def _joins(tables: list[FactTable], subject: str) -> tuple[str, list[str]]:
    """LEFT JOINs of the current row of each table, and their columns with the particulars of each row."""
    joins, columns = [], []
    for number, table in enumerate(tables):
        alias = f"{table.stage[0]}{number}"
        joins.append(
            f"LEFT JOIN {table.table} {alias} ON {alias}.{table.subject} = {subject} AND {sql.current(alias)}"
        )
        columns += [f"{alias}.{name}" for name in table.columns]
        columns += [
            f"{alias}.{name} AS {table.table}_{name}" for name in ("valid_from", "recorded_at", "source")
        ]
    return " ".join(joins), columns


def _facts(row: dict[str, Any], level: dictionary.Level, subject: uuid.UUID) -> dict[str, Any]:
    variables = dictionary.by_name(level=level)
    ring = configured.ring()
    return {
        name: opening.value(name, stored, subject=subject, ring=ring)
        if name in opening.specs()
        else _plain(variables[name], stored)
        for name, stored in row.items()
        if name in variables
    }


def _plain(variable: dictionary.Variable, value: Any) -> Any:
    return sql.day(value) if value is not None and variable.kind == "date" else value


def _origins(row: dict[str, Any], tables: list[FactTable]) -> dict[str, Origin]:
    return {
        table.table: Origin(
            valid_from=sql.day(row[f"{table.table}_valid_from"]),
            recorded_at=sql.moment(row[f"{table.table}_recorded_at"]),
            source=row[f"{table.table}_source"],
        )
        for table in tables
        if row[f"{table.table}_source"] is not None
    }


def _member(row: dict[str, Any]) -> Member:
    person = sql.identifier(row["person_id"])
    return Member(
        person_id=person,
        temporary_number=row["temporary_number"],
        lives_apart_in=sql.identifier(row["lives_in"]),
        facts=_facts(row, "person", person),
        origins=_origins(row, sql.tables("people")),
    )


def _tasks(family_id: uuid.UUID) -> tuple[OpenTask, ...]:
    found = sql.rows(
        f"""SELECT t.need, t.person_id, t.opened_at FROM registry_civilregistrytask t
            WHERE t.closed_at IS NULL AND (t.family_id = %s OR t.person_id IN (
                SELECT m.person_id FROM {sql.MEMBERS} m WHERE m.family_id = %s AND {sql.current("m")}))
            ORDER BY t.opened_at, t.id""",
        [sql.key(family_id), sql.key(family_id)],
    )
    return tuple(
        OpenTask(
            need=int(row["need"]),
            person_id=sql.identifier(row["person_id"]),
            opened_at=sql.moment(row["opened_at"]),
        )
        for row in found
    )


def _received(family_id: uuid.UUID) -> tuple[ReceivedAssistance, ...]:
    found = sql.rows(
        """SELECT programme, period, amount, channel, person_id, source FROM registry_assistancehistory
           WHERE family_id = %s AND superseded_at IS NULL ORDER BY period DESC, programme""",
        [sql.key(family_id)],
    )
    return tuple(
        ReceivedAssistance(
            programme=row["programme"],
            period=row["period"],
            amount=row["amount"],
            channel=row["channel"],
            person_id=sql.identifier(row["person_id"]),
            source=row["source"],
        )
        for row in found
    )
