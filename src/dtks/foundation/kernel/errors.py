"""The root of every anticipated error, and the catalogue that documentation and tests read.

An error class carries a stable ``code``, a message template in Indonesian and one in English, and
whether trying again can help. What is not a ``DtksError`` is a defect of the program and surfaces.
"""

import re
from datetime import date
from typing import Any, ClassVar

from dtks.foundation.kernel.months import long_date

_CODE = re.compile(r"DTKS-[A-Z0-9]+-\d{3}")
_registered: dict[str, type["DtksError"]] = {}


class _Lenient(dict[str, Any]):
    """A template that names an absent parameter keeps its ``{name}``: the failure at hand must not
    be replaced by a failure to describe it."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class DtksError(Exception):
    """Base of all anticipated errors; concrete classes set ``code``, ``message_id``, ``message_en``.

    Parameters are keyword-only plain values, used by the templates (``str.format``) and kept in
    ``params`` for machines. ``permanent`` is False where the same call may succeed later (a lock,
    a gateway). A class that does not set its own ``code`` is a family, not an entry of the catalogue.
    """

    code: ClassVar[str] = ""
    message_id: ClassVar[str] = ""
    message_en: ClassVar[str] = ""
    permanent: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        code = cls.__dict__.get("code")
        if not code:
            return
        if not _CODE.fullmatch(code):
            raise TypeError(f"{cls.__qualname__}: error code {code!r} is not like DTKS-AREA-001")
        if not cls.message_id or not cls.message_en:
            raise TypeError(f"{cls.__qualname__}: an error needs message_id and message_en")
        other = _registered.setdefault(code, cls)
        if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{cls.__qualname__}: code {code} is taken by {other.__qualname__}")
        _registered[code] = cls

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self.params = params

    def __str__(self) -> str:
        return f"{self.code}: {self.text()}" if self.code else self.text()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.params)

    def text(self, language: str = "id") -> str:
        """The message for a reader: ``id`` (Indonesian, also for any unknown language) or ``en``."""
        template = self.message_en if language.lower().startswith("en") else self.message_id
        # A day is told as people write it; `params` keeps it plain. A datetime is a date, too, but no day.
        told = {
            key: long_date(value, language) if type(value) is date else value
            for key, value in self.params.items()
        }
        return template.format_map(_Lenient(told))


def _rebuild(cls: type[DtksError], params: dict[str, Any]) -> DtksError:
    return cls(**params)


def catalogue() -> dict[str, type[DtksError]]:
    """Every error class that has been imported, by code, in order of code."""
    return dict(sorted(_registered.items()))
