"""Filters of the list of families: read from any address, written back the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import filters
from dtks.delivery.workspace.filters import Filters
from dtks.foundation.accounts import searches
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor

views = st.builds(
    Filters,
    area=st.sampled_from(["", "32", "32.04", "32.04.05", "32.04.05.2001"]),
    token=st.sampled_from(["", "0123456789abcdef01234567"]),
    desil=st.none() | st.integers(1, 10),
    programme=st.sampled_from(["", "pkh", "pbi_jkn"]),
    status=st.sampled_from(["", *filters.STATUSES]),
    rt=st.sampled_from(["", "1", "12"]),
    rw=st.sampled_from(["", "3"]),
    sort=st.sampled_from(filters.SORTS),
    descending=st.booleans(),
    page=st.integers(1, 999),
)


@given(views)
def test_an_address_brings_the_same_view_back(view: Filters) -> None:
    assert filters.read(dict(parse_qsl(view.query(page=view.page)))) == view


@given(st.dictionaries(st.sampled_from(list(filters.PARAMETERS)), st.text(max_size=30)))
def test_no_address_fails(query: dict[str, str]) -> None:
    view = filters.read(query)
    assert view.text == ""
    assert view.page >= 1
    assert view.sort in filters.SORTS
    assert view.desil is None or 1 <= view.desil <= 10


def test_what_makes_no_sense_is_named() -> None:
    assert filters.ignored({"rt": "abc", "rw": "003", "wilayah": "99.xx", "desil": ""}) == ["wilayah", "rt"]
    assert filters.ignored({"desil": "11", "program": "pkh", "status": "x"}) == ["desil", "status"]
    assert filters.ignored({}) == []


@given(st.text("abc é'&=%09", max_size=200))
def test_what_is_typed_never_enters_an_address(text: str) -> None:
    typed = Filters(area="32.04.05", text=searches.typed(text))
    assert typed.query() == "wilayah=32.04.05"
    assert len(typed.text) <= searches.LONGEST_TEXT


@pytest.mark.parametrize("text", ["wulandari", "3204059001010001", "Siti Aminah", "0123456789ABCDEF01234567"])
def test_a_name_or_a_number_is_no_token(text: str) -> None:
    assert not searches.is_token(text)


def test_a_session_keeps_the_last_searches_and_each_text_once() -> None:
    session: dict[str, Any] = {}
    tokens = [searches.keep(session, f"nama {n}") for n in range(searches.MOST_KEPT)]
    assert searches.keep(session, "nama 0") == tokens[0]
    assert all(searches.is_token(token) for token in tokens)
    searches.keep(session, "satu lagi")
    assert len(session[searches.KEY]) == searches.MOST_KEPT
    assert searches.text_of(session, tokens[0]) == "nama 0", "asked for again: it is not the oldest any more"
    assert searches.text_of(session, tokens[1]) is None
    assert searches.text_of({}, tokens[0]) is None
    assert (searches.keep(session, ""), searches.text_of(session, "")) == ("", "")


def test_a_new_filter_leads_back_to_the_first_page() -> None:
    view = Filters(area="32.04.05", desil=2, page=7)
    assert view.query(rt="4") == "wilayah=32.04.05&desil=2&rt=4"
    assert view.query(page=8) == "wilayah=32.04.05&desil=2&hal=8"
    assert view.query(desil=None) == "wilayah=32.04.05"


@pytest.mark.parametrize(
    ("text", "number"),
    [("003", "3"), ("12", "12"), (" 7 ", "7"), ("0", "0"), ("a", ""), ("", ""), (None, "")],
)
def test_rt_and_rw_without_leading_zeros(text: str | None, number: str) -> None:
    assert filters.unit(text) == number


def test_the_area_alone_narrows_nothing() -> None:
    assert not Filters(area="32.04.05", page=3, sort="nama").narrows
    assert Filters(area="32.04.05", rt="1").narrows


@pytest.mark.django_db
def test_the_list_says_what_it_did_not_use(client: Client) -> None:
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sign_in(client, role="operator-desa", area=sample.VILLAGE)
    page = client.get("/petugas/keluarga/", {"rt": "abc", "wilayah": "99.xx"}).content.decode()
    assert "Saringan ini tidak dipakai" in page and "wilayah, RT" in page
    sent = client.post("/petugas/keluarga/", {"rt": "abc"}, follow=True).content.decode()
    assert "Saringan ini tidak dipakai" in sent
    assert "tidak dipakai" not in client.get("/petugas/keluarga/", {"rt": "003"}).content.decode()
