"""How large the table of a workbook becomes, found from its tags before a reader builds it.

The reader fills a full grid up to the last row and the last column that hold something, and gives every cell
its own copy of a shared text. So a file of a few kilobytes may ask for more memory than there is: by one cell
far off, by one wide row and many short ones, by one long text that all cells show. Tags are read by a parser,
not looked for: they may be cut anywhere, spaced and prefixed as XML allows, and leave their place out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from dtks.foundation.accounts.errors import OfficersFileRefused

MOST_TAGS = 3_000_000
"""Of all parts; 5,000 rows of 50 cells, each with a shared text of its own, have one million."""
SPARE_ROWS = 100
"""Empty lines between are not counted against the limit."""
_SHARED = "xl/sharedstrings.xml"
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_MOST_DIGITS = 19
_NUMBER = re.compile(r"[0-9]{1,19}")
# What every program writes. The reader takes more for a number ('+0', zeros in front) than can be foreseen.
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
MOST_IN_A_TEXT = 32_767
"""A spreadsheet program holds no longer text in one cell."""


class SheetWalk:
    """A walk through the XML parts of one workbook. Limits: the last row and column that may hold something,
    and the characters of all cells together that show a shared text.

    Raises OfficersFileRefused as soon as a limit is passed, `expat.ExpatError` for what is no XML.
    """

    def __init__(self, *, rows: int, columns: int, text: int) -> None:
        self._rows, self._columns, self._text = rows, columns, text
        self._tags = 0
        self._lengths: list[int] = []  # of the shared texts
        self._shown: list[int] = []  # by the cells: numbers of shared texts
        self._begin("")

    def part(self, name: str) -> Callable[[bytes, bool], object]:
        """(piece, last) of one part, in order."""
        self._begin(name)
        # Whatever encoding a part claims for itself: the reader takes it for UTF-8.
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler = self._cdata
        return parser.Parse

    def finish(self) -> None:
        """After all parts: the texts may stand behind the cells that show them."""
        known = len(self._lengths)
        if any(number >= known for number in self._shown):
            raise damaged()
        if sum(self._lengths[number] for number in self._shown) > self._text:
            raise swells()

    def _begin(self, name: str) -> None:
        self._is_shared = name.lower() == _SHARED
        self._in_table = self._in_cell = self._in_value = False
        self._row = self._column = 0  # of the next cell, from 0
        self._place = (0, 0)  # of this cell
        self._kind = ""
        self._value = ""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > MOST_TAGS:
            raise swells()
        name = _local(tag)
        if name == "sst":
            _check_promised(attributes)
        elif self._is_shared and name == "si":
            self._lengths.append(0)
        # In any part: a workbook says itself which of them its sheet is.
        if name == "sheetData":
            self._in_table = True
        elif not self._in_table:
            return
        elif name == "row":
            if (given := attributes.get("r")) is not None:
                if not _ROW.fullmatch(given):
                    raise damaged()
                self._row = int(given) - 1
        elif name == "c":
            self._cell(attributes)
        elif self._in_cell and name == "f":
            raise refused(
                "berisi rumus. Salin lalu tempel sebagai nilai saja.",
                "it holds formulas. Copy and paste values only.",
            )
        elif self._in_cell and name in ("v", "is"):
            self._check_reach()
            self._in_value, self._value = name == "v" and self._kind == "s", ""

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._place = (self._row, self._column)
        elif found := _PLACE.fullmatch(place):
            self._place = (int(found[2]) - 1, _column(found[1]))
        else:
            raise damaged()
        self._column = self._place[1] + 1
        self._in_cell, self._kind = True, attributes.get("t", "")

    def _check_reach(self) -> None:
        """A cell that holds something; a row or a cell that is only painted stretches nothing."""
        row, column = self._place
        if column >= self._columns:
            raise too_wide(self._columns)
        if row >= self._rows + SPARE_ROWS:
            raise refused(
                f"ada isi di baris {row + 1}; paling banyak {self._rows} baris.",
                f"there is content in line {row + 1}; {self._rows} lines at most.",
            )

    def _characters(self, text: str) -> None:
        if self._is_shared and self._lengths:
            self._lengths[-1] += len(text)
            if self._lengths[-1] > MOST_IN_A_TEXT:
                raise swells()
        if self._in_value:
            self._value += text
            if len(self._value) > _MOST_DIGITS:
                raise damaged()

    def _cdata(self) -> None:
        if self._in_value:  # the reader skips it
            raise damaged()

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name == "row":
            self._row, self._column = self._row + 1, 0
        elif name == "c":
            self._in_cell = False
        elif name == "v" and self._in_value:
            self._in_value = False
            if not _INDEX.fullmatch(self._value):
                raise damaged()
            self._shown.append(int(self._value))


def _local(tag: str) -> str:
    """The name without its prefix."""
    prefix, _, name = tag.rpartition(":")
    if ":" in prefix:
        raise damaged()
    return name


def _check_promised(attributes: dict[str, str]) -> None:
    """The reader makes room for as many shared texts as their list says it has."""
    for name in ("count", "uniqueCount"):
        promised = attributes.get(name, "0")
        if not _NUMBER.fullmatch(promised):
            raise damaged()
        if int(promised) > MOST_TAGS:
            raise swells()


def _column(letters: str) -> int:
    """'A' → 0."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _no_doctype(*_: object) -> None:
    raise forbidden_xml()


def refused(problem_id: str, problem_en: str) -> OfficersFileRefused:
    """The error that says in both languages why nothing was read."""
    return OfficersFileRefused(problem_id=problem_id, problem_en=problem_en)


def damaged() -> OfficersFileRefused:
    """It is no workbook that can be read."""
    return refused("bukan buku kerja .xlsx yang utuh.", "it is not a sound .xlsx workbook.")


def forbidden_xml() -> OfficersFileRefused:
    """No workbook needs it, and it is used for attacks."""
    return refused("berisi XML yang tidak diizinkan.", "it holds XML that is not allowed.")


def swells() -> OfficersFileRefused:
    """What it holds takes far more room than the file."""
    return refused("isinya mengembang terlalu besar.", "its content swells too much.")


def too_wide(columns: int) -> OfficersFileRefused:
    """It has cells right of the last column that is read."""
    return refused(f"lebih dari {columns} kolom.", f"it has more than {columns} columns.")
