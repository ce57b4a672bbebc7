"""Passwords in the operator's file of breached ones."""

from __future__ import annotations

import hashlib
import io
import random
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from dtks.foundation.accounts.signing_in.breached import BreachedPasswordValidator, listed


def line_of(password: str, count: int) -> str:
    return f"{hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()}:{count}"


def file_of(passwords: list[str], *, newline: str = "\r\n", last: bool = True) -> bytes:
    """The list as it is published: ordered by the hash, counts of any length."""
    lines = sorted(line_of(each, 10 ** (number % 9)) for number, each in enumerate(passwords))
    return (newline.join(lines) + (newline if last and lines else "")).encode()


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 500])
def test_every_listed_password_is_found_and_no_other(size: int, newline: str, last: bool) -> None:
    inside = [f"kopi-tubruk-{number}" for number in range(size)]
    file = io.BytesIO(file_of(inside, newline=newline, last=last))
    assert [each for each in inside if not listed(file, each)] == []
    assert [each for each in inside if listed(file, f"{each}x")] == []


def test_a_long_file_takes_few_reads() -> None:
    class Counted(io.BytesIO):
        lines = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.lines += 1
            return super().readline(size)

    inside = [f"pagi-{random.Random(number).random()}" for number in range(20_000)]
    file = Counted(file_of(inside))
    assert listed(file, inside[77])
    assert file.lines <= 2 * 21, "halves of a megabyte, two lines each"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "pwned.txt"
    made.write_bytes(file_of([f"pagi-{number}" for number in range(99)] + ["kopi-tubruk-pagi-hari"]))
    return made


def test_what_is_listed_is_refused(path: Path) -> None:
    rule = BreachedPasswordValidator(str(path))
    with pytest.raises(ValidationError, match="pernah bocor") as refused:
        rule.validate("kopi-tubruk-pagi-hari")
    assert refused.value.code == "breached"
    rule.validate("kopi-tubruk-sore-hari")


def test_without_a_file_nothing_is_refused() -> None:
    BreachedPasswordValidator().validate("kopi-tubruk-pagi-hari")


@pytest.mark.parametrize("content", [None, b"password\n123456\n", b"\xff" * 200, b"ABC:1\n" * 50])
def test_a_file_that_is_no_such_list_is_told_and_never_passed_over(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "list.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="DTKS_BREACHED_PASSWORDS"):
        BreachedPasswordValidator(str(path)).validate("kopi-tubruk-pagi-hari")
