"""Words that everybody here thinks of first: a password made mostly of them is refused.

Named in the setting AUTH_PASSWORD_VALIDATORS. The list stands in docs/explanation/security.md as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from dtks.foundation.accounts import queries
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import ancestors_of

WORDS = (
    "admin", "administrator", "bansos", "bantuan", "bantuansosial", "baznas", "blt", "bnba", "bpjs", "bpnt",
    "bps", "bupati", "cekbansos", "desa", "desil", "dinas", "dinsos", "dinassosial", "dtks", "dtsen",
    "dukcapil", "indonesia", "kabupaten", "kades", "kantor", "katasandi", "kecamatan", "keluarga",
    "kelurahan", "kemensos", "kementerian", "kepaladesa", "kota", "kpm", "lurah", "masuk", "merdeka", "nik",
    "nkri", "operator", "pancasila", "password", "pemda", "pendamping", "pendata", "petugas", "pkh",
    "provinsi", "rahasia", "regsosek", "rtrw", "sandi", "sembako", "sidik", "siks", "siksng", "sosial",
    "supervisor", "verifikator", "walikota",
)  # fmt: skip
"""Names of the system, its institutions, offices and programmes, and what people type for want of a
password."""
NEEDED = 8
"""Signs that must be left besides such words, years and rows of signs."""
SHORTEST = 3
_WRITTEN_FOR = str.maketrans("013457@$", "oieastas")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTS = re.compile(r"[^\W\d_]+")


class ContextWordsValidator:
    """Refuses a password of which, without the words of the context, too little is left."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        word = guessable(password, {*WORDS, *_of_the_site(), *_of_the_account(user)})
        if word:
            text = _(
                "Kata sandi ini mudah ditebak: isinya terutama kata seperti “%(word)s”. Pakai beberapa kata "
                "yang tidak ada kaitannya dengan pekerjaan, wilayah, atau nama Anda."
            )
            raise ValidationError(text, code="context_words", params={"word": word})

    def get_help_text(self) -> str:
        return _("Jangan memakai kata dari pekerjaan, wilayah, atau nama Anda.")


def guessable(password: str, words: Iterable[str]) -> str:
    """The longest of ``words`` in a password that is made mostly of them; '' for one that is not.

    Signs between letters count for nothing ('ban-sos'), and digits written for letters count as those
    ('b4ns0s').
    """
    plain = "".join(sign for sign in _folded(password) if sign.isalnum() or sign in "@$")
    letters = plain.translate(_WRITTEN_FOR)
    found: list[str] = []
    covered = {place for year in _YEAR.finditer(plain) for place in range(*year.span())}
    for word in words:
        for text in {plain, letters}:
            for start in _places(text, word):
                found.append(word)
                covered |= set(range(start, start + len(word)))
    left = sum(place not in covered and not _goes_on(plain, place) for place in range(len(plain)))
    return min(found, key=lambda word: (-len(word), word)) if found and left < NEEDED else ""


def _places(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


def _goes_on(text: str, place: int) -> bool:
    """Whether the sign stands in a row of three or more, not first: 111, 123, abc."""
    step = _step(text, place)
    return step in (0, 1) and step in (_step(text, place - 1), _step(text, place + 1))


def _step(text: str, place: int) -> int | None:
    """From the sign before to this one; None where one of the two is not there."""
    return ord(text[place]) - ord(text[place - 1]) if 0 < place < len(text) else None


def _of_the_site() -> set[str]:
    """The labels of the names under which the site is reached: dtks.kab-contoh.go.id → dtks, kabcontoh."""
    return {word for host in settings.ALLOWED_HOSTS for label in host.split(".") for word in _words(label)}


def _of_the_account(user: Any) -> set[str]:
    """Its names, and the areas in which it holds a role, up to the province."""
    if user is None:
        return set()
    named = {word for text in (user.username, user.name) for word in _words(text)}
    if user._state.adding:  # it holds no role yet
        return named
    held = queries.standing(account=user.pk, on=timezone.localdate())
    codes = {code for each in held if each.area for code in ancestors_of(each.area)}
    return named | {word for name in areas.names(codes=codes).values() for word in _words(name)}


def _words(text: str) -> set[str]:
    """What of a name may stand in a password: each of its words and all of them as one."""
    parts = [part for part in _PARTS.findall(_folded(text)) if len(part) >= SHORTEST]
    return {*parts, "".join(parts)} - {""}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
