"""Sealed files: what standard readers do with them, and what is refused."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest

from dtks.foundation.vault import files
from dtks.foundation.vault.errors import FileDamaged, KeyMissing
from dtks.foundation.vault.ring import KeyRing

DATA = {1: bytes(range(64)), 2: bytes(range(64, 128))}
INDEX = {1: bytes(32)}
RING = KeyRing(data_keys=DATA, active=1, index_keys=INDEX, active_index=1)
NEWER = KeyRing(data_keys=DATA, active=2, index_keys=INDEX, active_index=1)
SEALED_CHUNK = files.CHUNK + files.TAG_BYTES


def written(path: Path, plain: bytes) -> Path:
    with files.writer(path, ring=RING) as out:
        out.write(plain)
    return path


def test_nothing_readable_and_only_for_its_owner(tmp_path: Path) -> None:
    path = written(tmp_path / "a", b"3201019001800001" * 10_000)
    assert b"32010190" not in path.read_bytes()
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0
    assert files.is_sealed(path)


def test_a_zip_file_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    content = {f"{number}.txt": os.urandom(150_000) + b"x" * number for number in range(5)}
    with files.writer(path, ring=RING) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in content.items():
            package.writestr(name, text)
    with files.reader(path, ring=RING) as file, zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        for name in reversed(content):
            assert package.read(name) == content[name]


def test_csv_lines_are_read(tmp_path: Path) -> None:
    rows = [[str(number), "Siti ÷ é"] for number in range(20_000)]
    path = tmp_path / "a"
    with (
        files.writer(path, ring=RING) as out,
        io.TextIOWrapper(io.BufferedWriter(out), "utf-8", newline="") as text,
    ):
        csv.writer(text).writerows(rows)
    with files.reader(path, ring=RING) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        assert list(csv.reader(text)) == rows


@pytest.mark.parametrize("size", [0, 1, files.CHUNK - 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK])
def test_cut_off_anywhere_is_refused_at_opening(tmp_path: Path, size: int) -> None:
    whole = written(tmp_path / "a", os.urandom(size)).read_bytes()
    borders = range(files.HEADER_BYTES, len(whole), SEALED_CHUNK)
    for length in {0, 5, files.HEADER_BYTES - 1, len(whole) - 1, *borders, *(b + 9 for b in borders)}:
        if length >= len(whole):
            continue
        cut = tmp_path / f"cut{length}"
        cut.write_bytes(whole[:length])
        with pytest.raises(FileDamaged):
            files.reader(cut, ring=RING)


def test_swapped_repeated_altered_and_foreign_chunks_are_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a", os.urandom(4 * files.CHUNK)).read_bytes()
    other = written(tmp_path / "b", os.urandom(4 * files.CHUNK)).read_bytes()
    head, chunks = (
        whole[: files.HEADER_BYTES],
        [
            whole[start : start + SEALED_CHUNK]
            for start in range(files.HEADER_BYTES, len(whole), SEALED_CHUNK)
        ],
    )
    foreign = other[files.HEADER_BYTES : files.HEADER_BYTES + SEALED_CHUNK]
    altered = chunks[0][:100] + bytes([chunks[0][100] ^ 1]) + chunks[0][101:]
    for number, changed in enumerate(
        [
            [chunks[1], chunks[0], chunks[2], chunks[3]],
            [chunks[0], chunks[0], chunks[2], chunks[3]],
            [chunks[0], chunks[2], chunks[3]],
            [*chunks, chunks[3]],
            [foreign, *chunks[1:]],
            [altered, *chunks[1:]],
        ]
    ):
        path = tmp_path / f"changed{number}"
        path.write_bytes(head + b"".join(changed))
        with pytest.raises(FileDamaged), files.reader(path, ring=RING) as file:
            file.read()
    path = tmp_path / "heads"
    path.write_bytes(other[: files.KEY_AT] + head[files.KEY_AT :] + b"".join(chunks))
    with pytest.raises(FileDamaged):
        files.reader(path, ring=RING)


def test_a_file_left_half_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), files.writer(tmp_path / "a", ring=RING) as out:
        out.write(os.urandom(2 * files.CHUNK))
        raise RuntimeError
    forgotten = files.writer(tmp_path / "b", ring=RING)
    forgotten.write(os.urandom(2 * files.CHUNK))
    del forgotten
    for name in ("a", "b"):
        with pytest.raises(FileDamaged):
            files.reader(tmp_path / name, ring=RING)


def test_the_files_key_is_sealed_anew_without_touching_the_content(tmp_path: Path) -> None:
    plain = os.urandom(3 * files.CHUNK)
    path = written(tmp_path / "a", plain)
    before = path.read_bytes()
    with files.reader(path, ring=NEWER) as open_before:
        assert files.reseal(path, ring=NEWER)
        assert not files.reseal(path, ring=NEWER)
        assert files.key_id_of(path) == 2
        assert open_before.read() == plain
    assert path.read_bytes()[files.HEADER_BYTES :] == before[files.HEADER_BYTES :]
    alone = KeyRing(data_keys={2: DATA[2]}, active=2, index_keys=INDEX, active_index=1)
    with files.reader(path, ring=alone) as file:
        assert file.read() == plain
    with pytest.raises(KeyMissing):
        files.reader(written(tmp_path / "b", b"x"), ring=alone)


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    written(tmp_path / "a", b"x")
    with pytest.raises(FileExistsError):
        files.writer(tmp_path / "a", ring=RING)
