"""The right reader for a file that passed the guards."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

from dtks.registration.intake import errors
from dtks.registration.intake.readers.blocks import Workbook
from dtks.registration.intake.readers.csv_text import CsvWorkbook
from dtks.registration.intake.readers.xls import XlsWorkbook
from dtks.registration.intake.readers.xlsx import XlsxWorkbook


@contextmanager
def open_workbook(path: Path, *, kind: str) -> Iterator[Workbook]:
    """An open workbook; `kind` is what `guards.check` said.

    Raises:
        NotReadable: the content breaks its own format, also while it is read inside the block.
    """
    try:
        book: Workbook = {"xlsx": XlsxWorkbook, "xls": XlsWorkbook, "csv": CsvWorkbook}[kind](path)
        try:
            yield book
        finally:
            book.close()
    except (zipfile.BadZipFile, expat.ExpatError, UnicodeDecodeError) as problem:
        raise errors.NotReadable(problem=str(problem)) from problem
