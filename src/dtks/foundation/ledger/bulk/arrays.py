"""Many values as one parameter on PostgreSQL: the text of an array, which the server takes apart.

psycopg's own lists are written value by value in Python, and cost more than all that is done with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def column(values: Sequence[Any]) -> str:
    """The text of an array of numbers, texts or bytes, all of one kind and none missing."""
    return "{" + ",".join(_items(values)) + "}"


def _items(values: Sequence[Any]) -> Iterable[str]:
    if isinstance(values[0], int):
        return map(str, values)
    if isinstance(values[0], bytes):
        return ['"\\\\x' + each.hex() + '"' for each in values]
    escaped = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in values)
    return [f'"{each}"' for each in escaped]


def insert(
    cursor: Any, table: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]], *, end: str = ""
) -> None:
    """Add rows to a table in one statement. ``columns``: name -> type."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({places}){end}",  # noqa: S608 - the caller's own names
        [column(each) for each in zip(*rows, strict=True)],
    )
