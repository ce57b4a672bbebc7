"""The table of roles: what must hold of it whatever is added, and what its rules say of cases."""

from __future__ import annotations

import itertools
import re
import uuid
from datetime import date

import pytest

from dtks.foundation.accounts import permissions_page
from dtks.foundation.accounts.account_data import AccountData, new_password
from dtks.foundation.accounts.domain import Holding, clashing, may_give
from dtks.foundation.accounts.roles import (
    DUTIES,
    INCOMPATIBLE,
    PERMISSION_TEXTS,
    ROLES,
    Duty,
    Permission,
    Reach,
    clash,
    duty_clash,
)
from dtks.foundation.ledger.domain import Actor

# The list, in its order.
WANTED = (
    "warga", "rt-rw", "operator-desa", "kepala-desa", "kecamatan", "pendata", "lks", "dinsos-verifikator",
    "dinsos-supervisor", "dinsos-kepala", "bupati", "provinsi", "kemensos-analis", "kemensos-program",
    "kemensos-bayar", "menteri", "dukcapil", "kesehatan", "pendidikan", "penyalur", "auditor", "peneliti",
    "ppdp", "administrator",
)  # fmt: skip


def holding(role: str, area: str = "", first: date = date(2026, 1, 1), last: date | None = None) -> Holding:
    return Holding(uuid.uuid4(), uuid.uuid4(), role, area, "", first, last)


def test_every_role_of_the_brief_is_there() -> None:
    assert set(WANTED) <= ROLES.keys()


def test_every_permission_has_a_text_and_a_holder() -> None:
    assert PERMISSION_TEXTS.keys() == set(Permission)
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert held == set(Permission)


def test_no_role_holds_two_duties_that_must_not_meet() -> None:
    for role in ROLES.values():
        for pair in itertools.combinations(role.duties, 2):
            assert frozenset(pair) not in INCOMPATIBLE, role.id


def test_who_gives_roles_can_open_the_pages_for_it() -> None:
    for role in ROLES.values():
        for giver in role.granted_by:
            assert Permission.ACCOUNT_MANAGE in ROLES[giver].permissions, (role.id, giver)


def test_nobody_gives_the_citizens_role_and_only_the_administrator_gives_administrators() -> None:
    assert ROLES["warga"].granted_by == ()
    assert ROLES["administrator"].granted_by == ("administrator",)
    assert ROLES["admin-daerah"].granted_by == ("administrator",)
    assert not may_give(Actor("x", "admin-daerah", "33.02"), ROLES["bupati"])
    assert may_give(Actor.system(), ROLES["administrator"])


def test_who_sees_people_does_not_manage_accounts() -> None:
    for role in ROLES.values():
        if Permission.ACCOUNT_MANAGE in role.permissions:
            assert Permission.FAMILY_READ not in role.permissions


def test_the_village_proposes_and_the_regent_approves_never_one_person() -> None:
    held = [holding("operator-desa", "33.02.11.2001")]
    assert clashing(holding("bupati", "33.02"), held) == held[0]
    assert clashing(holding("bupati", "33.03"), held) is None, "another regency"
    assert clashing(holding("menteri"), [holding("kemensos-bayar")]) is not None


def test_roles_that_follow_each_other_in_time_do_not_meet() -> None:
    before = holding("operator-desa", "33.02.11.2001", last=date(2026, 6, 30))
    assert clashing(holding("bupati", "33.02", first=date(2026, 7, 1)), [before]) is None
    assert clashing(holding("bupati", "33.02", first=date(2026, 6, 30)), [before]) == before


def test_an_officer_may_be_a_citizen_too() -> None:
    assert all(clash(role, ROLES["warga"]) is None for role in ROLES.values())


def test_a_case_keeps_its_steps_apart() -> None:
    assert duty_clash(Permission.VERIFY, frozenset({Permission.OWN_PROPOSE})) == Permission.OWN_PROPOSE
    assert duty_clash(Permission.APPROVE, frozenset({Permission.VERIFY})) == Permission.VERIFY
    assert duty_clash(Permission.PAYMENT_RELEASE, frozenset({Permission.PAYMENT_PREPARE})) is not None
    assert duty_clash(Permission.CHECK, frozenset({Permission.PROPOSE})) == Permission.PROPOSE
    assert duty_clash(Permission.VERIFY, frozenset({Permission.CHECK, Permission.VISIT})) is None


@pytest.mark.parametrize("pair", sorted(sorted(pair) for pair in INCOMPATIBLE))
def test_every_incompatible_pair_stops_a_case_whichever_came_first(pair: list[Duty]) -> None:
    one, other = (next(p for p, duty in DUTIES.items() if duty == wanted) for wanted in pair)
    assert duty_clash(one, frozenset({other})) == other
    assert duty_clash(other, frozenset({one})) == one


def test_the_page_of_permissions_names_every_role_permission_and_pair() -> None:
    page = permissions_page.render()
    for role in ROLES.values():
        assert f"`{role.id}` {role.name_id}" in page
    matrix = dict(re.findall(r"^\| `([a-z.]+)` \| ((?:`[a-z-]+`(?:, )?)+) \|$", page, re.MULTILINE))
    assert matrix.keys() == {each.value for each in Permission}
    for each in Permission:
        holders = {role.id for role in ROLES.values() if each in role.permissions}
        assert set(matrix[each.value].replace("`", "").split(", ")) == holders
    assert page.count("\n- ") == len(INCOMPATIBLE) + 3
    assert page == permissions_page.render()


def test_reaches_are_levels_of_areas() -> None:
    assert [int(each) for each in Reach] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "Siti Aminah"), ("username", "ab"), ("username", "-siti"), ("name", "=HYPERLINK(1)"),
        ("username", "3302930303705398"), ("username", "op-3302.9303.0370.5398"),
        ("name", "Siti 3302930303705398"),
        ("name", "\u202eSiti"), ("name", "A"), ("email", "siti@"), ("email", "a b@c.id"), ("phone", "0812"),
        ("phone", "08123x456789"), ("nik", "3302"), ("nik", "3302910000000001"),
        ("expires_on", date(2026, 11, 23)),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_at_its_field(field: str, value: object) -> None:
    good = {"username": "siti.aminah", "name": "Siti Aminah", "phone": "+62 812-3456-7890"}
    assert AccountData(**good).clean().problems(on=date(2026, 11, 24)) == {}
    wrong = AccountData(**{**good, field: value}).clean().problems(on=date(2026, 11, 24))
    assert list(wrong) == [field]
    assert wrong[field].text("id") != wrong[field].text("en")


def test_passwords_are_long_readable_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){3}", each) for each in made)
