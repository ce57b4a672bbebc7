"""The log as static files over HTTP (C2SP tlog-tiles), open to everybody."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.fixtures.ledgers import Attacker, history, in_any_database, told  # noqa: F401 - a fixture

from dtks.foundation.ledger import cosigning, sequencing, stored
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note
from dtks.foundation.ledger.transparency.tiles import Tree, path_of, place_of


def test_whoever_asks_gets_a_tree_that_fits_the_checkpoint(attacker: Attacker, client: Client) -> None:
    assert client.get("/jejak/checkpoint").status_code == 404
    history(600)
    answer = client.get("/jejak/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=2"
    assert answer.content.decode() == str(cosigning.checkpoint())
    head = Checkpoint.of(Note.parse(answer.content))

    def read(level: int, number: int, width: int) -> bytes:
        return client.get(f"/jejak/{path_of(level, number, width)}").content

    assert Tree(head.size, read).root() == head.root
    full, partial = client.get("/jejak/tile/0/000"), client.get("/jejak/tile/0/002.p/10")
    assert full["Cache-Control"] == "public, max-age=31536000, immutable"
    assert partial["Cache-Control"] == "public, max-age=3600"
    assert full["Content-Type"] == "application/octet-stream"
    assert (len(full.content), len(partial.content)) == (256 * 32, 10 * 32)
    assert client.get("/jejak/tile/1/000.p/2").content == stored.read(1, 0, 2)
    assert client.get("/jejak/tile/entries/000").content[:2] == b"\x00\x20"


def test_what_the_tree_does_not_have_is_not_found(attacker: Attacker, client: Client) -> None:
    told(*"abc")
    sequencing.integrate()
    for path in (
        "0/000", "0/000.p/4", "0/000.p/0", "0/000.p/256", "0/000.p/03", "0/0.p/1", "0/001.p/1", "1/000.p/1",
        "8/000.p/1", "00/000.p/1", "x/000.p/1", "entries/000", "entries/000.p/4", "0/x000/000.p/1",
        "0/x999/x999/x999/x999/x999/999", "0/000.p/1/", "../checkpoint",
    ):  # fmt: skip
        assert client.get(f"/jejak/tile/{path}").status_code == 404, path
    assert client.get("/jejak/tile/0/000.p/3").status_code == 200
    assert client.post("/jejak/checkpoint").status_code == 405


@pytest.mark.parametrize("place", [(0, 0, 256), (3, 1234067, 12), ("entries", 999, 256), (7, 10**17 + 3, 1)])
def test_a_path_is_read_as_it_is_written(place: tuple[int | str, int, int]) -> None:
    assert place_of(path_of(*place)) == place
