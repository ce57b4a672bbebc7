"""The history of assistance: one statement per family, programme and period, corrected by superseding."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.fixtures.small_registers import families, people, register

from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import errors, queries
from dtks.registration.registry.actions import load_people, record_assistance
from dtks.registration.registry.models import AssistanceHistory

__all__ = ["register"]
pytestmark = pytest.mark.usefixtures("register")


@pytest.fixture(autouse=True)
def family_id(register: str) -> Any:
    load_people(by=Actor.system("tester"), area="32", families=families(), people=people(), source="test")
    return queries.families().rows[0].family_id


def record(*rows: dict[str, Any]) -> int:
    return record_assistance(by=Actor.system("tester"), payments=pl.DataFrame(list(rows)), source="test")


def test_what_was_received_is_on_the_family_page(family_id: Any) -> None:
    sembako = {"family_id": str(family_id), "programme": "sembako", "period": "2026-03", "amount": 200_000}
    assert record(sembako, {**sembako, "period": "2026-04", "amount": None}) == 2
    received = queries.family(id=family_id).received
    assert [(r.programme, r.period, r.amount) for r in received] == [
        ("sembako", "2026-04", None),
        ("sembako", "2026-03", 200_000),
    ]


def test_a_correction_supersedes_and_the_same_again_adds_nothing(family_id: Any) -> None:
    row = {"family_id": str(family_id), "programme": "pkh", "period": "2026-03", "amount": 750_000}
    assert record(row) == 1
    assert record(row) == 0
    assert record({**row, "amount": 500_000}) == 1
    assert [r.amount for r in queries.family(id=family_id).received] == [500_000]
    assert AssistanceHistory.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"period": "2026-13"}, errors.WrongType),
        ({"period": None}, errors.MissingColumn),
        ({"colour": "red"}, errors.UnknownColumn),
        ({"amount": -1}, errors.Refused),
        ({"family_id": str(new_id())}, errors.FamilyNotFound),
    ],
)
def test_a_payment_that_cannot_be(family_id: Any, change: dict[str, Any], error: type[Exception]) -> None:
    row = {"family_id": str(family_id), "programme": "pkh", "period": "2026-03", "amount": 1}
    with pytest.raises(error):
        record({**row, **change})
    assert AssistanceHistory.objects.count() == 0
