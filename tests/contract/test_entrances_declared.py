"""Every entrance says what it needs, and stands in the scope tests' table."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from django.conf import settings
from tests.contract import entrances

HERE = "tests/contract/entrances.py"


def test_every_address_says_who_may_use_it() -> None:
    silent = [f"{door.name} (/{door.route})" for door in entrances.doors() if not door.by_method]
    assert silent == [], (
        "Mark these views with @requires(Permission.…) or @open_to_all('why') of accounts.entrance, "
        "or make them an operation of dtks.delivery.api.web"
    )


def test_who_may_use_an_open_address_has_a_reason() -> None:
    for door in entrances.doors():
        for each in door.by_method.values():
            assert not each.open or len(each.reason) > 10, door.name
            assert each.open is False or each.permission is None, door.name


def test_every_address_is_in_the_scope_tests() -> None:
    names = [door.name for door in entrances.doors()]
    assert len(names) == len(set(names)), "two addresses of one name"
    missing = sorted(set(names) - set(entrances.PAGES))
    assert missing == [], f"add to PAGES in {HERE} how a test goes through: {missing}"
    assert sorted(set(entrances.PAGES) - set(names)) == [], f"take out of PAGES in {HERE}"


@pytest.mark.parametrize("door", entrances.doors(), ids=lambda door: door.name)
def test_the_table_fills_every_part_of_the_address(door: entrances.Door) -> None:
    import re

    parts = set(re.findall(r"<(?:\w+:)?(\w+)>", door.route))
    assert set(entrances.PAGES[door.name].keys) == parts


def test_every_command_is_in_the_scope_tests() -> None:
    missing = sorted({name.partition(" ")[0] for name in entrances.commands()} - set(entrances.COMMANDS))
    assert missing == [], f"add to COMMANDS in {HERE} what it opens and why it may: {missing}"


def test_every_job_is_in_the_scope_tests() -> None:
    found = set(entrances.jobs())
    known = entrances.JOBS | set(entrances.OWN_JOBS)
    assert found == known, f"add to JOBS in {HERE}, and a walk to test_scope_jobs.py: {found ^ known}"


def test_a_job_that_nobody_orders_takes_nothing() -> None:
    """Whoever can write into the queue can start it, and nothing more."""
    for name in entrances.OWN_JOBS:
        assert not inspect.signature(entrances.jobs()[name].func).parameters


def test_every_table_of_people_is_scoped_or_read_through_one_that_is() -> None:
    """A table without scope is one of a closed list, each with its reason."""
    from django.apps import apps

    unscoped = {model._meta.label for model in apps.get_models() if model not in entrances.tables()}
    assert sorted(unscoped - set(entrances.UNSCOPED)) == [], (
        f"derive from scope.models.Scoped, or add to UNSCOPED in {HERE} why it needs no area"
    )
    assert sorted(set(entrances.UNSCOPED) - unscoped) == []


def test_no_link_to_a_page_is_marked_as_a_download() -> None:
    """The page that asks for the second factor first, or for signing in, would be saved as a file, unseen."""
    # The log's head is open to all: nobody is asked for anything there.
    marked = re.compile(r"<a\b[^>]*\shref=\"{% url (?!'audit:checkpoint')[^>]*\sdownload\b")
    found = [
        path for path in Path(settings.PROJECT_ROOT, "src").rglob("*.html") if marked.search(path.read_text())
    ]
    assert found == []
    assert marked.search("""<a class="btn" href="{% url 'x' %}?a=1" download>""")
