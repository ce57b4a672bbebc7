"""Whatever the program writes into the trail is read by people: every act has words and a group."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.fixtures.recorded_actions import Code, Unreadable

import dtks
from dtks.foundation.ledger import acts

SOURCE = Path(dtks.__file__).parent


def test_every_act_that_is_recorded_anywhere_has_a_text_and_no_text_is_left_over() -> None:
    found = dict(Code(SOURCE).recorded())
    assert {act: where for act, where in found.items() if act not in acts.ACTS} == {}, (
        "add these to dtks.foundation.ledger.acts"
    )
    assert set(acts.ACTS) - set(found) == set(), "texts for what nobody records"
    # Of each way in which an event is named, one: the reader has not gone blind.
    assert {
        "accounts.grant.expire", "accounts.review.keep", "accounts.request_password",
        "accounts.citizen_close",
        "intake.confirm", "privacy.consent.withdraw", "privacy.shred", "registry.show_refused",
        "vault.rotated", "ledger.export_list",
    } <= set(found)  # fmt: skip


def test_every_group_has_acts_and_each_act_one_group() -> None:
    of = [act for group in acts.GROUPS for act in acts.of_group(group)]
    assert sorted(of) == sorted(acts.ACTS)
    assert all(acts.of_group(group) for group in acts.GROUPS)
    assert acts.of_group("tidak-ada") == ()
    assert acts.text("tak.dikenal") == "tak.dikenal"


def test_the_reader_follows_names_and_refuses_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "ACT = 'a.constant'\n"
        "def told(what, more=False):\n    Event(f'a.{what}' if more else ACT)\n"
        "told('handed', more=True)\n"
    )
    assert {act for act, _ in Code(tmp_path).recorded()} == {"a.handed", "a.constant"}
    (tmp_path / "two.py").write_text("Event(anything())\n")
    with pytest.raises(Unreadable, match="anything"):
        list(Code(tmp_path).recorded())
    assert isinstance(Code(tmp_path).modules[0].tree, ast.Module)
