"""What stands in the log names nobody."""

from __future__ import annotations

import logging
import sys

import pytest

from dtks.foundation.accounts.errors import WorkFailed
from dtks.foundation.kernel.log_format import WithoutPersonalData, without_numbers

NIK = "3302900101010001"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Not Found: /petugas/{NIK}/", f"Not Found: /petugas/{'*' * 16}/"),
        ("telp 0812-3456-7890.", "telp " + "*" * 14 + "."),
        ("rek. 1234 5678 9012 3456", "rek. " + "*" * 19),
        ("ke ratna.s@contoh.go.id gagal", "ke ***@*** gagal"),
        ("01a20e13-acfe-7305-a842-123456789012 ada", "01a20e13-acfe-7305-a842-123456789012 ada"),
        ("33.02.11.2001 dan 2026-11-24", "33.02.11.2001 dan 2026-11-24"),
        ("baris 12345678", "baris 12345678"),
    ],
)
def test_long_numbers_and_addresses_are_masked(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


def written(error: BaseException) -> str:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "gagal %s", (NIK,), sys.exc_info())
    # Whatever another handler has made of it.
    record.exc_text = f"ValueError: {NIK}"
    return WithoutPersonalData("%(message)s").format(record)


def test_an_unexpected_error_is_written_without_its_message() -> None:
    text = written(ValueError("SITI AMINAH tidak sah"))
    assert "builtins.ValueError" in text and "test_kernel_log_format.py" in text
    assert "SITI" not in text and NIK not in text


def test_an_anticipated_error_keeps_its_own_text() -> None:
    assert WorkFailed.code in written(WorkFailed())
