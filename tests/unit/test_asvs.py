"""The account of ASVS 5.0.0: whole, and every proof that it names exists."""

from __future__ import annotations

import ast
import functools
import hashlib
import re
from collections import Counter

import pytest

from dtks.cli import asvs_page
from dtks.config import environment

ROOT = environment.PROJECT_ROOT
ENTRIES = asvs_page.load()
# SHA-256 over the lines 'number level' of levels 1 and 2, sorted, of the standard's release v5.0.0_release.
STANDARD = "d14a9133210ac2b4592509abc6bd37ad90be24a82a3b85b200e67bfe13bdc2f1"


@functools.cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests in a file: `test_x`, `Class::test_x`. Read, not run."""
    names = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return frozenset(name for name in names if name.split("::")[-1].startswith("test_"))


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert Counter(entry.level for entry in ENTRIES) == {1: 70, 2: 183}
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)
    lines = sorted(f"{entry.id} {entry.level}" for entry in ENTRIES)
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == STANDARD
    numbers = [tuple(int(part) for part in entry.id[1:].split(".")) for entry in ENTRIES]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_what_holds_it(entry: asvs_page.Entry) -> None:
    assert entry.kind in asvs_page.KINDS
    assert 1 <= len(entry.short.split()) <= 12
    nodes = [evidence for evidence in entry.evidence if "::" in evidence]
    settings = [evidence for evidence in entry.evidence if evidence.startswith("DTKS_")]
    files = [evidence for evidence in entry.evidence if evidence not in (*nodes, *settings)]
    for node in nodes:
        path, name = node.split("::", 1)
        assert (ROOT / path).is_file(), node
        assert name in names_in(path), node
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert set(settings) <= {setting.name for setting in environment.SETTINGS}
    if entry.kind == "test":
        assert nodes
        assert not settings
    elif entry.kind == "document":
        assert files
        assert not nodes
    else:
        assert entry.reason
        assert not nodes
        assert entry.kind == "host" or not entry.evidence


def test_nothing_is_open() -> None:
    assert set(asvs_page.KINDS) == {"test", "document", "host", "not_applicable"}
    assert [entry.id for entry in ENTRIES if entry.kind not in asvs_page.KINDS] == []
    text = asvs_page.SOURCE.read_text(encoding="utf-8")
    assert not re.search(r"^  (kind: open|planned:)", text, re.MULTILINE)


def test_the_page_has_a_line_for_each() -> None:
    page = asvs_page.markdown()
    assert "Nothing is open" in page
    rows = [line for line in page.splitlines() if line.startswith("| V")]
    assert [row.split(" ")[1] for row in rows] == [entry.id for entry in ENTRIES]
    assert not any("**open**" in row for row in rows)
