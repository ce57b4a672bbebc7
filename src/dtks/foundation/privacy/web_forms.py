"""What the pages of this package read out of a form, and how they show a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext

from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.privacy.domain import Clock

LONGEST = 4_000
"""Signs of a text field."""


class Form:
    """The fields of a form that was sent. Reading a bad one notes a problem under the field's name."""

    def __init__(self, request: HttpRequest) -> None:
        self.given = request.POST
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, needed: bool = False, longest: int = LONGEST) -> str:
        """The field without blanks around it."""
        value = self.given.get(name, "").strip()[:longest]
        if needed and not value:
            self.problems[name] = gettext("Isi bagian ini.")
        return value

    def choice(self, name: str, among: Mapping[str, Any]) -> str:
        """One of the keys; '' (with a problem) for anything else."""
        value = self.given.get(name, "")
        if value not in among:
            self.problems[name] = gettext("Pilih salah satu.")
            return ""
        return value

    def choices(self, name: str, among: Mapping[str, Any]) -> tuple[str, ...]:
        """Those of the boxes ticked that exist."""
        return tuple(value for value in self.given.getlist(name) if value in among)

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        """A date with its hour, as the browser's field gives it, in WIB."""
        value = self.text(name, needed=needed, longest=30)
        if not value:
            return None
        try:
            return timezone.make_aware(datetime.fromisoformat(value).replace(tzinfo=None))
        except (ValueError, OverflowError):
            self.problems[name] = gettext("Tulis tanggal dan jam, misalnya 2026-11-24 09.05.")
            return None

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """A date."""
        value = self.text(name, needed=needed, longest=10)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problems[name] = gettext("Tulis tanggalnya.")
            return None

    def whole(self, name: str, *, most: int = 10**9) -> int | None:
        """A whole number from 0 on; None when left empty."""
        value = self.text(name, longest=15).replace(".", "")
        if not value:
            return None
        if not (value.isascii() and value.isdecimal()) or int(value) > most:
            self.problems[name] = gettext("Tulis bilangan bulat.")
            return None
        return int(value)

    def area_codes(self, name: str) -> tuple[str, ...]:
        """Codes of areas that exist, written between blanks or commas."""
        codes = tuple(self.text(name, longest=2_000).replace(",", " ").split())
        if unknown := [code for code in codes if not areas.exists(code=code)]:
            self.problems[name] = gettext("Wilayah tidak dikenal:") + " " + ", ".join(unknown[:5])
        return codes

    def refused(self, name: str, problem: DtksError) -> None:
        """Note what an action said."""
        self.problems[name] = problem.text(language())


def language() -> str:
    """'id' or 'en'."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def shown(clock: Clock | None) -> dict[str, Any] | None:
    """A clock as `privacy/clock.html` shows it, at this moment."""
    if clock is None:
        return None
    now = timezone.now()
    return {
        "due": clock.due,
        "met_at": clock.met_at,
        "late": clock.met_late,
        "overdue": clock.overdue(now),
        "hours": abs(clock.hours_left(now)),
    }


def names_of(codes: tuple[str, ...] | list[str]) -> str:
    """The areas by name; '' (the whole country) for none."""
    found = areas.names(codes=codes)
    return ", ".join(found.get(code, code) for code in codes)
