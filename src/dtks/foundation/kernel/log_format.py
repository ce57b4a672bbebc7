"""How the program writes to its log: enough to find a fault, nothing about a person.

Numbers of nine digits and more (NIK, KK, phone, account) are masked wherever they stand. Of an unexpected
error the place and the kind are written, not its message: that quotes the value at fault ('invalid
literal …', 'Failing row contains …'). The message of a `DtksError` is our own text and stays.
"""

import logging
import re
import traceback
from types import TracebackType

from dtks.foundation.kernel.errors import DtksError

_LONG_NUMBER = re.compile(r"\d(?:[ \-]?\d){8,}")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LEFT_OUT = "(isi pesan tidak dicatat · message left out)"
_Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def without_numbers(text: str) -> str:
    """``text`` with long numbers and e-mail addresses masked. Keys of records (UUIDs) stay."""
    parts, last = [], 0
    for key in _UUID.finditer(text):
        parts += [_masked(text[last : key.start()]), key.group()]
        last = key.end()
    return "".join([*parts, _masked(text[last:])])


def _masked(text: str) -> str:
    return _EMAIL.sub("***@***", _LONG_NUMBER.sub(lambda found: "*" * len(found.group()), text))


class WithoutPersonalData(logging.Formatter):
    """A formatter that masks what may be personal."""

    def format(self, record: logging.LogRecord) -> str:
        # Another formatter may have written the failure out in full on this record.
        record.exc_text = None
        return without_numbers(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        # Whatever a visitor sent: one entry is one line, and nobody writes another's.
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei: _Failure) -> str:
        kind, value, frames = ei
        if kind is None or value is None:
            return ""
        lines = ["Traceback (most recent call last):\n", *traceback.format_tb(frames)]
        message = str(value) if isinstance(value, DtksError) else LEFT_OUT
        lines.append(f"{kind.__module__}.{kind.__qualname__}: {message}")
        return "".join(lines)
