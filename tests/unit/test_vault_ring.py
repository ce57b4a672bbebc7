"""The ring's file: made once, changed safely, noticed by running processes, and never made up."""

from __future__ import annotations

import datetime
import json
import multiprocessing
import os
from pathlib import Path

import pytest

from dtks.foundation.vault import errors, ring_file
from dtks.foundation.vault.ring import KeyRing

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
LATER = NOW + ring_file.SETTLING


@pytest.fixture
def place(tmp_path: Path) -> ring_file.Place:
    return ring_file.Place(tmp_path / "keys" / "ring.json")


def test_a_new_ring_has_one_key_of_each_kind_for_its_owner_alone(place: ring_file.Place) -> None:
    assert ring_file.create(place, now=NOW)
    assert not ring_file.create(place, now=NOW)
    ring = ring_file.current(place)
    assert (list(ring.data_keys), ring.active, list(ring.index_keys), ring.active_index) == ([1], 1, [1], 1)
    assert len(ring.data_keys[1]) == 64
    assert len(ring.index_keys[1]) == 32
    if os.name != "nt":
        assert place.path.stat().st_mode & 0o777 == 0o600
        assert place.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_reader_makes_no_ring(place: ring_file.Place) -> None:
    with pytest.raises(errors.RingMissing):
        ring_file.current(place)
    assert not place.path.exists()


def _create(path: Path, start: object, answers: object) -> None:
    start.wait()
    place = ring_file.Place(path)
    made = ring_file.create(place, now=NOW)
    answers.put((made, ring_file.current(place).data_keys[1]))


def _add(path: Path, start: object, answers: object) -> None:
    start.wait()
    answers.put(ring_file.add_key(ring_file.Place(path), part="data", now=NOW))


def _side_by_side(target: object, path: Path, count: int) -> list[object]:
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(count), context.Queue()
    children = [context.Process(target=target, args=(path, start, answers)) for _ in range(count)]
    for child in children:
        child.start()
    found = [answers.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    return found


def test_processes_that_start_at_once_hold_one_ring(place: ring_file.Place) -> None:
    found = _side_by_side(_create, place.path, 4)
    assert sorted(made for made, _ in found) == [False, False, False, True]
    assert {key for _, key in found} == {ring_file.current(place).data_keys[1]}


def test_keys_added_at_once_are_all_there(place: ring_file.Place) -> None:
    ring_file.create(place, now=NOW)
    assert sorted(_side_by_side(_add, place.path, 4)) == [2, 3, 4, 5]
    assert sorted(ring_file.current(place).data_keys) == [1, 2, 3, 4, 5]


def test_a_running_process_notices_a_new_key(place: ring_file.Place) -> None:
    ring_file.create(place, now=NOW)
    first = ring_file.current(place)
    assert ring_file.current(place) is first
    assert _side_by_side(_add, place.path, 1) == [2]
    second = ring_file.current(place)
    assert (first.active, second.active) == (1, 2)
    assert second.data_keys[1] == first.data_keys[1]
    assert second.index_keys == first.index_keys


def test_a_replaced_key_settles_before_it_goes(place: ring_file.Place) -> None:
    ring_file.create(place, now=NOW)
    with pytest.raises(errors.KeyActive):
        ring_file.remove_key(place, part="data", key_id=1, now=LATER)
    assert ring_file.add_key(place, part="data", now=NOW) == 2
    with pytest.raises(errors.KeySettling):
        ring_file.remove_key(place, part="data", key_id=1, now=LATER - datetime.timedelta(minutes=1))
    with pytest.raises(errors.KeyMissing):
        ring_file.remove_key(place, part="data", key_id=9, now=LATER)
    ring_file.remove_key(place, part="data", key_id=1, now=LATER)
    assert sorted(ring_file.current(place).data_keys) == [2]
    assert ring_file.add_key(place, part="data", now=LATER) == 3  # 1 does not come back at once


def test_index_keys_are_exchanged_on_their_own(place: ring_file.Place) -> None:
    ring_file.create(place, now=NOW)
    assert ring_file.add_key(place, part="index", now=NOW) == 2
    ring = ring_file.current(place)
    assert (ring.active, ring.active_index, sorted(ring.index_keys)) == (1, 2, [1, 2])
    ring_file.remove_key(place, part="index", key_id=1, now=LATER)
    assert sorted(ring_file.current(place).index_keys) == [2]


def test_a_ring_holds_255_keys(place: ring_file.Place) -> None:
    ring_file.create(place, now=NOW)
    for number in range(2, 256):
        assert ring_file.add_key(place, part="index", now=NOW) == number
    with pytest.raises(errors.RingFull):
        ring_file.add_key(place, part="index", now=NOW)
    ring_file.remove_key(place, part="index", key_id=17, now=LATER)
    assert ring_file.add_key(place, part="index", now=LATER) == 17


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.clear(),
        lambda tree: tree.update(active=9),
        lambda tree: tree.update(format=2),
        lambda tree: tree["data"].append(tree["data"][0]),
        lambda tree: tree["data"][0].update(id=0),
        lambda tree: tree["data"][0].update(key="AAAA"),
        lambda tree: tree["data"][0].update(key="*" * 88),
        lambda tree: tree["index"][0].update(made="kemarin"),
    ],
)
def test_a_damaged_ring_is_refused_and_its_text_not_shown(place: ring_file.Place, change: object) -> None:
    ring_file.create(place, now=NOW)
    tree = json.loads(place.path.read_text())
    key = tree["data"][0]["key"]
    change(tree)
    place.path.write_text(json.dumps(tree))
    with pytest.raises(errors.RingUnreadable) as caught:
        ring_file.current(place)
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_half_written_ring_is_ever_seen(place: ring_file.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ring_file.create(place, now=NOW)
    before: KeyRing = ring_file.current(place)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        ring_file.add_key(place, part="data", now=NOW)
    monkeypatch.undo()
    assert ring_file.current(place) == before
    assert [path.name for path in place.path.parent.iterdir() if path.name.startswith(".ring-")] == []
