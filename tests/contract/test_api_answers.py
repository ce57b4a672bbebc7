"""The JSON API: what it answers, what it refuses and how, what it masks, what the trail keeps of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.contract import entrances, visitors, world

from dtks.delivery.api import doors, problems, web
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.accounts.signing_in.limits import Rule
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.registry import queries as registry

pytestmark = pytest.mark.django_db
ROOT = web.ROOT


@pytest.fixture
def village(db: Any, settings: Any, tmp_path: Any) -> world.Village:
    settings.HOME = tmp_path
    world.load_areas()
    return world.village(world.OWN)


@pytest.fixture
def operator(village: world.Village) -> Client:
    return visitors.officer("operator-desa", world.OWN).client


def get(client: Client, path: str, **query: str) -> Any:
    answer = client.get(ROOT + path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must be one."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, problems.MEDIA_TYPE)
    found: dict[str, Any] = answer.json()
    assert (found["code"], found["status"]) == (code, status)
    assert found["type"] == f"urn:dtks:error:{code}"
    assert found["id"] and found["en"] and found["id"] != found["en"]
    assert "no-store" in answer.headers["Cache-Control"]
    return found


def test_who_calls_is_told_who_they_are(operator: Client) -> None:
    told = get(operator, "me")
    assert (told["role"], told["area"]) == ("operator-desa", world.OWN)
    assert told["permissions"] == sorted(ROLES["operator-desa"].permissions)
    nobody = visitors.officer("", "").client
    assert get(nobody, "me")["permissions"] == []


def test_a_summary_counts_what_the_page_counts(operator: Client) -> None:
    told = get(operator, f"areas/{world.OWN}/summary")
    assert (told["registered"], told["villages"]) == (3, 1)
    for outside in (world.NEAR, "32.04.05", "32", "99.99"):
        refusal(operator.get(f"{ROOT}areas/{outside}/summary"), 404, "DTKS-API-006")
    refusal(operator.get(f"{ROOT}areas/Sukamaju/summary"), 422, "DTKS-API-007")


def test_families_come_masked_and_page_by_page(operator: Client, village: world.Village) -> None:
    told = get(operator, "families")
    assert (told["total"], told["page"], told["pages"], told["area"]) == (3, 1, 1, world.OWN)
    whole = {row.kk_number for row in registry.families(area=world.OWN, limit=10).rows}
    shown = {line["kk_number"] for line in told["families"]}
    assert len(shown) == 3 and not shown & whole
    assert all("*" in number for number in shown)
    assert get(operator, "families", rt="99")["total"] == 0
    assert get(operator, "families", desil="2")["total"] == 1


def test_somebody_of_the_whole_country_names_an_area(village: world.Village) -> None:
    analyst = visitors.officer("kemensos-analis", "").client
    refusal(analyst.get(f"{ROOT}families"), 422, "DTKS-API-009")
    assert get(analyst, "families", area="32.04")["total"] == 3


def test_a_search_is_a_body_and_finds_by_name_and_number(operator: Client, village: world.Village) -> None:
    for text in (village.values["nik"], village.values["head"]):
        answer = operator.post(
            f"{ROOT}families/search", json.dumps({"text": text}), content_type="application/json"
        )
        assert village.values["family"] in [line["id"] for line in answer.json()["families"]]
        assert village.values["nik"].encode() not in answer.content
    refusal(operator.get(f"{ROOT}families/search", {"text": "x"}), 405, "DTKS-API-010")
    assert get(operator, "families", text="Tidak Ada", cari="Tidak Ada")["total"] == 3, "no text in addresses"


def test_one_family_shows_what_the_role_may_see(operator: Client, village: world.Village) -> None:
    path = f"families/{village.values['family']}"
    told = get(operator, path)
    assert told["head"] == village.values["head"]
    numbers = [member["nik"] for member in told["members"] if member["nik"]]
    assert numbers and all("*" in number for number in numbers)
    health = next(part for part in told["components"] if part["key"] == "health")
    assert health["subjects"] == [] and health["hidden"]
    nurse = get(visitors.officer("dinsos-verifikator", "32.04").client, path)
    assert next(part for part in nurse["components"] if part["key"] == "health")["subjects"]


def test_every_reading_of_people_is_in_the_trail(operator: Client, village: world.Village) -> None:
    def told() -> set[str]:
        return set(
            LedgerEvent.objects.filter(account=get(operator, "me")["account"]).values_list(
                "action", flat=True
            )
        )

    assert told() == set()
    get(operator, "families")
    get(operator, f"families/{village.values['family']}")
    body = json.dumps({"text": village.values["nik"]})
    operator.post(f"{ROOT}families/search", body, content_type="application/json")
    assert told() == {"registry.list_families", "registry.read_family", "registry.search"}
    events = LedgerEvent.objects.filter(action__startswith="registry.")
    assert village.values["nik"] not in str(list(events.values()))


def test_the_trail_shows_its_own_area_alone(village: world.Village) -> None:
    auditor = visitors.officer("auditor", "32.04").client

    def told() -> list[dict[str, Any]]:
        return [event for event in get(auditor, "ledger")["events"] if event["action"] != "ledger.read"]

    before = told()
    world.village(world.FAR)
    assert before and told() == before
    assert get(auditor, "ledger", page="999")["events"] == []
    assert get(auditor, "ledger", action="ledger.read")["events"][0]["role"] == "auditor"


def test_imports_name_no_file(operator: Client, village: world.Village) -> None:
    told = get(operator, "imports")["imports"]
    assert village.values["job"] in [line["id"] for line in told]
    assert "Zqwx" not in json.dumps(told)


def test_each_refusal_says_which_and_how_to_go_on(village: world.Village) -> None:
    refusal(Client().get(f"{ROOT}me"), 401, "DTKS-API-001")
    halfway = visitors.without_factor(visitors.officer("operator-desa", world.OWN, username="a")).client
    assert "/masuk/faktor/" in refusal(halfway.get(f"{ROOT}families"), 403, "DTKS-API-002")["id"]
    locked = visitors.locked(visitors.officer("operator-desa", world.OWN, username="b")).client
    assert "/masuk/terkunci/" in refusal(locked.get(f"{ROOT}families"), 403, "DTKS-API-002")["id"]
    refusal(visitors.officer("", "").client.get(f"{ROOT}families"), 403, "DTKS-API-003")
    refusal(visitors.officer("auditor", "32.04").client.get(f"{ROOT}imports"), 403, "DTKS-ACC-001")


def test_what_does_not_fit_is_named_and_never_repeated(operator: Client) -> None:
    secret = "3204999999999999"
    told = refusal(operator.get(f"{ROOT}families", {"desil": secret}), 422, "DTKS-API-007")
    assert [part["where"] for part in told["errors"]] == ["query.desil"]
    assert secret not in json.dumps(told)
    for body, status in (("{", 400), ("[]", 422), (json.dumps({"text": ""}), 422)):
        answer = operator.post(f"{ROOT}families/search", body, content_type="application/json")
        refusal(answer, status, "DTKS-API-007")
    refusal(operator.get(f"{ROOT}families/0"), 404, "DTKS-API-006")
    refusal(operator.delete(f"{ROOT}me"), 405, "DTKS-API-010")


def test_other_methods_than_get_need_the_token(village: world.Village) -> None:
    client = visitors.officer("operator-desa", world.OWN, csrf=True).client
    body = json.dumps({"text": "Budi"})
    address = f"{ROOT}families/search"
    refusal(client.post(address, body, content_type="application/json"), 403, "DTKS-API-005")
    get(client, "me")
    token = client.cookies["csrftoken"].value
    wrong = client.post(address, body, content_type="application/json", headers={"X-CSRFToken": "x" * 32})
    refusal(wrong, 403, "DTKS-API-005")
    right = client.post(address, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert right.status_code == 200
    foreign = client.post(
        address, body, content_type="application/json", secure=True,
        headers={"X-CSRFToken": token, "Origin": "https://elsewhere.example"},
    )  # fmt: skip
    refusal(foreign, 403, "DTKS-API-005")


def test_no_operation_that_is_more_than_a_reading_goes_without_the_token(village: world.Village) -> None:
    """Of all addresses only the public look-up, which has no session, takes a form without one."""
    exempt = {
        f"{door.name} {method}"
        for door in entrances.doors()
        if door.csrf_exempt and door.name != "api:unknown"
        for method in door.by_method
        if method != "GET"
    }
    assert exempt == {"public:result POST", "api:search POST"}
    visitor = visitors.officer("operator-desa", world.OWN, csrf=True)
    for door in entrances.doors():
        if door.name.startswith("api:") and "POST" in door.by_method and door.csrf_exempt:
            told = visitor.go(door, "POST", village)
            assert (told.status, b"DTKS-API-005" in told.content) == (403, True), door.name


def test_one_account_cannot_copy_the_register_by_calling(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "CALLS", Rule("api", tries=2, seconds=60, block=60))
    assert [operator.get(f"{ROOT}me").status_code for _ in range(2)] == [200, 200]
    answer = operator.get(f"{ROOT}me")
    refusal(answer, 429, "DTKS-API-008")
    assert answer.headers["Retry-After"] == "60"
    other = visitors.officer("kepala-desa", world.OWN).client
    assert other.get(f"{ROOT}me").status_code == 200


def test_the_description_declares_every_refusal_and_every_permission() -> None:
    described = Client().get(f"{ROOT}openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            declared = set(operation["responses"])
            assert {"200", "400", "401", "403", "404", "422", "429"} <= declared, (path, method)
            content = operation["responses"]["403"]["content"]
            assert list(content) == [problems.MEDIA_TYPE]
            assert operation["security"]
            assert operation["x-permission"] in {*Permission, "signed-in"}
    assert "http" not in json.dumps(described).replace("https://", ""), "no other site is named"
