"""An officer's history is read by people: it shows what happened in words."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import HERE, VILLAGE

from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import acts
from dtks.foundation.ledger.domain import Actor, Event

ACTS = {action: text for action, text in acts.ACTS.items() if action.startswith("accounts.")}
HIDDEN = {"accounts.read", "accounts.read_sign_in"}
"""That the page was looked at is not what happened to the account."""


@pytest.mark.django_db
def test_the_history_shows_no_name_of_an_action(client: Client) -> None:
    places.load()
    people.sign_in(client, role="admin-daerah", area=HERE, username="admin-here", name="Admin Banyumas")
    account = people.account("siti", name="Ibu Siti")
    people.grant(account, "operator-desa", VILLAGE)
    for action in set(ACTS) - HIDDEN:
        ledger.record(
            Event(action, kind="sign-in", subject=str(account.pk), area=VILLAGE), by=Actor.system("cli")
        )
    page = client.get(f"/petugas/akun/{account.pk}/").content.decode()
    for action, text in ACTS.items():
        assert action not in page
        assert action in HIDDEN or str(text) in page
