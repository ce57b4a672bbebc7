"""Made-up answers keep the rules of the questionnaire (the column `rule` of the Regsosek 2022.K form)."""

import polars as pl
import pytest
from tests.fixtures import made_up_people as made

from dtks.determination.synth.actions import TAKEN_ON
from dtks.determination.targeting.schema import FAMILY_COLUMNS, PERSON_COLUMNS
from dtks.registration.registry import dictionary

YES, NO = 1, 2
HERE = pl.col("presence").is_in([1, 5])
ASKED_OF_OWNERS = (
    "businesses", "business_industry", "paid_workers", "unpaid_workers", "business_licence",
    "business_turnover", "business_internet",
)  # fmt: skip
FROM_TWO = ("seeing", "hearing", "walking", "hands", "learning", "emotion")
FROM_FIVE = ("speaking", "selfcare", "memory")
# Columns that are not answers of the questionnaire, or whose null means 'none'.
NULL_IS_AN_ANSWER = {
    "power_2", "power_3", "preferred_second", "preferred_third", "ppks_group", "special_condition",
    "psks_role", "contraception", "deceased_on", "weight_kg", "height_cm", "measured_on", "orphan_status",
    "monthly_income", "lat", "lon", "caregiver", "kk_token", "nik_token",
}  # fmt: skip


@pytest.fixture(scope="module")
def families():
    return made.everywhere().families


@pytest.fixture(scope="module")
def people():
    return made.everywhere().people


def _only_if(frame: pl.DataFrame, column: str, condition: pl.Expr) -> None:
    """`column` is answered nowhere but where `condition` holds, and there mostly."""
    answered = frame.with_columns(holds=condition.fill_null(value=False))
    assert answered.filter(~pl.col("holds"), pl.col(column).is_not_null()).is_empty(), column
    where = answered.filter(pl.col("holds"))
    assert where[column].null_count() < max(0.06 * where.height, 5), column


@pytest.mark.parametrize("level", ["family", "person"])
def test_every_code_is_one_of_the_dictionary(level, families, people):
    frame, columns = (families, FAMILY_COLUMNS) if level == "family" else (people, PERSON_COLUMNS)
    known = dictionary.by_name(level=level)
    for name in columns:
        variable = known.get(name)
        if variable is None:
            continue
        found = set(frame[name].drop_nulls().unique().to_list())
        if variable.kind == "code":
            assert found <= set(variable.codes), name
        elif variable.kind == "flags":
            whole = sum(code for code in variable.codes if code != 99)
            assert all(value == 99 or 0 <= value <= whole for value in found), name
        elif found and variable.kind in ("count", "measure", "amount"):
            low, high = min(found), max(found)
            assert variable.minimum is None or low >= variable.minimum, name
            assert variable.maximum is None or high <= variable.maximum, name


@pytest.mark.parametrize("level", ["family", "person"])
def test_what_is_asked_under_a_condition_is_answered_only_there(level, families, people):
    frame = families if level == "family" else people
    for variable in dictionary.variables():
        if variable.level == level and variable.asked_if and variable.name in frame.columns:
            asked_of, values = variable.asked_if
            elsewhere = frame.filter(~pl.col(asked_of).is_in(values).fill_null(value=False))
            assert elsewhere[variable.name].null_count() == elsewhere.height, variable.name


def test_dwelling_rules(families):
    _only_if(families, "land_title", pl.col("tenure") == 1)
    _only_if(families, "water_distance", pl.col("water_source").is_between(4, 8))
    _only_if(families, "power_1", pl.col("lighting") == 1)
    _only_if(families, "closet_type", pl.col("toilet").is_between(1, 3))
    _only_if(families, "sewage", pl.col("toilet").is_between(1, 3))


def test_a_large_gas_cylinder_is_there_if_and_only_if_it_is_cooked_with(families):
    known = families.drop_nulls("cooking_fuel")
    cooked_with = known["cooking_fuel"].is_in([2, 3])
    assert (
        known["has_gas_cylinder"] == pl.select(pl.when(cooked_with).then(YES).otherwise(NO)).to_series()
    ).all()


def test_electric_goods_need_electricity(families):
    dark = families.filter(lighting=4)
    assert dark.height > 10
    for good in ("has_refrigerator", "has_ac", "has_water_heater", "has_flat_tv", "has_computer"):
        assert dark[good].drop_nulls().unique().to_list() == [NO], good  # some answers are missing


@pytest.mark.parametrize(
    "aid",
    ["sembako", "pkh", "blt_dd", "electricity_subsidy", "local_aid", "fertiliser_subsidy", "lpg_subsidy"],
)
def test_aid_was_last_received_within_the_year_before(aid, families):
    got = families.filter(pl.col(f"got_{aid}") == YES)
    months = got[f"{aid}_year"] * 12 + got[f"{aid}_month"]
    assert months.null_count() == 0
    this_month = TAKEN_ON.year * 12 + TAKEN_ON.month
    assert this_month - 11 <= months.min()
    assert months.max() <= this_month
    others = families.filter(pl.col(f"got_{aid}").ne_missing(YES))
    assert others[f"{aid}_month"].null_count() == others.height


def test_wishes_differ_from_each_other(families):
    asked = families.drop_nulls(["preferred_first", "preferred_second"])
    assert (asked["preferred_first"] != asked["preferred_second"]).all()
    asked = asked.drop_nulls("preferred_third")
    assert (asked["preferred_first"] != asked["preferred_third"]).all()
    assert (asked["preferred_second"] != asked["preferred_third"]).all()


def test_school_and_work_are_asked_from_five(people):
    asked = HERE & (pl.col("age") >= 5)
    for column in ("school_participation", "worked_last_week", "has_npwp", "owns_business", "depression"):
        _only_if(people, column, asked)
    for column in ("in_prakerja", "in_kur", "in_umi"):
        _only_if(people, column, asked)
    _only_if(people, "in_pip", HERE & pl.col("age").is_between(5, 30))
    _only_if(people, "work_insurance", HERE & (pl.col("age") >= 15))
    schooled = HERE & pl.col("school_participation").is_in([2, 3])
    for column in ("education_level", "education_grade", "diploma"):
        _only_if(people, column, schooled)
    for column in ("work_hours", "industry", "employment_status"):
        _only_if(people, column, HERE & (pl.col("worked_last_week") == YES))
    for column in ASKED_OF_OWNERS:
        _only_if(people, column, HERE & (pl.col("owns_business") == YES))


def test_pregnancy_is_asked_of_women_who_are_or_were_married(people):
    asked = (
        (pl.col("sex") == 2) & pl.col("age").is_between(10, 54) & pl.col("marital_status").is_in([2, 3, 4])
    )
    _only_if(people, "pregnant", HERE & asked)
    rate = people.filter(marital_status=2).filter(pl.col("age").is_between(20, 34))["pregnant"].drop_nulls()
    assert 0.04 < (rate == YES).mean() < 0.16


def test_difficulties_nutrition_and_care_are_asked_by_age(people):
    for name in FROM_TWO:
        _only_if(people, f"difficulty_{name}", HERE & (pl.col("age") >= 2))
    for name in FROM_FIVE:
        _only_if(people, f"difficulty_{name}", HERE & (pl.col("age") >= 5))
    _only_if(people, "child_nutrition", HERE & (pl.col("age") <= 4))
    heavy = [pl.col(f"difficulty_{name}").is_in([1, 2]) for name in (*FROM_TWO, *FROM_FIVE)]
    cared = (pl.col("age") >= 60) | pl.any_horizontal(*heavy, pl.col("depression").is_in([1, 2]))
    _only_if(people, "caregiver", HERE & cared.fill_null(value=False))


def test_those_who_are_not_there_are_known_from_the_family_card_only(people):
    gone = people.filter(~HERE)
    assert 0.005 < gone.height / people.height < 0.03
    for column in ("sex", "birth_date", "age", "relation", "religion"):
        assert gone[column].null_count() == 0
    for column in (
        "marital_status",
        "id_documents",
        "school_participation",
        "health_insurance",
        "occupation",
    ):
        assert gone[column].null_count() == gone.height
    assert set(gone.filter(presence=2)["status"]) <= {2}
    assert (
        people.filter(pl.col("status") != 2)["deceased_on"].null_count()
        == people.filter(pl.col("status") != 2).height
    )


def test_one_to_three_answers_in_a_hundred_are_missing(families, people):
    """Over all questions that are put to everybody (or to all of an age)."""
    here = people.filter(HERE, pl.col("age") >= 20)
    asked = [
        *(families[name].null_count() / families.height for name in _asked_of_all(families)),
        *(here[name].null_count() / here.height for name in _asked_of_all(here)),
    ]
    assert 0.005 < sum(asked) / len(asked) < 0.03


def _asked_of_all(frame: pl.DataFrame) -> list[str]:
    """Answers that are null for less than a tenth."""
    answers = [name for name in frame.columns if name not in NULL_IS_AN_ANSWER and frame[name].null_count()]
    return [name for name in answers if frame[name].null_count() < 0.1 * frame.height]


def test_a_school_career_makes_sense(people):
    """No diploma before its age, nobody in a higher class than their age allows."""
    pupils = people.filter(school_participation=2)
    assert pupils.filter(age=7)["education_level"].drop_nulls().is_in([3, 4]).all()
    assert pupils.filter(pl.col("age") < 12)["education_level"].max() <= 4
    assert pupils.filter(pl.col("age") < 18)["education_level"].max() <= 17
    primary = people.filter(pl.col("age") < 11)["diploma"].drop_nulls().unique().to_list()
    assert primary in ([23], [])
    assert people.filter(pl.col("age") < 21).filter(pl.col("diploma").is_between(19, 22)).is_empty()
    finished = people.filter(pl.col("education_grade") == 8, school_participation=3)
    assert (finished["education_level"] == finished["diploma"]).all()


def test_occupations_follow_school_and_work(people):
    pupils = people.filter(school_participation=2, worked_last_week=NO)
    assert pupils["occupation"].drop_nulls().unique().to_list() == [3]
    servants = people.filter(employment_status=5)
    assert servants.height > 50
    assert servants["occupation"].drop_nulls().is_in([5, 6, 7, 16, 17, 64, 65, 72, 73, 74, 85]).all()
    assert people.filter(pl.col("age") < 10, worked_last_week=YES).is_empty()


def test_the_poor_live_as_the_poor_do(families):
    """Poverty shows in dwelling, goods and aid, as BPS describes poor households."""
    truth = made.everywhere().truth.select("family_id", "poor")
    told = families.join(truth, on="family_id")
    poor, others = told.filter("poor"), told.filter(~pl.col("poor"))
    assert poor.height > 300

    def share(frame: pl.DataFrame, column: str, *codes: int) -> float:
        return frame[column].drop_nulls().is_in(codes).mean()

    for column, codes in (
        ("has_refrigerator", (YES,)), ("has_motorcycle", (YES,)), ("has_car", (YES,)),
        ("has_computer", (YES,)),
        ("floor_material", (1, 2)), ("toilet", (1,)), ("power_1", (3, 4, 5)), ("bank_account", (1, 2, 3)),
    ):  # fmt: skip
        assert share(poor, column, *codes) < share(others, column, *codes), column
    for column in ("got_sembako", "got_pkh", "worried_food", "food_share_high"):
        assert share(poor, column, YES) > share(others, column, YES), column
    assert poor["size"].mean() - others["size"].mean() > 0.7


def test_children_of_a_measured_age_have_a_plausible_weight_and_height(people):
    children = people.filter(pl.col("age") < 5).drop_nulls("weight_kg")
    assert children.height > 500
    by_age = children.group_by("age").agg(pl.col("weight_kg", "height_cm").mean()).sort("age")
    assert by_age["weight_kg"].is_sorted()
    assert by_age["height_cm"].is_sorted()
    assert 5 < by_age["weight_kg"][0] < 9
    assert 95 < by_age["height_cm"][4] < 108
    assert people.filter(pl.col("measured_on").is_not_null())["weight_kg"].null_count() == 0
