"""Accounts and roles, on SQLite and PostgreSQL: who may make, give, end, pass on and take over what."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import FAR_VILLAGE, HERE, NEIGHBOUR, THERE, VILLAGE

from dtks.foundation.accounts import actions, errors, listing, openwork, queries, resets
from dtks.foundation.accounts.models import Account, Grant, ResetRequest
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in.errors import NothingAsked, SecondPersonNeeded
from dtks.foundation.areas.errors import AreaNotFound
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope.current import limited_to
from dtks.foundation.scope.errors import OutsideScope

NIK = "3302914708820001"
register = places.register


@pytest.fixture
def admin(register: str) -> Actor:
    return places.actor("admin-here", "admin-daerah", HERE)


def made(by: Actor, username: str = "siti", **more: Any) -> uuid.UUID:
    return actions.create_account(by=by, username=username, name=f"Ibu {username}", **more).account


def events(account: uuid.UUID) -> list[str]:
    rows = LedgerEvent.objects.filter(subject=str(account)).order_by("at", "id")
    return list(rows.values_list("action", flat=True))


def raw(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return repr(
            [
                [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                for row in cursor.fetchall()
            ]
        )


def test_a_new_account_can_do_nothing_and_its_values_are_sealed(admin: Actor) -> None:
    new = actions.create_account(
        by=admin, username="Siti.Aminah ", name=" Siti  Aminah", email="Siti@Desa.go.id", nik=NIK,
        phone="0812-3456-7890",
    )  # fmt: skip
    account = Account.objects.get(pk=new.account)
    assert (account.username, account.name, account.email) == (
        "siti.aminah",
        "Siti Aminah",
        "siti@desa.go.id",
    )
    assert account.nik == NIK
    assert account.must_change_password
    assert check_password(new.password, account.password)
    assert queries.standing(account=new.account, on=timezone.localdate()) == []
    assert events(new.account) == ["accounts.create"]
    stored = raw("accounts_account") + raw("ledger_ledgerevent")
    for secret in (NIK, "siti@desa", "81234567890", new.password):
        assert secret not in stored


def test_a_temporary_password_gets_the_sites_own_hash_at_its_first_use(admin: Actor) -> None:
    names = [f"django.contrib.auth.hashers.{n}PasswordHasher" for n in ("Argon2", "PBKDF2")]
    with override_settings(PASSWORD_HASHERS=names):
        new = actions.create_account(by=admin, username="siti", name="Siti")
        account = Account.objects.get(pk=new.account)
        assert account.password.startswith("pbkdf2_sha256$")
        assert not account.check_password("salah")
        assert account.check_password(new.password)
        assert Account.objects.get(pk=new.account).password.startswith("argon2")


def test_a_name_or_number_is_used_once_among_officers(admin: Actor) -> None:
    made(admin, nik=NIK, phone="081234567890")
    with pytest.raises(errors.NameTaken):
        made(admin)
    with pytest.raises(errors.ContactTaken):
        made(admin, "wati", phone="+6281234567890")
    with pytest.raises(errors.ContactTaken):
        made(admin, "wati", nik=NIK)
    assert not Account.objects.filter(username="wati").exists()


def test_only_who_manages_accounts_makes_them(register: str) -> None:
    with pytest.raises(errors.NotAllowed):
        made(places.actor("kades", "kepala-desa", VILLAGE))


def test_a_role_is_given_and_stands(admin: Actor) -> None:
    account = made(admin)
    key = actions.grant(by=admin, account=account, role="operator-desa", area=VILLAGE, reason="SK 12/2026")
    [holding] = queries.standing(account=account, on=timezone.localdate())
    assert (holding.grant, holding.role, holding.area) == (key, "operator-desa", VILLAGE)
    event = LedgerEvent.objects.get(action="accounts.grant")
    assert (event.area, event.subject, event.account) == (VILLAGE, str(account), admin.account)
    assert event.after


def test_only_what_is_closed_is_opened_again(register: str) -> None:
    """Reopening gives a password: it must not go round the two persons that a reset takes."""
    system = Actor.system()
    chief, other = made(system, "kepala"), made(system, "wakil")
    for account in (chief, other):
        actions.grant(by=system, account=account, role="administrator", area="")
    held = queries.standing(account=other, on=timezone.localdate())[0]
    with pytest.raises(errors.AccountIsOpen):
        actions.reopen_account(by=held.actor(), account=chief, reason="lupa")
    actions.close_account(by=held.actor(), account=chief, reason="pindah")
    with pytest.raises(errors.FormerAdministrator):
        actions.reopen_account(by=held.actor(), account=chief, reason="kembali")


@pytest.mark.parametrize("number", ["3302900101900001", "3302/9001/0190/0001", "3302  9001  0190  0001"])
def test_no_number_of_a_person_gets_into_the_trail(admin: Actor, number: str) -> None:
    account = made(admin)
    with pytest.raises(errors.NumberInReason):
        actions.close_account(by=admin, account=account, reason=f"NIK {number} salah")
    actions.close_account(by=admin, account=account, reason="pensiun 2026-11-24")


@pytest.mark.parametrize(
    ("role", "area", "error"),
    [
        ("ketua", VILLAGE, errors.UnknownRole),
        ("bupati", HERE, errors.MayNotGrant),
        ("administrator", "", errors.MayNotGrant),
        ("admin-daerah", HERE, errors.MayNotGrant),
        ("warga", "", errors.MayNotGrant),
        ("operator-desa", HERE, errors.WrongReach),
        ("operator-desa", FAR_VILLAGE, OutsideScope),
        ("dukcapil", "", OutsideScope),
        ("operator-desa", "33.02.01.2999", AreaNotFound),
    ],
)
def test_a_role_is_refused(admin: Actor, role: str, area: str, error: type[Exception]) -> None:
    account = made(admin)
    with pytest.raises(error):
        actions.grant(by=admin, account=account, role=role, area=area)
    assert not Grant.objects.filter(account=account).exists()


def test_a_programme_belongs_to_few_roles(admin: Actor) -> None:
    chief = places.actor("chief", "administrator")
    account = made(chief)
    with pytest.raises(errors.NotByProgramme):
        actions.grant(by=chief, account=account, role="operator-desa", area=VILLAGE, programme="pkh")
    with pytest.raises(errors.NotByProgramme):
        actions.grant(by=chief, account=account, role="kemensos-program", programme="PKH; DROP")
    actions.grant(by=chief, account=account, role="kemensos-program", programme="pkh")


def test_nobody_gives_themselves_a_role(admin: Actor) -> None:
    with pytest.raises(errors.OwnAccount):
        actions.grant(by=admin, account=uuid.UUID(admin.account), role="operator-desa", area=VILLAGE)


def test_the_same_role_twice_and_one_that_has_run_out(admin: Actor) -> None:
    account = made(admin)
    today = timezone.localdate()
    actions.grant(by=admin, account=account, role="operator-desa", area=VILLAGE)
    with pytest.raises(errors.AlreadyHeld):
        actions.grant(by=admin, account=account, role="operator-desa", area=VILLAGE)
    Grant.objects.filter(account=account).update(
        valid_from=today - timedelta(9), valid_to=today - timedelta(1)
    )
    actions.grant(by=admin, account=account, role="operator-desa", area=VILLAGE)
    assert Grant.objects.filter(account=account, ended_at=None).count() == 1
    assert events(account)[-2:] == ["accounts.grant.expire", "accounts.grant"]


def test_the_last_day_is_not_before_the_first_nor_past(admin: Actor) -> None:
    account, today = made(admin), timezone.localdate()
    for first, last in ((today, today - timedelta(1)), (today + timedelta(3), today + timedelta(2))):
        with pytest.raises(errors.WrongPeriod):
            actions.grant(
                by=admin, account=account, role="rt-rw", area=VILLAGE, valid_from=first, valid_to=last
            )


def test_clashing_roles_are_refused_though_the_other_lies_out_of_sight(admin: Actor) -> None:
    account = made(admin)
    actions.grant(by=admin, account=account, role="rt-rw", area=NEIGHBOUR)
    people.grant(Account.objects.get(pk=account), "menteri", "")
    with limited_to(HERE), pytest.raises(errors.RolesClash) as refused:
        actions.grant(by=admin, account=account, role="operator-desa", area=VILLAGE)
    assert refused.value.params["other"] == "Penetapan Menteri"


def test_two_accounts_of_one_person_count_as_one(admin: Actor) -> None:
    person = uuid.uuid4()
    first, second = made(admin, person=person), made(admin, "siti2", person=person)
    actions.grant(by=admin, account=first, role="operator-desa", area=VILLAGE)
    with pytest.raises(errors.RolesClash):
        actions.grant(by=admin, account=second, role="dinsos-verifikator", area=HERE)
    actions.grant(by=admin, account=second, role="kecamatan", area="33.02.01")


def test_an_officer_who_is_a_citizen_keeps_the_role(admin: Actor) -> None:
    account = made(admin, nik=NIK)
    citizen = Account.objects.create(
        username="w-1", kind="citizen", nik=NIK, nik_index=Account.objects.get(pk=account).nik_index,
        created_at=timezone.now(), created_by="test",
    )  # fmt: skip
    people.grant(citizen, "warga", "")
    actions.grant(by=admin, account=account, role="dinsos-verifikator", area=HERE)
    officer = Actor(str(account), "dinsos-verifikator", HERE)
    queries.check_duty(actor=officer, permission=Permission.VERIFY)
    with pytest.raises(errors.DutiesClash):
        queries.check_duty(
            actor=officer, permission=Permission.VERIFY, earlier=[(citizen.pk, Permission.OWN_PROPOSE)]
        )


def test_a_case_keeps_the_same_person_and_the_family_away(admin: Actor) -> None:
    person, other = uuid.uuid4(), uuid.uuid4()
    officer = Actor(str(made(admin, person=person)), "dinsos-verifikator", HERE)
    check = queries.check_duty
    with pytest.raises(errors.DutiesClash):
        check(actor=officer, permission=Permission.VERIFY, earlier=[(person, Permission.PROPOSE)])
    check(actor=officer, permission=Permission.VERIFY, earlier=[(other, Permission.PROPOSE)])
    with pytest.raises(errors.DutiesClash):
        check(actor=officer, permission=Permission.VISIT, family=[other, person])
    check(actor=officer, permission=Permission.OWN_PROPOSE, family=[other, person])
    check(actor=Actor.system(), permission=Permission.VERIFY, family=[person])


def test_an_administrator_of_one_regency_sees_and_touches_nobody_of_another(admin: Actor) -> None:
    there = places.actor("admin-there", "admin-daerah", THERE)
    theirs = made(there, "budi")
    grant = actions.grant(by=there, account=theirs, role="operator-desa", area=FAR_VILLAGE)
    with limited_to(HERE):
        today = timezone.localdate()
        assert "budi" not in {each.username for each in listing.officers(by=admin, on=today).officers}
        assert listing.officers(by=admin, on=today, text="budi").total == 0
        with pytest.raises(errors.AccountNotFound):
            listing.officer(by=admin, account=theirs)
        for act in (actions.close_account, actions.reset_password, actions.reset_second_factor):
            with pytest.raises(errors.AccountNotFound):
                act(by=admin, account=theirs, reason="x")
        with pytest.raises(errors.AccountNotFound):
            actions.grant(by=admin, account=theirs, role="rt-rw", area=VILLAGE)
        with pytest.raises(errors.GrantNotFound):
            actions.end_grant(by=admin, grant=grant, reason="x")
    # The scope comes from the actor, too, when nobody has set a narrower one.
    with pytest.raises(errors.GrantNotFound):
        actions.end_grant(by=admin, grant=grant, reason="x")


def test_an_account_without_roles_is_seen_by_its_maker_alone(admin: Actor) -> None:
    account, today = made(admin), timezone.localdate()
    other = places.actor("admin-there", "admin-daerah", THERE)
    with limited_to(HERE):
        assert listing.officer(by=admin, account=account).grants == ()
    with limited_to(THERE), pytest.raises(errors.AccountNotFound):
        listing.officer(by=other, account=account)
    # Once it works elsewhere it is the other's.
    people.grant(Account.objects.get(pk=account), "operator-desa", FAR_VILLAGE)
    with limited_to(HERE):
        assert listing.officers(by=admin, on=today, text="siti").total == 0
    with limited_to(THERE):
        assert listing.officers(by=other, on=today, text="siti").total == 1


def test_who_manages_a_regency_does_not_reset_its_regent(admin: Actor) -> None:
    regent = uuid.UUID(places.actor("bupati", "bupati", HERE).account)
    before = Account.objects.get(pk=regent).password
    for act in (actions.reset_password, actions.reset_second_factor, actions.close_account):
        with pytest.raises(errors.NotManaged):
            act(by=admin, account=regent, reason="lupa")
    assert Account.objects.get(pk=regent).password == before


def test_a_role_elsewhere_keeps_the_account_from_being_managed(admin: Actor) -> None:
    account = made(admin)
    grant = actions.grant(by=admin, account=account, role="rt-rw", area=VILLAGE)
    people.grant(Account.objects.get(pk=account), "operator-desa", FAR_VILLAGE)
    with pytest.raises(errors.NotManaged):
        actions.close_account(by=admin, account=account, reason="pindah")
    actions.end_grant(by=admin, grant=grant, reason="pindah")


def test_closing_ends_every_role_and_reopening_brings_none_back(admin: Actor) -> None:
    account = made(admin)
    actions.grant(by=admin, account=account, role="rt-rw", area=VILLAGE)
    with pytest.raises(errors.ReasonMissing):
        actions.close_account(by=admin, account=account, reason="  ")
    actions.close_account(by=admin, account=account, reason="pensiun")
    assert queries.standing(account=account, on=timezone.localdate()) == []
    with pytest.raises(errors.AccountIsClosed):
        actions.grant(by=admin, account=account, role="rt-rw", area=VILLAGE)
    again = actions.reopen_account(by=admin, account=account, reason="keliru")
    assert check_password(again.password, Account.objects.get(pk=account).password)
    assert queries.standing(account=account, on=timezone.localdate()) == []
    assert events(account)[-3:] == ["accounts.grant.end", "accounts.close", "accounts.reopen"]


def test_the_last_administrator_stays(register: str) -> None:
    one, two = places.actor("satu", "administrator"), places.actor("dua", "administrator")
    actions.end_grant(by=two, grant=uuid.UUID(one.grant), reason="mutasi")
    with pytest.raises(errors.LastAdministrator):
        actions.end_grant(by=two, grant=uuid.UUID(two.grant), reason="mutasi")
    with pytest.raises(errors.LastAdministrator):
        actions.close_account(by=Actor.system("cli"), account=uuid.UUID(two.account), reason="mutasi")


def test_an_administrator_is_reset_by_two(register: str) -> None:
    one, two, three = (places.actor(name, "administrator") for name in ("satu", "dua", "tiga"))
    target = uuid.UUID(one.account)
    before = Account.objects.get(pk=target).password
    assert actions.reset_password(by=two, account=target, reason="lupa") is None
    assert actions.reset_password(by=two, account=target, reason="lupa") is None, "the same one again"
    assert actions.reset_second_factor(by=three, account=target, reason="hilang") is False
    assert Account.objects.get(pk=target).password == before
    with pytest.raises(errors.RequestWaits):
        actions.reset_password(by=three, account=target, reason="lupa, tidak dilihat")
    asked = resets.waiting(by=three, account=target, what="password")
    assert asked is not None
    assert (asked.by, asked.may_agree) == (two.account, True)
    new = actions.reset_password(by=three, account=target, reason="lupa, sudah ditelepon", request=asked.id)
    assert new is not None
    assert check_password(new.password, Account.objects.get(pk=target).password)
    factor = resets.waiting(by=two, account=target, what="second_factor")
    assert factor is not None
    with pytest.raises(NothingAsked):
        actions.reset_second_factor(by=two, account=target, reason="hilang", request=asked.id)
    with pytest.raises(SecondPersonNeeded):
        actions.reset_second_factor(by=three, account=target, reason="hilang", request=factor.id)
    assert actions.reset_second_factor(by=two, account=target, reason="hilang", request=factor.id) is True
    assert events(target) == [
        "accounts.request_password", "accounts.request_second_factor", "accounts.reset_password",
        "accounts.reset_second_factor",
    ]  # fmt: skip


def test_a_request_is_void_after_a_day(register: str) -> None:
    one, two, three = (places.actor(name, "administrator") for name in ("satu", "dua", "tiga"))
    assert actions.reset_password(by=two, account=uuid.UUID(one.account), reason="lupa") is None
    ResetRequest.objects.update(requested_at=timezone.now() - timedelta(hours=25))
    assert actions.reset_password(by=three, account=uuid.UUID(one.account), reason="lupa") is None


def test_resetting_the_second_factor_takes_every_factor(admin: Actor) -> None:
    from allauth.mfa.models import Authenticator

    account = made(admin)
    actions.grant(by=admin, account=account, role="rt-rw", area=VILLAGE)
    Authenticator.objects.create(user_id=account, type="totp", data={})
    assert actions.reset_second_factor(by=admin, account=account, reason="ponsel hilang") is True
    assert not Authenticator.objects.filter(user_id=account).exists()


def test_a_delegation_ends_by_itself_and_with_its_source(admin: Actor) -> None:
    today = timezone.localdate()
    chief, deputy = places.actor("kades", "kepala-desa", VILLAGE), made(admin, "sekdes")
    actions.grant(by=admin, account=deputy, role="rt-rw", area=VILLAGE)
    source = uuid.UUID(chief.grant)
    given = actions.delegate(
        by=chief, grant=source, to="sekdes", valid_to=today + timedelta(10), reason="cuti haji"
    )
    roles = [each.role for each in queries.standing(account=deputy, on=today + timedelta(10))]
    assert roles == ["rt-rw", "kepala-desa"]
    assert [each.role for each in queries.standing(account=deputy, on=today + timedelta(11))] == ["rt-rw"]
    acting = Actor(str(deputy), "kepala-desa", VILLAGE, grant=str(given))
    with pytest.raises(errors.CannotDelegate):
        actions.delegate(by=acting, grant=given, to="kades", valid_to=today + timedelta(2), reason="x")
    assert actions.end_grant(by=admin, grant=source, reason="purna tugas") == 2
    assert [each.role for each in queries.standing(account=deputy, on=today)] == ["rt-rw"]
    assert "accounts.delegate" in events(deputy)


def test_a_delegation_is_worth_nothing_once_its_source_cannot_sign_in(admin: Actor) -> None:
    today = timezone.localdate()
    chief, deputy = places.actor("kades", "kepala-desa", VILLAGE), made(admin, "sekdes")
    actions.grant(by=admin, account=deputy, role="rt-rw", area=VILLAGE)
    actions.delegate(
        by=chief, grant=uuid.UUID(chief.grant), to="sekdes", valid_to=today + timedelta(5), reason="sakit"
    )
    whole = [each.role for each in queries.standing(account=deputy, on=today)]
    assert whole == ["rt-rw", "kepala-desa"]
    for reason in ({"is_active": False}, {"is_active": True, "expires_on": today - timedelta(1)}):
        Account.objects.filter(pk=chief.account).update(**reason)
        assert [each.role for each in queries.standing(account=deputy, on=today)] == ["rt-rw"]


def test_what_cannot_be_delegated(admin: Actor) -> None:
    today = timezone.localdate()
    soon = today + timedelta(5)
    chief = places.actor("kades", "kepala-desa", VILLAGE)
    source = uuid.UUID(chief.grant)
    deputy, stranger = made(admin, "sekdes"), made(admin, "jauh")
    actions.grant(by=admin, account=deputy, role="rt-rw", area=VILLAGE)
    actions.grant(by=admin, account=stranger, role="rt-rw", area=NEIGHBOUR)

    def delegate(by: Actor = chief, **changes: Any) -> None:
        given = {"grant": source, "to": "sekdes", "valid_to": soon, "reason": "cuti", **changes}
        actions.delegate(by=by, **given)

    with pytest.raises(errors.DelegationTooLong):
        delegate(valid_to=today + timedelta(91))
    with pytest.raises(errors.AccountNotFound):
        delegate(to="jauh")
    with pytest.raises(errors.OwnAccount):
        delegate(to="kades")
    with pytest.raises(errors.ReasonMissing):
        delegate(reason="")
    with pytest.raises(OutsideScope):
        delegate(area=HERE)
    operator = places.actor("operator2", "operator-desa", VILLAGE)
    with pytest.raises(errors.CannotDelegate):
        delegate(by=operator)
    with pytest.raises(errors.CannotDelegate):
        delegate(by=operator, grant=uuid.UUID(operator.grant))
    Grant.objects.filter(pk=source).update(valid_to=today + timedelta(2))
    with pytest.raises(errors.DelegationTooLong):
        delegate()


def test_a_delegation_may_be_for_a_part_and_must_not_clash(admin: Actor) -> None:
    today = timezone.localdate()
    regent = places.actor("bupati", "bupati", HERE)
    verifier, helper = made(admin, "verif"), made(admin, "camat")
    actions.grant(by=admin, account=verifier, role="dinsos-verifikator", area=HERE)
    actions.grant(by=admin, account=helper, role="kecamatan", area="33.02.01")
    source, soon = uuid.UUID(regent.grant), today + timedelta(5)
    with pytest.raises(errors.RolesClash):
        actions.delegate(by=regent, grant=source, to="verif", valid_to=soon, reason="dinas luar")
    actions.delegate(by=regent, grant=source, to="camat", area="33.02.01", valid_to=soon, reason="dinas luar")
    assert ("bupati", "33.02.01") in {(h.role, h.area) for h in queries.standing(account=helper, on=today)}


def test_a_hand_over_today(admin: Actor) -> None:
    today = timezone.localdate()
    old, new = made(admin, "lama"), made(admin, "baru")
    moved = actions.grant(by=admin, account=old, role="operator-desa", area=VILLAGE)
    openwork.register("uji", "Usulan", lambda grants: dict.fromkeys(grants, 3))
    try:
        assert [each.count for each in openwork.of([moved])[moved]] == [3]
    finally:
        openwork.forget("uji")
    [key] = actions.hand_over(by=admin, account=old, to=new, on=today, reason="mutasi SK 3")
    assert queries.standing(account=old, on=today) == []
    assert [each.grant for each in queries.standing(account=new, on=today)] == [key]
    assert Grant.objects.get(pk=key).source_id == moved
    assert events(new)[-1] == "accounts.hand_over"


def test_a_hand_over_on_a_later_day(admin: Actor) -> None:
    today = timezone.localdate()
    day = today + timedelta(7)
    old, new = made(admin, "lama"), made(admin, "baru")
    actions.grant(by=admin, account=old, role="operator-desa", area=VILLAGE)
    actions.hand_over(by=admin, account=old, to=new, on=day, reason="mutasi")
    before = day - timedelta(1)
    assert [len(queries.standing(account=who, on=before)) for who in (old, new)] == [1, 0]
    assert [len(queries.standing(account=who, on=day)) for who in (old, new)] == [0, 1]


def test_a_hand_over_is_all_or_nothing(admin: Actor) -> None:
    today = timezone.localdate()
    old, new = made(admin, "lama"), made(admin, "baru")
    actions.grant(by=admin, account=old, role="rt-rw", area=NEIGHBOUR)
    actions.grant(by=admin, account=old, role="operator-desa", area=VILLAGE)
    actions.grant(by=admin, account=new, role="dinsos-verifikator", area="33.02.01")
    with pytest.raises(errors.RolesClash):
        actions.hand_over(by=admin, account=old, to=new, on=today, reason="mutasi")
    assert len(queries.standing(account=old, on=today)) == 2
    assert len(queries.standing(account=new, on=today)) == 1
    with pytest.raises(errors.NothingToHandOver):
        actions.hand_over(by=admin, account=old, to=new, on=today, grants=[], reason="mutasi")
    with pytest.raises(errors.GrantNotFound):
        actions.hand_over(by=admin, account=old, to=new, on=today, grants=[uuid.uuid4()], reason="mutasi")


def test_what_ran_out_is_tidied_up_in_ones_own_area(admin: Actor) -> None:
    today = timezone.localdate()
    here, there = made(admin, "aaa"), made(admin, "bbb")
    actions.grant(by=admin, account=here, role="rt-rw", area=VILLAGE)
    people.grant(Account.objects.get(pk=there), "rt-rw", FAR_VILLAGE)
    Grant.objects.filter(role="rt-rw").update(valid_to=today - timedelta(1), valid_from=date(2026, 1, 1))
    assert queries.standing(account=here, on=today) == []
    assert actions.end_expired(by=Actor("system", "sistem", HERE), on=today) == 1
    assert actions.end_expired(by=Actor.system(), on=today) == 1
    assert actions.end_expired(by=Actor.system(), on=today) == 0


def test_an_account_that_has_expired_can_do_nothing(admin: Actor) -> None:
    today = timezone.localdate()
    account = made(admin, expires_on=today)
    actions.grant(by=admin, account=account, role="pendata", area=VILLAGE)
    assert len(queries.standing(account=account, on=today)) == 1
    assert queries.standing(account=account, on=today + timedelta(1)) == []


def test_officers_who_do_not_sign_in_are_found(admin: Actor) -> None:
    today = timezone.localdate()
    for name, days in (("baru", 1), ("lama", 91), ("batas", 90)):
        account = made(admin, name)
        actions.grant(by=admin, account=account, role="rt-rw", area=VILLAGE)
        Account.objects.filter(pk=account).update(last_login=timezone.now() - timedelta(days=days))
    with limited_to(HERE):
        stale = listing.stale_accounts(by=admin, on=today).officers
        assert [each.username for each in stale] == ["lama"]
        assert stale[0].status(today) == "lama-tidak-masuk"
        assert listing.officers(by=admin, on=today, status="aktif", text="batas").total == 1


def test_conflicts_that_came_about_later_are_shown(admin: Actor) -> None:
    person = uuid.uuid4()
    first, second = made(admin), made(admin, "wati")
    actions.grant(by=admin, account=first, role="operator-desa", area=VILLAGE)
    actions.grant(by=admin, account=second, role="dinsos-verifikator", area=HERE)
    today = timezone.localdate()
    assert listing.conflicts(accounts=[first, second], on=today) == {}
    Account.objects.filter(pk__in=[first, second]).update(person=person)
    pair = [("dinsos-verifikator", "operator-desa")]
    assert listing.conflicts(accounts=[first, second], on=today) == {first: pair, second: pair}


def test_raw_sql_sees_the_grants_of_the_scope_alone(admin: Actor) -> None:
    people.grant(people.account("budi"), "operator-desa", FAR_VILLAGE)
    people.grant(people.account("menteri"), "menteri", "")
    with limited_to(HERE), connection.cursor() as cursor:
        cursor.execute("SELECT area FROM accounts_grant ORDER BY area")
        assert cursor.fetchall() == [(HERE,)]


@pytest.mark.postgres
def test_two_clashing_roles_given_at_once_to_two_accounts_of_one_person(postgres: str) -> None:
    places.load()
    admin = places.actor("admin-here", "admin-daerah", HERE)
    person = uuid.uuid4()
    wanted = {made(admin, "satu", person=person): ("operator-desa", VILLAGE),
              made(admin, "dua", person=person): ("dinsos-verifikator", HERE)}  # fmt: skip
    together = threading.Barrier(2)

    def give(account: uuid.UUID, role: str, area: str) -> str:
        try:
            with limited_to(""):
                together.wait(10)
                actions.grant(by=admin, account=account, role=role, area=area)
        except errors.RolesClash:
            return "refused"
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(give, account, *role) for account, role in wanted.items()]
        assert sorted(each.result() for each in told) == ["given", "refused"]
    assert Grant.objects.filter(account__in=wanted).count() == 1
