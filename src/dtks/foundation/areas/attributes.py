"""A table of accessibility and hazards by area, as a disaster or village office gives it."""

from pathlib import Path

import polars as pl

from dtks.foundation.areas.domain import check_code
from dtks.foundation.areas.errors import AreaCodeError, AreaFileError
from dtks.foundation.areas.models import FROM_1_TO_3 as COLUMNS


def read(path: Path) -> pl.DataFrame:
    """A CSV with `code` (dotted) and any of the columns above, values 1 to 3 or empty.

    Raises ``AreaFileError`` for an unknown column, a value out of range, a code twice or malformed.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise AreaFileError(path=str(path), problem=str(problem)) from problem
    unknown = [name for name in table.columns if name not in ("code", *COLUMNS)]
    if unknown or "code" not in table.columns:
        raise AreaFileError(path=str(path), problem=f"kolom/columns: {', '.join(unknown) or '- code'}")
    given = [name for name in COLUMNS if name in table.columns]
    wrong = table.filter(pl.any_horizontal(~pl.col(given).is_in(["1", "2", "3"])))
    if wrong.height:
        raise AreaFileError(path=str(path), problem=f"nilai/value ≠ 1, 2, 3: {wrong.row(0)}")
    if table["code"].is_duplicated().any():
        raise AreaFileError(path=str(path), problem="kode ganda/duplicate code")
    for code in table["code"]:
        try:
            check_code(code or "")
        except AreaCodeError as problem:
            raise AreaFileError(path=str(path), problem=problem.text()) from problem
    return table.select("code", pl.col(given).cast(pl.Int64))
