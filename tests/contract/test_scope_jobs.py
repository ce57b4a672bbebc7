"""Background jobs and commands: a job works in the area of who ordered it, a command only in the scope that
it is given."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection
from tests.contract import entrances, world
from tests.fixtures import officers
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.accounts.models import Grant
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.scope.current import current, limited_to, without_scope
from dtks.foundation.scope.errors import ScopeMissing
from dtks.registration.intake.domain import State
from dtks.registration.intake.models import ImportJob


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def villages(
    request: pytest.FixtureRequest, settings: Any, tmp_path: Any
) -> tuple[world.Village, world.Village]:
    """One's own and another, on either database."""
    settings.HOME = tmp_path
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    assert connection.vendor == request.param
    world.load_areas()
    return world.village(world.OWN), world.village(world.NEAR)


def actor(role: str = "operator-desa", area: str = world.OWN) -> Actor:
    holder = officers.account("pemesan")
    given = officers.grant(holder, role, area)
    return Actor(str(holder.pk), role, area, grant=str(given.pk))


def an_import(village: world.Village, by: Actor) -> str:
    """The job's function as the worker calls it, on that village's import."""
    run = entrances.jobs()["dtks.registration.intake.jobs.run_import"].func
    with without_scope():
        answer: str = run(village.values["job"], asdict(by))
    return answer


WALKS: dict[str, Callable[[world.Village, Actor], str]] = {
    "dtks.registration.intake.jobs.run_import": an_import,
}


def test_every_job_has_a_walk() -> None:
    assert set(WALKS) == entrances.JOBS


@pytest.mark.parametrize("job", WALKS)
def test_a_job_does_not_reach_beyond_who_ordered_it(
    job: str, villages: tuple[world.Village, world.Village]
) -> None:
    own, other = villages
    by = actor()
    before = world.digest(other.area)
    assert WALKS[job](other, by).startswith("DTKS-")
    assert world.digest(other.area) == before
    assert not WALKS[job](own, by).startswith("DTKS-ACC"), "on one's own it does work"


@pytest.mark.parametrize("job", WALKS)
def test_a_job_ends_with_the_role_of_who_ordered_it(
    job: str, villages: tuple[world.Village, world.Village]
) -> None:
    own, _other = villages
    by = actor()
    with limited_to(""):
        Grant.objects.filter(pk=by.grant).update(ended_at="2026-01-01T00:00:00Z")
    assert WALKS[job](own, by) == "DTKS-ACC-001"
    assert WALKS[job](own, actor(role="auditor")) == "DTKS-ACC-001"
    assert WALKS[job](own, Actor(str(uuid.uuid4()), "operator-desa", world.OWN, grant=str(uuid.uuid4()))) == (
        "DTKS-ACC-001"
    )
    with limited_to(""):
        assert ImportJob.objects.get(pk=own.values["job"]).state == State.DONE


def test_an_order_with_a_wider_area_than_the_role_has_is_refused(
    villages: tuple[world.Village, world.Village],
) -> None:
    """The order lies in the queue: whoever can write there must not get further than the grant says."""
    own, other = villages
    by = actor()
    wider = Actor(by.account, by.role, "", grant=by.grant)
    assert an_import(other, wider) == "DTKS-ACC-001"
    stronger = Actor(by.account, "dinsos-supervisor", by.area, grant=by.grant)
    assert an_import(own, stronger) == "DTKS-ACC-001"


def opens_families() -> Any:
    from dtks.registration.registry import queries

    return queries.count_by_area(area=world.OWN)


def test_what_commands_ask_for_needs_their_scope(
    villages: tuple[world.Village, world.Village], no_scope: None
) -> None:
    """`dtks.cli.main` sets the scope; nothing below it does so by itself."""
    from django.db import DatabaseError, transaction

    assert current() is None
    with pytest.raises((ScopeMissing, DatabaseError)), transaction.atomic():
        opens_families()
    with limited_to(""):
        assert opens_families() == {world.OWN: 3}


def test_the_command_line_works_in_the_whole_country(monkeypatch: pytest.MonkeyPatch) -> None:
    from dtks import cli

    seen = []
    monkeypatch.setattr(cli, "app", lambda **_more: seen.append(current()))
    with without_scope():
        cli.main()
    assert seen[0] is not None and seen[0].covers("")
