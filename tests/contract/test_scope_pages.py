"""An officer of one village at every address of the site, while other villages are full of people: not a
byte of theirs is shown, not one figure differs, and nothing of theirs changes, whatever keys are tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.contract import entrances, visitors, world
from tests.contract.visitors import Visitor
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.accounts.roles import ROLES, Reach

DOORS = entrances.doors()
PUBLIC = frozenset({"public:look_up", "public:result", "public:why_not"})
"""Shows what is published by law, of every village, to everybody; not read from the register."""
FRESH = frozenset({"accounts:first_app", "accounts:first_key", "accounts:add_app", "accounts:add_key"})
"""Shows a new secret each time, and nothing else."""
OF_THE_LOG = frozenset({"audit:bundle", "audit:opened", "audit:checkpoint", "audit:tile", "audit:whole"})
"""Tells how long the log is and where in it an event stands: it is one for the whole country, in public."""
QUICK = ("operator-desa", "dinsos-supervisor", "auditor", "ppdp", "admin-daerah", "kesehatan")
"""Between them they hold every permission that a page asks for."""
BOUND = [(role, area) for role in ROLES for role, area in world.reaches(role) if area and role != "warga"]
"""Every role with every area that it may be held for, but the whole country, which has nothing outside."""
EACH = [
    pytest.param(
        role, area, id=f"{role}-{area}",
        marks=[] if role in QUICK and area == world.reaches(role)[0][1] else pytest.mark.slow,
    )
    for role, area in BOUND
]  # fmt: skip


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def own(request: pytest.FixtureRequest, settings: Any, tmp_path: Any) -> Iterator[world.Village]:
    """One's own village, alone in the register."""
    settings.HOME = tmp_path
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    assert connection.vendor == request.param
    world.load_areas()
    yield world.village(world.OWN)


def seen(visitor: Visitor, village: world.Village) -> dict[str, tuple[int, bytes]]:
    """What every page shows for one's own village: {method and door: status and words}."""
    found = {}
    for door in DOORS:
        if door.name not in PUBLIC | FRESH:
            with world.undone():
                told = visitor.go(door, "GET", village)
            found[door.name] = (told.status, world.same_words(told.content))
    return found


@pytest.mark.parametrize(("role", "area"), EACH)
def test_other_villages_make_no_difference(role: str, area: str, own: world.Village) -> None:
    visitor = visitors.officer(role, area)
    alone = seen(visitor, own)
    others = [world.village(each) for each in world.outside(area)]
    assert others
    together = seen(visitor, own)
    differing = [name for name in alone.keys() - OF_THE_LOG if alone[name] != together[name]]
    assert differing == [], f"these pages count or show what lies outside {area}"
    told = {name: found for name, (_, words) in together.items() if (found := world.told(others, words))}
    assert told == {}


@pytest.mark.parametrize(("role", "area"), EACH)
def test_keys_of_other_villages_open_nothing_and_change_nothing(
    role: str, area: str, own: world.Village
) -> None:
    visitor = visitors.officer(role, area)
    problems = []
    for other in [world.village(each) for each in world.outside(area)]:
        before = world.digest(other.area)
        for door in DOORS:
            if door.name in PUBLIC:
                continue
            for method in entrances.METHODS:
                for filled in (True, False) if method == "POST" else (True,):
                    with world.undone():
                        told = visitor.go(door, method, other, filled=filled)
                        changed = told.outcome == "in" and world.digest(other.area) != before
                    what = f"{method} {door.name} with keys of {other.area}"
                    if told.status >= 500:
                        problems.append(f"{what}: {told.status}")
                    if changed:
                        problems.append(f"{what}: changed a row there")
                    sent = {other.values[name] for name in other.values}
                    if words := [each for each in other.told_in(told.content) if not _sent(each, sent)]:
                        problems.append(f"{what}: tells {words}")
                    if told.status == 200 and _names_a_thing(door) and method == "GET":
                        problems.append(f"{what}: opened")
        assert world.digest(other.area) == before
    assert problems == []


def _sent(word: str, sent: set[str]) -> bool:
    """Whether the test itself sent it: a page may repeat its own address (the language switch)."""
    return any(word in text or word in text.replace("-", "") for text in sent)


OF_A_THING = frozenset(
    {"@family", "@person", "@job", "@account", "@grant", "@consent", "@breach", "@series", "@event"}
)


def _names_a_thing(door: entrances.Door) -> bool:
    """Whether the address has a key of something that stands in a village."""
    return bool(OF_A_THING & set(entrances.PAGES[door.name].keys.values()))


def test_these_tests_would_notice(own: world.Village) -> None:
    """Somebody whose area holds the other villages does see them: the words are told when they are shown."""
    visitor = visitors.officer("kemensos-analis", "")
    alone = seen(visitor, own)
    near = world.village(world.NEAR)
    together = seen(visitor, own)
    assert alone["workspace:home"] == together["workspace:home"], "asked for one's own village"
    listed = next(door for door in DOORS if door.name == "workspace:families")
    family = next(door for door in DOORS if door.name == "api:family")
    assert world.told([near], visitor.go(listed, "GET", near).content)
    assert near.values["family"] in near.told_in(visitor.go(family, "GET", near).content)
    before = world.digest(near.area)
    with world.undone():
        _delete_one(near)
        assert world.digest(near.area) != before
    assert world.digest(near.area) == before


def _delete_one(village: world.Village) -> None:
    from dtks.registration.intake.models import PendingRow

    assert PendingRow.objects.filter(area_number=world.span_of(village.area)[0]).delete()[0] == 1


def test_every_level_of_area_is_tried() -> None:
    assert {area.count(".") + 1 for _, area in BOUND} == {level for level in Reach if level}
