"""Columns do what the single value does; what is sealed comes back; files are read anywhere."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dtks.foundation.vault import blind, cipher, columns, files
from dtks.foundation.vault.errors import KeyMissing, ValueDamaged
from dtks.foundation.vault.ring import KeyRing

DATA = {1: bytes(range(64)), 7: bytes(range(64, 128))}
INDEX = {1: bytes(range(32)), 7: bytes(range(32, 64))}
RING = KeyRing(data_keys=DATA, active=7, index_keys=INDEX, active_index=7)
OLDER = KeyRing(data_keys=DATA, active=1, index_keys=INDEX, active_index=1)

numbers = st.from_regex(r"[0-9]{16}", fullmatch=True)
texts = st.one_of(
    st.none(), numbers, st.text(max_size=20), st.from_regex(r"[+' 0-9.-]{0,18}", fullmatch=True), st.just(""),
    st.from_regex(r" ?(\+|00|0)?62[ ()-]{0,2}0{0,2}[0-9 -]{0,9}", fullmatch=True),
)  # fmt: skip
rows = st.lists(st.tuples(texts, st.uuids()), max_size=12)


def _columns(pairs: list[tuple[str | None, uuid.UUID]]) -> tuple[pl.Series, pl.Series]:
    values = pl.Series("v", [value for value, _ in pairs], dtype=pl.String)
    return values, pl.Series("r", [record.hex for _, record in pairs], dtype=pl.String)


@given(rows, st.booleans())
def test_a_column_is_sealed_as_its_values_are(
    pairs: list[tuple[str | None, uuid.UUID]], digits: bool
) -> None:
    values, records = _columns(pairs)
    sealed = columns.seal_column(values, records, column="a.b", ring=RING, digits=digits)
    expected = [
        None
        if value is None
        else cipher.seal(
            cipher.pack_digits(value) if digits else value.encode(),
            column="a.b",
            record=record.bytes,
            ring=RING,
        )
        for value, record in pairs
    ]
    assert sealed.to_list() == expected
    assert columns.unseal_column(sealed, records, column="a.b", ring=RING, digits=digits).equals(values)


@given(rows, st.booleans())
def test_a_free_column_comes_back(pairs: list[tuple[str | None, uuid.UUID]], digits: bool) -> None:
    values, _ = _columns(pairs)
    sealed = columns.seal_column_free(values, column="a.b", ring=OLDER, digits=digits)
    assert columns.unseal_column_free(sealed, column="a.b", ring=RING, digits=digits).equals(values)
    for one, value in zip(sealed.to_list(), values.to_list(), strict=True):
        if one is not None:
            plain = cipher.unseal_free(one, column="a.b", ring=RING)
            assert (cipher.unpack_digits(plain) if digits else plain.decode()) == value


@given(rows)
def test_keys_mix_in_a_column(pairs: list[tuple[str | None, uuid.UUID]]) -> None:
    values, records = _columns(pairs)
    old = columns.seal_column(values, records, column="a.b", ring=OLDER)
    new = columns.seal_column(values, records, column="a.b", ring=RING)
    mixed = pl.Series(
        [a if place % 2 else b for place, (a, b) in enumerate(zip(old, new, strict=True))], dtype=pl.Binary
    )
    assert columns.unseal_column(mixed, records, column="a.b", ring=RING).to_list() == values.to_list()


@given(st.lists(st.tuples(numbers, st.uuids()), min_size=2, max_size=6, unique_by=lambda pair: pair[1]))
def test_a_shifted_column_does_not_open(pairs: list[tuple[str, uuid.UUID]]) -> None:
    values, records = _columns(pairs)
    sealed = columns.seal_column(values, records, column="a.b", ring=RING, digits=True)
    with pytest.raises(ValueDamaged):
        columns.unseal_column(sealed, records.shift(1, fill_value=records[-1]), column="a.b", ring=RING)
    with pytest.raises(ValueDamaged):
        columns.unseal_column(sealed, records, column="a.c", ring=RING)


def test_short_and_foreign_values_are_refused() -> None:
    records = pl.Series([uuid.uuid4().hex])
    for value in (b"", b"\x01", b"\x01" + bytes(15), b"\x01" + bytes(28)):
        with pytest.raises(ValueDamaged):
            columns.unseal_column(pl.Series([value]), records, column="a.b", ring=RING)
        with pytest.raises(ValueDamaged):
            columns.unseal_column_free(pl.Series([value]), column="a.b", ring=RING)
    with pytest.raises(KeyMissing):
        columns.unseal_column(pl.Series([b"\x09" + bytes(30)]), records, column="a.b", ring=RING)


@given(st.sampled_from(sorted(blind.KINDS)), st.lists(texts, max_size=12), st.sampled_from([None, 1, 7]))
def test_a_column_is_indexed_as_its_values_are(
    kind: str, values: list[str | None], key_id: int | None
) -> None:
    found = columns.index_column(pl.Series("v", values, dtype=pl.String), kind=kind, ring=RING, key_id=key_id)
    expected = [
        blind.blind_index(value, kind=kind, ring=RING, key_id=key_id).hex()
        if value is not None and blind.KINDS[kind](value)
        else None
        for value in values
    ]
    assert found.to_list() == expected
    assert found.dtype == pl.String


@given(st.text(max_size=40))
def test_packed_text_comes_back(text: str) -> None:
    assert cipher.unpack_digits(cipher.pack_digits(text)) == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(size=st.integers(0, 3 * files.CHUNK + 9), seed=st.integers(0, 2**32), data=st.data())
def test_a_file_is_read_from_anywhere(tmp_path: Path, size: int, seed: int, data: st.DataObject) -> None:
    plain = random.Random(seed).randbytes(size)
    path = tmp_path / uuid.uuid4().hex
    with files.writer(path, ring=RING) as out:
        start = 0
        while start < size:
            step = data.draw(st.integers(1, 2 * files.CHUNK))
            out.write(plain[start : start + step])
            start += step
    with files.reader(path, ring=RING) as file:
        assert file.read() == plain
        for _ in range(5):
            at, count = data.draw(st.tuples(st.integers(0, size + 5), st.integers(0, size + 5)))
            file.seek(at)
            assert file.read(count) == plain[at : at + count]
        assert file.seek(0, 2) == size
