"""An officer's history is read by people: whatever this package writes into the trail has a text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import HERE, VILLAGE

import dtks
from dtks.foundation.accounts.models import AccessReview, ResetRequest
from dtks.foundation.accounts.officer_texts import ACTS
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event

SOURCE = Path(dtks.__file__).parent
PACKAGE = SOURCE / "foundation" / "accounts"
RECORDING = {
    "Event": (0, ""),
    "note": (1, ""),
    "grant_event": (0, "accounts."),
    "account_event": (0, "accounts."),
}
"""What makes an event: where its action stands among the arguments, and what is put before it."""
PUT_TOGETHER = {
    "review.{decision}": [f"review.{each}" for each in AccessReview.Decision.values],
    "request_{what}": [f"request_{each}" for each in ResetRequest.What.values],
}
HANDED_ON = {"action", "f'accounts.{action}'"}
"""The action is a parameter there: the call that gives it is looked at."""


def recorded() -> Iterator[tuple[str, str]]:
    """(action, where) of every event of accounts, from the code."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            where = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
            own = PACKAGE in path.parents
            for action in _actions(node, own):
                if own or action.startswith("accounts."):
                    yield action, where


def _actions(node: ast.AST, own: bool) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and own:
        # `action: str = "grant.end"`: of a grant, as whoever leaves it out.
        defaults = dict(
            zip(reversed([each.arg for each in node.args.args]), reversed(node.args.defaults), strict=False)
        )
        defaults |= {
            each.arg: given
            for each, given in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            if given
        }
        if "action" in defaults:
            yield from _values(defaults["action"], "accounts.")
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    named = next((each.value for each in node.keywords if each.arg == "action"), None)
    if called in RECORDING:
        place, before = RECORDING[called]
        given = named or (node.args[place] if len(node.args) > place else None)
        if given is not None:
            yield from _values(given, before, strict=own)
    elif named is not None and own and called == "close":
        yield from _values(named, "accounts.")


def _values(given: ast.expr, before: str, *, strict: bool = True) -> list[str]:
    if isinstance(given, ast.Constant):
        return [before + given.value]
    if isinstance(given, ast.IfExp):
        return [*_values(given.body, before), *_values(given.orelse, before)]
    text = ast.unparse(given)
    if text in HANDED_ON or not strict:
        return []
    found = PUT_TOGETHER.get(text.removeprefix("f").strip("'\""))
    assert found, f"an action that this test cannot read: {text}"
    return [before + each for each in found]


def test_every_action_that_accounts_record_has_a_text() -> None:
    found = dict(recorded())
    assert {each: where for each, where in found.items() if each not in ACTS} == {}
    assert set(ACTS) == set(found), "a text for what nobody records"
    # Of each way in which an event is made, one: the search above has not gone blind.
    assert {
        "accounts.sign_in", "accounts.grant.expire", "accounts.grant.end", "accounts.review.lapse",
        "accounts.step_up",
        "accounts.review.keep", "accounts.request_password", "accounts.read_outbox", "accounts.factor_added",
    } <= set(found)  # fmt: skip


@pytest.mark.django_db
def test_the_history_shows_no_name_of_an_action(client: Client) -> None:
    places.load()
    people.sign_in(client, role="admin-daerah", area=HERE, username="admin-here", name="Admin Banyumas")
    account = people.account("siti", name="Ibu Siti")
    people.grant(account, "operator-desa", VILLAGE)
    looked_at = {"accounts.read", "accounts.read_sign_in"}  # not shown there
    for action in set(ACTS) - looked_at:
        ledger.record(
            Event(action, kind="sign-in", subject=str(account.pk), area=VILLAGE), by=Actor.system("cli")
        )
    page = client.get(f"/petugas/akun/{account.pk}/").content.decode()
    for action, text in ACTS.items():
        assert action not in page
        assert action in looked_at or str(text) in page
