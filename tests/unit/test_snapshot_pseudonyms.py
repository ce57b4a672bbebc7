"""Pseudonyms: keyed, 63 bits, the same for the same number, and none for what is not a number."""

from __future__ import annotations

import uuid
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dtks.determination.targeting.pseudonyms import Pseudonyms

KEY, OTHER = Pseudonyms(bytes(32)), Pseudonyms(bytes(31) + b"\x01")


@given(st.lists(st.one_of(st.none(), st.uuids()), min_size=1, max_size=20))
def test_series_and_single_agree(values: list[uuid.UUID | None]) -> None:
    series = pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)
    expected = [None if value is None else KEY.of_uuid("family", value) for value in values]
    assert KEY.of_uuids("family", series).to_list() == expected
    assert all(number is None or 0 <= number < 2**63 for number in expected)


def test_key_and_purpose_change_the_id() -> None:
    one = uuid.UUID(int=1)
    ids = {KEY.of_uuid("family", one), KEY.of_uuid("household", one), OTHER.of_uuid("family", one)}
    assert len(ids) == 3


def test_only_sixteen_digits_get_a_token() -> None:
    numbers = pl.Series(["3201900101800001", " 3201900101800001 ", "SEMENTARA-1", "32019001018000", None, ""])
    tokens = KEY.of_numbers("nik", numbers).to_list()
    assert tokens[0] == tokens[1] is not None
    assert tokens[2:] == [None] * 4
    assert tokens[0] != KEY.of_numbers("kk", numbers)[0]


def test_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    first = Pseudonyms.of_installation(home=tmp_path)
    second = Pseudonyms.of_installation(home=tmp_path)
    assert first.of_uuid("family", uuid.UUID(int=7)) == second.of_uuid("family", uuid.UUID(int=7))
    assert (tmp_path / "keys/snapshot.key").stat().st_mode & 0o077 == 0
