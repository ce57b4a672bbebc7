"""Whatever is sent to any address by anybody: no defect (5xx), nothing of another village.

Schemathesis makes the calls: for the API from its own description, for the pages from one that is made here
of their addresses and of the fields that `entrances.PAGES` knows. The same calls in every run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.contract import entrances, visitors, world
from tests.contract.visitors import Visitor

from dtks.delivery.api import web
from dtks.foundation.accounts.roles import ROLES

pytestmark = pytest.mark.django_db
SCHEMAS = {
    "int": {"type": "integer"},
    "uuid": {"type": "string", "format": "uuid"},
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,30}$"},
    "str": {"type": "string", "minLength": 1},
    "path": {"type": "string", "minLength": 1},
}
FORM = "application/x-www-form-urlencoded"
QUICK = ("operator-desa", "ppdp", "auditor", "admin-daerah")
"""Between them they hold every permission that a page asks for."""
EVERY = [*QUICK, *(pytest.param(each, marks=pytest.mark.slow) for each in ROLES if each not in QUICK)]
FEW, MANY = 2, 6
"""Calls to each operation in the quick run, and in the whole one by those who may do most."""


def of_pages() -> dict[str, Any]:
    """OpenAPI of the pages: GET with the query, POST with the form, every field any text or absent."""
    paths: dict[str, Any] = {}
    for door in entrances.doors():
        if door.name.startswith("api:"):
            continue
        walk = entrances.PAGES[door.name]
        parts = re.findall(r"<(?:(\w+):)?(\w+)>", door.route)
        inside = [_parameter("path", name, SCHEMAS[kind or "str"]) for kind, name in parts]
        asked = [
            _parameter("query", name, {"type": "string"}) for name in {**walk.query, "hal": "", "cetak": ""}
        ]
        fields = {name: {"type": "string"} for name in walk.post or ("x",)}
        form = {"schema": {"type": "object", "properties": fields, "additionalProperties": False}}
        answers = {"responses": {"default": {"description": "any"}}}
        paths["/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", door.route)] = {
            "get": {"operationId": f"GET {door.name}", "parameters": inside + asked, **answers},
            "post": {
                "operationId": f"POST {door.name}",
                "parameters": inside,
                "requestBody": {"content": {FORM: form}},
                **answers,
            },
        }
    return {"openapi": "3.1.0", "info": {"title": "pages", "version": "1"}, "paths": paths}


def _parameter(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": place, "name": name, "required": place == "path", "schema": schema}


def operations(document: dict[str, Any]) -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        yield found.ok()


@pytest.fixture
def near(db: Any, settings: Any, tmp_path: Any) -> world.Village:
    """The neighbour, who must not be seen; one's own village is there, too."""
    settings.HOME = tmp_path
    world.load_areas()
    world.village(world.OWN)
    return world.village(world.NEAR)


def send(visitor: Visitor, case: Any) -> visitors.Told:
    """The call of a case through the whole site."""
    query = f"?{urlencode(case.query, doseq=True)}" if case.query else ""
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else {}
    if case.media_type == FORM or case.method == "GET":
        sent = urlencode(body if isinstance(body, dict) else {}, errors="replace").encode()
        return visitor.call(case.method, case.formatted_path + query, sent, FORM)

    return visitor.call(
        case.method, case.formatted_path + query, json.dumps(body).encode(), "application/json"
    )


def walk(visitor: Visitor, document: dict[str, Any], near: world.Village, most: int) -> list[str]:
    """What went wrong in ``most`` calls to each operation."""
    return [
        problem for operation in operations(document) for problem in _calls(visitor, operation, near, most)
    ]


def _calls(visitor: Visitor, operation: Any, near: world.Village, most: int) -> list[str]:
    problems: list[str] = []

    @settings(
        max_examples=most, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), data=st.data())
    def calls(case: Any, data: Any) -> None:
        # Keys of the neighbour are what an attacker would try.
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                tried = _keys(near, case.path_parameters[name])
                case.path_parameters[name] = data.draw(st.sampled_from(tried))
        with world.undone():
            told = send(visitor, case)
        sent = f"{case.formatted_path} {case.query} {case.body}"
        if told.status >= 500:
            problems.append(f"{case.method} {operation.path}: {told.status} for {sent}"[:300])
        if words := [word for word in near.told_in(told.content) if word.lower() not in sent.lower()]:
            problems.append(f"{case.method} {operation.path}: tells {words}")

    calls()
    return problems


def _keys(near: world.Village, given: Any) -> list[str]:
    names = ("family", "person", "job", "account", "grant", "consent", "breach", "series", "area")
    return [str(given), *(near.values[name] for name in names)]


def role_and_area(role: str) -> tuple[str, str]:
    """The widest area that leaves the neighbour out; '' for roles of the whole country."""
    narrow = [area for _, area in world.reaches(role) if world.NEAR in world.outside(area)]
    return role, narrow[0] if narrow else world.reaches(role)[0][1]


@pytest.mark.parametrize(
    "role", [*QUICK, *(pytest.param(r, marks=pytest.mark.slow) for r in ROLES if r not in QUICK)]
)
def test_the_api_has_no_defect_and_tells_nothing_of_others(role: str, near: world.Village) -> None:
    _, area = role_and_area(role)
    hidden = near if world.NEAR in world.outside(area) else _nothing(near)
    assert walk(visitors.officer(role, area), web.described(), hidden, FEW * 5) == []


@pytest.mark.parametrize(
    "role", [*QUICK, *(pytest.param(r, marks=pytest.mark.slow) for r in ROLES if r not in QUICK)]
)
def test_pages_have_no_defect_and_tell_nothing_of_others(role: str, near: world.Village) -> None:
    _, area = role_and_area(role)
    hidden = near if world.NEAR in world.outside(area) else _nothing(near)
    assert walk(visitors.officer(role, area), of_pages(), hidden, FEW if role in QUICK else 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["", "operator-desa"])
def test_pages_for_longer(role: str, near: world.Village) -> None:
    visitor = visitors.officer(*role_and_area(role)) if role else Visitor()
    area = role_and_area(role)[1] if role else world.OWN
    hidden = near if world.NEAR in world.outside(area) else _nothing(near)
    assert walk(visitor, of_pages(), hidden, MANY) == []


def _nothing(near: world.Village) -> world.Village:
    """The same village for somebody who may see it: only defects count."""
    return world.Village(near.area, near.values, frozenset())
