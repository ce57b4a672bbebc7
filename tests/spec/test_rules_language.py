"""The rule language, by example: what a rule means for one family, and what is refused."""

from __future__ import annotations

import pytest

from dtks.determination.targeting.rules import errors, language, variables

MOTHER = {"age": 27, "sex": 2, "pregnant": 1}
FATHER = {"age": 30, "sex": 1}
GRANDMOTHER = {"age": 71, "sex": 2, "pregnant": 2}
CHILD = {"age": 8, "sex": 1, "school_participation": 2, "education_level": 3}
SOMEBODY = {"sex": 2}  # age unknown
HOUSE = {"desil": 3, "toilet": 6, "floor_material": 8, "floor_area": 30, "size": 4, "urban": False}


def rule(text: str, **options: object) -> language.Rule:
    options.setdefault("variables", variables.known())
    return language.parse(text, where="programmes/contoh.yaml:7", **options)


@pytest.mark.parametrize(("text", "expected"), [
    ("desil <= 4", True),
    ("desil <= :desil_max", True),
    ("desil BETWEEN 4 AND 10", False),
    ("toilet = 6", True),
    ("toilet = 'Tidak ada fasilitas'", True),
    ("toilet <> 'tidak  ADA fasilitas'", False),
    ("floor_material IN ('Bambu', 'Tanah')", True),
    ("floor_material NOT IN ('Bambu', 'Tanah')", False),
    ("8 > desil", True),
    ("floor_area < 8 * size", True),
    ("floor_area - 2 * size >= 22", True),
    ("-desil = -3", True),
    ("NOT urban", True),
    ("urban = FALSE", True),
    ("urban <> FALSE", False),
    ("NOT (desil > 4 OR urban)", True),
    ("wall_material IS NULL", True),
    ("toilet IS NOT NULL", True),
    ("wall_material = 'Bambu'", None),
    ("NOT wall_material = 'Bambu'", None),
    ("wall_material <> 'Bambu'", None),
    ("wall_material = 'Bambu' OR desil <= 4", True),
    ("wall_material = 'Bambu' AND desil > 4", False),
    ("wall_material = 'Bambu' AND desil <= 4", None),
    ("COALESCE(wall_material, 'Tembok') = 'Tembok'", True),
    ("COALESCE(wall_material = 'Bambu', FALSE)", False),
    ("COALESCE(got_pkh, 2) = 2 -- jawaban kosong berarti tidak", True),
])  # fmt: skip
def test_a_rule_about_the_family(text: str, expected: bool | None) -> None:
    assert rule(text, parameters={"desil_max": 4}).evaluate(HOUSE) is expected


@pytest.mark.parametrize(("text", "members", "expected"), [
    ("ANY_MEMBER(age >= 60)", [MOTHER, GRANDMOTHER], True),
    ("ANY_MEMBER(age >= 60)", [MOTHER, CHILD], False),
    ("ANY_MEMBER(age >= 60)", [MOTHER, SOMEBODY], None),
    ("ANY_MEMBER(age >= 60)", [GRANDMOTHER, SOMEBODY], True),
    ("NOT ANY_MEMBER(age >= 60)", [MOTHER, SOMEBODY], None),
    ("ALL_MEMBERS(age >= 18)", [MOTHER, FATHER], True),
    ("ALL_MEMBERS(age >= 18)", [MOTHER, CHILD, SOMEBODY], False),
    ("ALL_MEMBERS(age >= 18)", [MOTHER, SOMEBODY], None),
    ("COUNT_MEMBERS(age < 18) >= 1", [MOTHER, CHILD, SOMEBODY], True),
    ("COUNT_MEMBERS(age < 18) >= 2", [MOTHER, CHILD, SOMEBODY], None),
    ("COUNT_MEMBERS(age < 18) >= 3", [MOTHER, CHILD, SOMEBODY], False),
    ("COUNT_MEMBERS(age < 18) BETWEEN 1 AND 2", [MOTHER, CHILD, SOMEBODY], True),
    ("COUNT_MEMBERS(age < 18) IN (1, 2)", [MOTHER, CHILD, SOMEBODY], True),
    ("COUNT_MEMBERS(age < 18) = 1", [MOTHER, CHILD, SOMEBODY], None),
    ("COUNT_MEMBERS(age < 18) <> 3", [MOTHER, CHILD, SOMEBODY], True),
    ("2 * COUNT_MEMBERS(age < 18) > size", [MOTHER, CHILD, CHILD, CHILD], True),
    ("-2 * COUNT_MEMBERS(age < 18) <= -2", [MOTHER, CHILD, SOMEBODY], True),
    ("-2 * COUNT_MEMBERS(age < 18) >= -2", [MOTHER, CHILD, SOMEBODY], None),
    ("size - COUNT_MEMBERS(age < 18) >= 3", [MOTHER, CHILD, SOMEBODY], None),
    ("size - COUNT_MEMBERS(age < 18) >= 2", [MOTHER, CHILD, SOMEBODY], True),
    ("COUNT_MEMBERS(age < 18) > COUNT_MEMBERS(age >= 18)", [MOTHER, CHILD, CHILD], True),
    ("ANY_MEMBER(sex = 'Perempuan' AND pregnant = 'Ya')", [FATHER, MOTHER], True),
    ("ANY_MEMBER(sex = 'Perempuan' AND pregnant = 'Ya')", [FATHER, GRANDMOTHER], False),
    ("ANY_MEMBER(age >= 60)", [], None),
])  # fmt: skip
def test_a_rule_about_the_members(text: str, members: list[dict], expected: bool | None) -> None:
    assert rule(text).evaluate(HOUSE, members) is expected


@pytest.mark.parametrize(("text", "person", "expected"), [
    ("in_pip = 'Ya'", {"in_pip": 8}, None),
    ("in_pip IS NULL", {"in_pip": 8}, True),
    ("COALESCE(in_pip, 'Tidak') = 'Ya'", {"in_pip": 8}, False),
    ("HAS(health_insurance, 'PBI/JKN')", {"health_insurance": 9}, True),
    ("HAS(health_insurance, 'PBI/JKN')", {"health_insurance": 6}, False),
    ("HAS(health_insurance, 'PBI/JKN')", {"health_insurance": 99}, None),
    ("HAS(health_insurance, 2)", {"health_insurance": None}, None),
    ("id_documents = 0", {"id_documents": 0}, True),
    ("IF_ASKED(pregnant = 'Ya', sex = 'Perempuan')", {"sex": 1}, False),
    ("IF_ASKED(pregnant = 'Ya', sex = 'Perempuan')", {"sex": 2}, None),
    ("IF_ASKED(pregnant = 'Ya', sex = 'Perempuan')", {}, None),
    ("IF_ASKED(pregnant = 'Ya', sex = 'Perempuan')", {"pregnant": 1}, True),
    ("NOT IF_ASKED(pregnant = 'Ya', sex = 'Perempuan')", {"sex": 1}, True),
])  # fmt: skip
def test_a_rule_about_one_person(text: str, person: dict, expected: bool | None) -> None:
    assert rule(text, level="person").evaluate(person) is expected


def test_only_members_who_count_are_looked_at() -> None:
    living = rule("COALESCE(status, 'Hidup') = 'Hidup'", level="person")
    elderly = rule("ANY_MEMBER(age >= 60)", counted_members=living)
    assert elderly.evaluate({}, [GRANDMOTHER, CHILD]) is True
    assert elderly.evaluate({}, [{**GRANDMOTHER, "status": 2}, CHILD]) is False
    adults = rule("ALL_MEMBERS(age >= 18)", counted_members=living)
    assert adults.evaluate({}, [GRANDMOTHER, {**CHILD, "status": 2}]) is True


def test_a_definition_is_a_rule_with_a_name() -> None:
    pupil = rule("age BETWEEN 6 AND 21 AND school_participation = 'Masih sekolah'", level="person")
    primary = rule("pupil AND education_level IN ('SD', 'MI')", level="person", definitions={"pupil": pupil})
    families = rule("COUNT_MEMBERS(primary_pupil) = 1", definitions={"primary_pupil": primary})
    assert families.evaluate({}, [MOTHER, CHILD]) is True
    assert families.member_variables == ("age", "school_participation", "education_level")


def test_a_rule_tells_what_it_reads() -> None:
    found = rule("desil <= 4 AND (toilet = 6 OR desil = 1) AND ANY_MEMBER(age > 60)")
    assert found.variables == ("desil", "toilet")
    assert found.member_variables == ("age",)
    assert len(found.member_counts) == 2


@pytest.mark.parametrize(("text", "error"), [
    # a name that does not exist, or not here
    ("desill <= 4", errors.UnknownNameError),
    ("notes = 'x'", errors.UnknownNameError),
    ("nik = '3201'", errors.UnknownNameError),
    ("age > 60", errors.WrongLevelError),
    ("ANY_MEMBER(desil < 3)", errors.WrongLevelError),
    ("desil <= :batas", errors.UnknownParameterError),
    # a wrong type
    ("desil", errors.WrongTypeError),
    ("toilet", errors.WrongTypeError),
    ("urban = 1", errors.WrongTypeError),
    ("desil = '4'", errors.WrongTypeError),
    ("desil <= 4.5", errors.WrongTypeError),
    ("lat > 1", errors.WrongTypeError),
    ("toilet + 1 = 2", errors.WrongTypeError),
    ("toilet = wall_material", errors.WrongTypeError),
    ("desil = toilet", errors.WrongTypeError),
    ("1 = 1", errors.WrongTypeError),
    ("desil * size > 4", errors.WrongTypeError),
    ("COUNT_MEMBERS(age > 3)", errors.WrongTypeError),
    ("ANY_MEMBER(age > 3) = 1", errors.WrongTypeError),
    ("1 < desil < 4", errors.WrongTypeError),
    ("ANY_MEMBER(health_insurance > 1)", errors.WrongTypeError),
    ("ANY_MEMBER(birth_date > 1)", errors.WrongTypeError),
    # a code outside its list
    ("toilet = 7", errors.UnknownCodeError),
    ("toilet <> 7", errors.UnknownCodeError),
    ("toilet IN (1, 9)", errors.UnknownCodeError),
    ("toilet >= 0", errors.UnknownCodeError),
    ("toilet = 'Kakus emas'", errors.UnknownCodeError),
    ("ANY_MEMBER(in_pip = 'Tidak tahu')", errors.UnknownCodeError),
    ("ANY_MEMBER(HAS(health_insurance, 3))", errors.UnknownCodeError),
    # what can never hold
    ("desil > 10", errors.NeverHoldsError),
    ("desil = 0", errors.NeverHoldsError),
    ("NOT desil > 10", errors.NeverHoldsError),
    ("desil < 3 AND desil > 5", errors.NeverHoldsError),
    ("desil BETWEEN 5 AND 3", errors.NeverHoldsError),
    ("desil IN (11, 12)", errors.NeverHoldsError),
    ("toilet = 1 AND toilet IN (2, 3)", errors.NeverHoldsError),
    ("toilet NOT IN (1, 2, 3, 4, 5, 6)", errors.NeverHoldsError),
    ("(desil < 3 OR desil = 9) AND desil BETWEEN 4 AND 8", errors.NeverHoldsError),
    ("desil IS NULL AND desil <= 4", errors.NeverHoldsError),
    ("NOT (desil <= 4 OR desil > 4)", errors.NeverHoldsError),
    ("urban AND NOT urban", errors.NeverHoldsError),
    ("ANY_MEMBER(age > 60 AND age < 50)", errors.NeverHoldsError),
    ("COUNT_MEMBERS(age > 60) < 0", errors.NeverHoldsError),
    ("desil + size < 0", errors.NeverHoldsError),
    # SQL beyond the subset
    ("SELECT 1", errors.NotInLanguageError),
    ("desil IN (SELECT 1)", errors.NotInLanguageError),
    ("desil = 1; desil = 2", errors.RuleSyntaxError),
    ("desil = NULL", errors.WrongTypeError),
    ("desil IS TRUE", errors.NotInLanguageError),
    ("desil / 2 = 1", errors.NotInLanguageError),
    ("CASE WHEN desil = 1 THEN TRUE END", errors.NotInLanguageError),
    ("toilet = \"Tidak ada fasilitas\"", errors.NotInLanguageError),
    ("keluarga.desil = 1", errors.NotInLanguageError),
    ("TRY_CAST(desil AS INT) = 1", errors.NotInLanguageError),
    ("LENGTH(desil) = 1", errors.NotInLanguageError),
    ("PRINT(desil)", errors.NotInLanguageError),
    ("ANY_MEMBER(ANY_MEMBER(age > 1))", errors.NotInLanguageError),
    ("ANY_MEMBER(age > 1, age < 3)", errors.NotInLanguageError),
    ("IF_ASKED(desil = 1)", errors.NotInLanguageError),
    ("desil LIKE '4'", errors.NotInLanguageError),
    ("desil = ?", errors.UnknownParameterError),
    ("desil =", errors.RuleSyntaxError),
    ("", errors.RuleSyntaxError),
    ("(desil = 1", errors.RuleSyntaxError),
    ("desil = 1 OR " * 500 + "desil = 2", errors.TooLargeError),
    ("NOT " * 900 + "desil = 2", errors.TooLargeError),
    ("desil * 100000000000000 * 100000000000000 > 4", errors.TooLargeError),
])  # fmt: skip
def test_what_is_refused_at_load(text: str, error: type[errors.RuleError]) -> None:
    with pytest.raises(errors.RuleError) as refusal:
        rule(text)
    assert type(refusal.value) is error
    for language_code in ("id", "en"):
        message = refusal.value.text(language_code)
        assert message.startswith("programmes/contoh.yaml:7: ")
        assert "{" not in message


def test_a_refusal_names_the_nearest_names_and_the_codes() -> None:
    with pytest.raises(errors.UnknownNameError, match="desil"):
        rule("dessil < 3")
    with pytest.raises(errors.UnknownCodeError, match="6=Tidak ada fasilitas"):
        rule("toilet = 7")
