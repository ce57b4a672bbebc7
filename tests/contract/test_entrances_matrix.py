"""Every role at every door: open exactly when the table of roles says so, and to nobody halfway in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.contract import entrances, visitors, world
from tests.contract.entrances import METHODS, Door
from tests.contract.visitors import Visitor
from tests.fixtures import officers

from dtks.foundation.accounts.entrance import Entrance
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.roles import ROLES, STEP_UP, Permission

pytestmark = pytest.mark.django_db
DOORS = entrances.doors()


@pytest.fixture
def village(db: Any, settings: Any, tmp_path: Any) -> world.Village:
    settings.HOME = tmp_path
    world.load_areas()
    return world.village(world.OWN)


def wrong(visitor: Visitor, village: world.Village, expected: Callable[[Entrance], str]) -> list[str]:
    """Doors that answer otherwise than expected ('in', 'refused', 'step-up', or some of these), or break."""
    found = []
    for door in DOORS:
        for method in METHODS:
            needed = door.needs(method)
            with world.undone():
                told = visitor.go(door, method, village, filled=method == "GET")
            if told.status >= 500:
                found.append(f"{method} {door.name}: {told.status}")
            elif told.outcome == "no-method":
                continue
            elif needed is None:
                found.append(f"{method} {door.name}: answers {told.status} without a declaration")
            elif not needed.open and told.outcome not in expected(needed).split(" or "):
                found.append(f"{method} {door.name}: {told.outcome} ({told.status}), not {expected(needed)}")
    return found


def by_role(role: str) -> Callable[[Entrance], str]:
    allowed = ROLES[role].permissions if role else frozenset()
    return lambda needed: "in" if needed.permission is None or needed.permission in allowed else "refused"


def nowhere(_needed: Entrance) -> str:
    return "refused"


def nothing_but_ones_own(needed: Entrance) -> str:
    # The officers' start page is for any role, not for none.
    return "in or refused" if needed.permission is None else "refused"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_its_permissions_say_and_nothing_else(role: str, village: world.Village) -> None:
    area = world.reaches(role)[0][1]
    assert wrong(visitors.officer(role, area), village, by_role(role)) == []


def test_nobody_opens_only_what_is_open(village: world.Village) -> None:
    assert wrong(Visitor(), village, nowhere) == []


HALFWAY: dict[str, Callable[[Visitor], Visitor]] = {
    "no second factor": visitors.without_factor,
    "locked": visitors.locked,
}


@pytest.mark.parametrize("state", HALFWAY)
@pytest.mark.parametrize("role", ["operator-desa", "administrator", "ppdp", "auditor"])
def test_a_session_that_is_not_complete_opens_nothing(role: str, state: str, village: world.Village) -> None:
    visitor = HALFWAY[state](visitors.officer(role, world.reaches(role)[0][1]))
    assert wrong(visitor, village, nowhere) == []


def test_a_password_that_somebody_else_knows_opens_nothing(village: world.Village) -> None:
    visitor = visitors.officer("operator-desa", world.OWN, username="baru", password="kata-sandi-uji-1")
    Account.objects.filter(username="baru").update(must_change_password=True)
    assert wrong(visitor, village, nowhere) == []


def test_without_a_role_there_is_nothing_but_ones_own_account(village: world.Village) -> None:
    assert wrong(visitors.officer("", ""), village, nothing_but_ones_own) == []


@pytest.mark.parametrize("how", ["expired", "ended", "not yet", "unknown role"])
def test_a_role_that_does_not_stand_opens_nothing(how: str, village: world.Village) -> None:
    visitor = visitors.officer("operator-desa", world.OWN, username="dulu")
    today = timezone.localdate()
    changed = {
        "expired": {"valid_to": today - timedelta(days=1)},
        "ended": {"ended_at": timezone.now()},
        "not yet": {"valid_from": today + timedelta(days=1)},
        "unknown role": {"role": "raja"},
    }
    Grant.objects.filter(account__username="dulu").update(**changed[how])
    assert wrong(visitor, village, nothing_but_ones_own) == []


def test_a_closed_account_opens_nothing(village: world.Village) -> None:
    visitor = visitors.officer("operator-desa", world.OWN, username="keluar")
    Account.objects.filter(username="keluar").update(is_active=False)
    assert wrong(visitor, village, nowhere) == []


def test_an_account_whose_days_are_over_opens_nothing_but_its_own(village: world.Village) -> None:
    visitor = visitors.officer("operator-desa", world.OWN, username="lewat")
    Account.objects.filter(username="lewat").update(expires_on=timezone.localdate() - timedelta(days=1))
    found = wrong(visitor, village, nowhere)
    # Its session may still end itself; nothing of a role is left.
    assert [line for line in found if " in (" in line and not line.split()[1].startswith("accounts:")] == []


@pytest.mark.parametrize("role", ["operator-desa", "administrator", "dinsos-kepala"])
def test_a_factor_of_long_ago_does_not_open_what_hurts(role: str, village: world.Village) -> None:
    visitor = visitors.long_ago(visitors.officer(role, world.reaches(role)[0][1]))
    allowed = by_role(role)

    def expected(needed: Entrance) -> str:
        found = allowed(needed)
        if needed.permission is None:
            return "in or step-up"
        return "step-up" if found == "in" and needed.step_up else found

    assert wrong(visitor, village, expected) == []


def test_what_hurts_is_marked_for_a_step_up() -> None:
    """A page of a permission that always asks again says so, unless it only reads."""
    quiet = {"accounts:officers", "accounts:officer", "accounts:officers_template"}
    for door in DOORS:
        for each in door.by_method.values():
            if each.permission in STEP_UP and door.name not in quiet:
                assert each.step_up, door.name


def test_somebody_with_two_roles_acts_in_the_chosen_one_alone(village: world.Village) -> None:
    from dtks.foundation.accounts.entrance import CHOSEN

    visitor = visitors.officer("pendata", world.OWN, username="dua")
    holder = officers.account("dua")
    second = officers.grant(holder, "administrator", "")
    visitors.with_session(visitor, **{CHOSEN: str(second.pk)})
    assert wrong(visitor, village, by_role("administrator")) == []
    visitors.with_session(visitor, **{CHOSEN: "no such grant"})
    assert wrong(visitor, village, by_role("pendata")) == []


def test_the_matrix_would_notice(village: world.Village) -> None:
    """Every permission that some page asks for is refused to somebody and given to somebody."""
    asked = {each.permission for door in DOORS for each in door.by_method.values() if each.permission}
    for permission in asked:
        holders = [role.id for role in ROLES.values() if permission in role.permissions]
        assert holders and len(holders) < len(ROLES), permission
    assert {Permission.FAMILY_READ, Permission.ACCOUNT_MANAGE, Permission.LEDGER_READ} <= asked


def door(name: str) -> Door:
    return next(each for each in DOORS if each.name == name)
