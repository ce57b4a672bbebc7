"""Which searches are answered, and how much of a name an answer shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtks.delivery.public.domain import Published, Refusal, patterns, refusal, shown, words


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Refusal.EMPTY),
        ("   ", Refusal.EMPTY),
        ("si", Refusal.TOO_SHORT),
        ("a b c", Refusal.TOO_SHORT),
        ("Hj. S.Pd", Refusal.TOO_SHORT),
        ("123", None),
        ("12", Refusal.TOO_SHORT),
        ("bin", Refusal.TOO_SHORT),
        ("Iis", None),
        ("Aan bin Eem", None),
        ("...", Refusal.TOO_SHORT),
        ("si*i", Refusal.WILDCARD),
        ("%", Refusal.WILDCARD),
        ("s_ti", Refusal.WILDCARD),
        ("siti?", Refusal.WILDCARD),
        ("3204909001010001", Refusal.NUMBER),
        ("3204 9090 0101 0001", Refusal.NUMBER),
        ("Siti 320490", Refusal.NUMBER),
        ("x" * 121, Refusal.TOO_LONG),
        ("Sri", None),
        ("Siti Aminah", None),
        ("Ma'ruf", None),
    ],
)
def test_refusals(typed: str, reason: Refusal | None) -> None:
    assert refusal(typed) == reason


@given(st.text(max_size=200))
def test_any_text_is_refused_or_has_something_to_search(typed: str) -> None:
    if refusal(typed) is None:
        assert patterns(typed)


def test_a_short_key_is_looked_for_as_a_whole_word() -> None:
    assert patterns("Iis Aminah") == (" IS ", " AMINA")


def person(name: str) -> Published:
    return Published(name=name, age=40, programmes=("pkh",), period="2026-12")


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("SITI AMINAH", "siti aminah", "SITI AMINAH"),
        ("SITI AMINAH", "Siti", "SITI A***"),
        ("SITI AMINAH", "siti ami", "SITI A***"),
        ("MUHAMMAD SOLEH", "Moch. Saleh", "MUHAMMAD S***"),
        ("MUHAMMAD SOLEH", "Mohd Soleh", "MUHAMMAD SOLEH"),
        ("SOEKARNO", "sukarno", "SOEKARNO"),
        ("H. ABDUL KARIM", "karim", "H. A*** KARIM"),
        ("SRI", "sri", "SRI"),
    ],
)
def test_words_that_were_not_typed_are_masked(name: str, typed: str, expected: str) -> None:
    assert shown(person(name), typed=words(typed)).name == expected


@given(st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=12), min_size=2, max_size=5))
def test_a_masked_word_tells_its_first_letter_only(parts: list[str]) -> None:
    answer = shown(person(" ".join(parts)), typed=()).name.split()
    assert [word[1:] for word in answer if word.endswith("***")] == ["***"] * len(
        [word for word in answer if word.endswith("***")]
    )
