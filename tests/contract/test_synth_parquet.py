"""The Parquet that `synth` writes itself is read alike by pyarrow, Polars and DuckDB."""

import datetime

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.determination.synth import parquet_codes as codes
from dtks.determination.synth.parquet_file import ParquetFile, row_group
from dtks.determination.synth.spelling import Spelling

KINDS = {
    "code": "int16", "many": "int16", "kind": "int8", "id": "int64", "token": "int64", "regency": "int32",
    "born": "date", "weight": "double", "flag": "bool", "name": "text", "place": "text", "nik": "text",
    "unasked": "int16",
}  # fmt: skip
_READ_AS = {
    "int8": pl.Int8, "int16": pl.Int16, "int32": pl.Int32, "int64": pl.Int64, "date": pl.Date,
    "double": pl.Float64, "bool": pl.Boolean, "text": pl.String,
}  # fmt: skip
TYPES = {name: _READ_AS[kind] for name, kind in KINDS.items()}
WORDS = ["SITI AMINAH", "KÉRTAJAYA", "X"]


def made(rows: int, seed: int) -> tuple[dict[str, codes.Page], dict[str, list[object]]]:
    """Pages of all kinds, and what they must read as."""
    chance = np.random.default_rng(seed)
    code = chance.integers(-1, 6, rows).astype(np.int8)
    many = chance.integers(-1, 998, rows).astype(np.int16)
    kind = chance.integers(1, 4, rows).astype(np.int8)
    ids = chance.integers(0, 2**62, rows)
    has_token = chance.random(rows) < 0.9
    regency, regencies = chance.integers(0, 3, rows), np.array([1101, 1102, 1171])
    ago = chance.integers(-1, 365, rows).astype(np.int16)
    tenths = chance.integers(-1, 300, rows).astype(np.int16)
    flag = chance.random(rows) < 0.5
    parts = np.stack([chance.integers(0, 3, rows), chance.integers(-1, 3, rows)], axis=1)
    names = Spelling(WORDS).spell(parts)
    place = chance.integers(-1, 3, rows).astype(np.int8)
    digits = chance.integers(48, 58, (rows, 16)).astype(np.uint8)
    pages = {
        "code": codes.from_codes(code),
        "many": codes.from_codes(many),
        "kind": codes.from_codes(kind, kind="int8"),
        "id": codes.from_numbers(ids, kind="int64"),
        "token": codes.from_numbers(ids, has_token, kind="int64", compress=False),
        "regency": codes.from_codes(regency, regencies, kind="int32"),
        "born": codes.from_codes(ago, 20_000 - np.arange(366), kind="date"),
        "weight": codes.from_codes(tenths, np.arange(301) / 10, kind="double"),
        "flag": codes.from_flags(flag),
        "name": codes.from_text(names.lengths, names.data),
        "place": codes.from_words(place, codes.word_page(WORDS), len(WORDS)),
        "nik": codes.from_digits(digits, has_token),
        "unasked": codes.from_codes(np.full(rows, -1, dtype=np.int8)),
    }
    first = datetime.date(1970, 1, 1)
    expected = {
        "code": _known(code),
        "many": _known(many),
        "kind": kind.tolist(),
        "id": ids.tolist(),
        "token": [value if has else None for value, has in zip(ids.tolist(), has_token, strict=True)],
        "regency": regencies[regency].tolist(),
        "born": [first + datetime.timedelta(days=20_000 - n) if n >= 0 else None for n in ago.tolist()],
        "weight": [n / 10 if n >= 0 else None for n in tenths.tolist()],
        "flag": flag.tolist(),
        "name": [" ".join(WORDS[n] for n in row if n >= 0) for row in parts.tolist()],
        "place": [WORDS[n] if n >= 0 else None for n in place.tolist()],
        "nik": [bytes(row).decode() if has else None for row, has in zip(digits, has_token, strict=True)],
        "unasked": [None] * rows,
    }
    return pages, expected


def _known(values: np.ndarray) -> list[int | None]:
    return [value if value >= 0 else None for value in values.tolist()]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A file of four row groups of very different size, and its expected content."""
    path = tmp_path_factory.mktemp("parquet") / "all.parquet"
    file = ParquetFile(path, KINDS)
    expected = {name: [] for name in KINDS}
    for seed, rows in enumerate((1_000, 1, 777, 40_001)):
        pages, values = made(rows, seed)
        file.append(row_group(pages, KINDS))
        for name in KINDS:
            expected[name] += values[name]
    file.close()
    return path, expected


def test_polars_reads_what_was_written(written):
    path, expected = written
    frame = pl.read_parquet(path)
    assert dict(frame.schema) == TYPES
    assert frame.to_dict(as_series=False) == expected


def test_pyarrow_reads_what_was_written_and_trusts_the_statistics(written):
    path, expected = written
    assert pq.read_table(path).to_pydict() == expected
    column = pq.ParquetFile(path).metadata.row_group(3).column(list(KINDS).index("many"))
    values = [value for value in expected["many"][-40_001:] if value is not None]
    found = column.statistics
    assert (found.min, found.max) == (min(values), max(values))
    assert found.null_count == 40_001 - len(values)


def test_duckdb_reads_what_was_written_and_filters_by_statistics(written):
    path, expected = written
    relation = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    columns = [row[0] for row in relation.description]
    rows = relation.fetchall()
    assert {name: [row[n] for row in rows] for n, name in enumerate(columns)} == expected
    wanted = sum(1 for value in expected["many"] if value is not None and value > 990)
    count = duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}') WHERE many > 990").fetchone()
    assert count == (wanted,)


@given(rows=st.integers(1, 600), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_any_number_of_rows_comes_back(tmp_path_factory, rows, seed):
    path = tmp_path_factory.mktemp("any") / "one.parquet"
    pages, expected = made(rows, seed)
    file = ParquetFile(path, KINDS)
    file.append(row_group(pages, KINDS))
    file.close()
    assert pl.read_parquet(path).to_dict(as_series=False) == expected
    assert pq.read_table(path).to_pydict() == expected


def test_the_same_rows_give_the_same_bytes_and_the_hash_is_that_of_the_file(tmp_path):
    import hashlib

    hashes = []
    for name in ("one", "two"):
        file = ParquetFile(tmp_path / name, KINDS)
        file.append(row_group(made(500, 7)[0], KINDS))
        file.close()
        hashes.append(file.sha256)
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == file.sha256
    assert hashes[0] == hashes[1]


def test_an_abandoned_file_is_gone(tmp_path):
    file = ParquetFile(tmp_path / "half", KINDS)
    file.append(row_group(made(5, 1)[0], KINDS))
    file.abandon()
    assert list(tmp_path.iterdir()) == []
