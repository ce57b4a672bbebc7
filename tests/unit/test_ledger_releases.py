"""Release rules: an act happens when the trail says what the rule asks for, and enough witnesses saw it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from tests.fixtures.database import THE_OTHER_PARAMETER
from tests.fixtures.logs import served

from dtks.determination.targeting.rules import laws
from dtks.foundation.ledger import release_rules, releases, sequencing, signing
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.cosigning import Cosigner, Result
from dtks.foundation.ledger.domain import Actor, Event, rows_root
from dtks.foundation.ledger.errors import (
    Refused,
    ReleaseFactMissing,
    ReleaseRulesMalformed,
    ReleaseRuleUnknown,
)
from dtks.foundation.ledger.models import LedgerCosignature, LedgerEvent
from dtks.foundation.ledger.witness import keeping
from dtks.foundation.ledger.witnesses import Witness

MINISTER = Actor("menteri-1", "menteri", "")
PAYER = Actor("bayar-1", "kemensos-bayar", "")
LIST = tuple(uuid.UUID(int=number) for number in range(1, 40))
FACTS = {"determination": "keputusan-7", "list": "daftar-3", "root": rows_root(LIST)}
NAMES = ("kemensos.example/w", "bpk.example/w", "jateng.example/w")


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    yield request.param


@pytest.fixture
def witnesses(database: str, tmp_path: Path, settings: Any) -> Iterator[Callable[..., None]]:
    """Three real witnesses, named in the file of this installation; the value has heads cosigned by some."""
    record(Event("first"), by=MINISTER)
    sequencing.integrate()
    with ExitStack() as stack:
        made = []
        for name in NAMES:
            kept = keeping.create(tmp_path / name.partition(".")[0], name=name, logs=signing.verifiers())
            port = stack.enter_context(served(kept))
            made.append(Witness(kept.signer.verifier, f"http://127.0.0.1:{port}"))
        named = tmp_path / "witnesses.yaml"
        named.write_text(yaml.safe_dump([{"key": str(w.verifier), "url": w.url} for w in made]))
        settings.LEDGER_WITNESSES = str(named)

        def cosigned_by(count: int) -> None:
            cosigner = Cosigner(made[:count], seconds=10.0, every=0.0)
            try:
                outcomes = cosigner.settle(20)
            finally:
                cosigner.close()
            assert [each.result for each in outcomes] == [Result.COSIGNED] * count

        yield cosigned_by


def sign_and_prepare(rows: tuple[uuid.UUID, ...] = LIST) -> None:
    record(Event("determination.sign", kind="determination", subject=FACTS["determination"]), by=MINISTER)
    record(Event("payment.prepare", kind="list", subject=FACTS["list"], rows=rows), by=PAYER)
    sequencing.integrate()


def decided() -> releases.Verdict:
    return releases.decide(by=PAYER, rule="payment_list", facts=FACTS, subject=FACTS["list"])


def test_nothing_stands_in_the_trail_yet(witnesses: Callable[..., None]) -> None:
    witnesses(3)
    verdict = decided()
    assert [each.holds for each in verdict.checks] == [False, False, False]
    with pytest.raises(Refused) as refused:
        verdict.require()
    assert "Penetapan Menteri" in refused.value.text("id")
    assert "determination is signed" in refused.value.text("en")


def test_two_of_three_are_enough_and_one_is_not(witnesses: Callable[..., None]) -> None:
    sign_and_prepare()
    witnesses(1)
    verdict = decided()
    assert [each.holds for each in verdict.checks] == [True, True, False]
    assert verdict.checks[2].shown_by == "1 of 2"
    sequencing.integrate()
    witnesses(2)
    verdict = decided()
    verdict.require()
    assert verdict.checks[0].shown_by == "leaf 1"
    assert verdict.checks[2].shown_by.endswith("bpk.example/w, kemensos.example/w")


def test_what_came_of_it_is_in_the_trail_either_way(witnesses: Callable[..., None]) -> None:
    witnesses(3)
    decided()
    sign_and_prepare()
    witnesses(3)
    decided()
    refused, passed = LedgerEvent.objects.filter(action="ledger.release").order_by("id")
    assert (refused.detail["passed"], passed.detail["passed"]) == (False, True)
    assert passed.subject == FACTS["list"]
    assert passed.detail["rule_sha256"] == release_rules.rules()["payment_list"].sha256
    assert refused.after != passed.after
    assert sequencing.integrate() == 1, "the second one; the first went in with what followed"


def test_recorded_but_not_yet_in_the_log_is_not_enough(witnesses: Callable[..., None]) -> None:
    record(Event("determination.sign", subject=FACTS["determination"]), by=MINISTER)
    assert not decided().checks[0].holds


def test_a_head_cosigned_before_does_not_cover_what_came_later(witnesses: Callable[..., None]) -> None:
    witnesses(3)
    sign_and_prepare()
    assert [each.holds for each in decided().checks] == [True, True, False]


def test_another_list_than_the_one_in_the_log(witnesses: Callable[..., None]) -> None:
    sign_and_prepare(rows=LIST[1:])
    witnesses(3)
    assert [each.holds for each in decided().checks] == [True, False, False]


def test_an_event_that_was_changed_since_is_not_what_the_log_took_up(
    witnesses: Callable[..., None], database: str
) -> None:
    if database != "sqlite":
        pytest.skip("the trigger cannot be taken away by the site's role")
    record(Event("determination.draft", subject=FACTS["determination"]), by=MINISTER)
    sign_and_prepare(rows=LIST)
    witnesses(3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM main.sqlite_master WHERE name = 'ledger_ledgerevent_no_update'")
        (made,) = cursor.fetchone()
        cursor.execute("DROP TRIGGER main.ledger_ledgerevent_no_update")
        cursor.execute("UPDATE main.ledger_ledgerevent SET subject = 'x' WHERE action = 'determination.sign'")
        cursor.execute(
            "UPDATE main.ledger_ledgerevent SET action = 'determination.sign' "
            "WHERE action = 'determination.draft'"
        )
        cursor.execute(made.replace("CREATE TRIGGER ", "CREATE TRIGGER main."))
    assert [each.holds for each in decided().checks] == [False, True, False]


def test_a_line_in_our_own_table_is_no_cosignature(witnesses: Callable[..., None]) -> None:
    sign_and_prepare()
    witnesses(1)
    (real,) = LedgerCosignature.objects.order_by("-size")[:1]
    for name in NAMES[1:]:
        forged = real.line.replace(NAMES[0], name)
        LedgerCosignature(
            witness=name, key=real.key, size=real.size, line=forged, at=real.at
        ).save(force_insert=True)  # fmt: skip
    assert decided().checks[2].shown_by == "1 of 2"


def test_fewer_witnesses_than_the_rule_speaks_of(
    witnesses: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    sign_and_prepare()
    witnesses(3)
    named = yaml.safe_load(Path(settings.LEDGER_WITNESSES).read_text())
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(named[:2]))
    settings.LEDGER_WITNESSES = str(tmp_path / "two.yaml")
    assert decided().checks[2].shown_by == "2 witnesses"


@pytest.mark.django_db
def test_what_the_act_must_give() -> None:
    with pytest.raises(ReleaseRuleUnknown, match="payment_list"):
        releases.decide(by=PAYER, rule="nothing", facts=FACTS, subject="x")
    for fact in FACTS:
        with pytest.raises(ReleaseFactMissing, match=fact):
            releases.decide(by=PAYER, rule="payment_list", facts={**FACTS, fact: ""}, subject="x")
    assert not LedgerEvent.objects.exists()


def test_every_rule_names_a_law_of_the_brief(settings: Any) -> None:
    known = laws.load(Path(settings.PROJECT_ROOT) / "parameters" / "laws.yaml")
    for rule in release_rules.rules().values():
        assert rule.reference
        assert set(rule.reference) <= set(known)


SOUND = {
    "name": {"id": "a", "en": "a"},
    "reference": [],
    "conditions": [{"event": {"action": "a"}, "says": {"id": "a", "en": "a"}}],
}
SAYS = {"says": {"id": "a", "en": "a"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {**SOUND, "more": 1},
        {**SOUND, "conditions": []},
        {**SOUND, "conditions": [{"cosigned": {"at_least": 1, "of": 1}, **SAYS}]},
        {**SOUND, "conditions": [*SOUND["conditions"], {"cosigned": {"at_least": 3, "of": 2}, **SAYS}]},
        {**SOUND, "conditions": [*SOUND["conditions"], {"cosigned": {"at_least": 0, "of": 2}, **SAYS}]},
        {**SOUND, "conditions": [{"event": {"subject": "a"}, **SAYS}]},
        {**SOUND, "conditions": [{"event": {"action": "a", "salt": "x"}, **SAYS}]},
        {**SOUND, "conditions": [{"event": {"action": "a"}}]},
        {**SOUND, "name": "a"},
        "text",
        None,
    ],
)
def test_a_rule_that_is_none(tmp_path: Path, wrong: Any) -> None:
    path = tmp_path / "releases.yaml"
    path.write_text(yaml.safe_dump({"sound": SOUND, "wrong": wrong}))
    with pytest.raises(ReleaseRulesMalformed, match="wrong"):
        release_rules.read(path)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for text in ("- a", "a: [", "\xff"):
        path = tmp_path / f"{len(text)}{ord(text[0])}.yaml"
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(ReleaseRulesMalformed):
            release_rules.read(path)
    with pytest.raises(ReleaseRulesMalformed):
        release_rules.read(tmp_path / "missing.yaml")
