"""Made-up families are families: heads, couples, parents and children fit together."""

import datetime

import polars as pl
import pytest
from tests.fixtures import made_up_people as made

from dtks.determination.synth import actions
from dtks.determination.targeting.schema import FAMILY_COLUMNS, FAMILY_SORT, PERSON_COLUMNS
from dtks.determination.targeting.snapshot import open_snapshot, verify_content
from dtks.foundation.areas import queries as areas

HEAD, SPOUSE, CHILD, GRANDCHILD, PARENT = 1, 2, 3, 5, 6


@pytest.fixture(scope="module")
def made_up():
    return made.everywhere()


def test_the_folder_is_a_snapshot_whose_hashes_hold(made_up):
    snapshot = open_snapshot(made_up.directory)
    assert (snapshot.source, snapshot.synthetic, snapshot.regime) == ("synth", True, "DTSEN-2025")
    assert (snapshot.families, snapshot.people) == (6_000, made_up.people.height)
    for province in snapshot.provinces:
        verify_content(province.families)
        verify_content(province.people)


def test_columns_types_and_order_are_those_of_the_schema(made_up):
    assert dict(made_up.families.schema) == FAMILY_COLUMNS
    assert dict(made_up.people.schema) == PERSON_COLUMNS
    for province in made_up.families.partition_by("province"):
        assert province.equals(province.sort(FAMILY_SORT))
    for province in made_up.people.partition_by("province"):
        assert province["person_id"].is_sorted()


def test_every_family_has_one_head_and_at_most_one_spouse(made_up):
    of_family = made_up.people.group_by("family_id").agg(
        heads=(pl.col("relation") == HEAD).sum(),
        spouses=(pl.col("relation") == SPOUSE).sum(),
        first=pl.col("relation").filter(pl.col("member_no") == 1).first(),
        members=pl.len(),
    )
    assert of_family["heads"].unique().to_list() == [1]
    assert of_family["spouses"].max() == 1
    assert of_family["first"].unique().to_list() == [HEAD]
    joined = made_up.families.join(of_family, on="family_id", validate="1:1")
    assert joined.height == 6_000
    assert (joined["size"] == joined["members"]).all()


def test_spouses_are_married_and_of_the_other_sex(made_up):
    heads = made_up.people.filter(relation=HEAD).select("family_id", "sex", "marital_status")
    couples = made_up.people.filter(relation=SPOUSE).join(heads, on="family_id", suffix="_head")
    assert (couples["sex"] != couples["sex_head"]).all()
    assert couples["marital_status_head"].drop_nulls().unique().to_list() == [2]
    assert couples["marital_status"].drop_nulls().unique().to_list() == [2]
    assert couples["age"].min() >= 17


def test_mothers_are_at_least_thirteen_years_older_than_their_children(made_up):
    born = made_up.people.select("family_id", "relation", "sex", "birth_date")
    wives = born.filter(pl.col("relation").is_in([HEAD, SPOUSE]), sex=2)
    children = born.filter(relation=CHILD).join(wives, on="family_id", suffix="_mother")
    years = (children["birth_date"] - children["birth_date_mother"]).dt.total_days() / 365.25
    assert years.min() >= 13
    assert years.max() <= 48


def test_grandparents_are_older_than_the_middle_generation(made_up):
    """409 = 6 is a parent of the head or of the spouse, so thirteen years older than one of them."""
    couples = made_up.people.filter(pl.col("relation").is_in([HEAD, SPOUSE]))
    ages = couples.group_by("family_id").agg(youngest=pl.col("age").min(), eldest=pl.col("age").max())
    old = made_up.people.filter(relation=PARENT).join(ages, on="family_id")
    young = made_up.people.filter(relation=GRANDCHILD).join(ages, on="family_id")
    assert (old["age"] - old["youngest"]).min() >= 13
    assert (young["eldest"] - young["age"]).min() >= 26


def test_children_of_one_mother_are_not_born_within_months_of_each_other(made_up):
    wives = made_up.people.filter(pl.col("relation").is_in([HEAD, SPOUSE]), sex=2)
    children = made_up.people.filter(relation=CHILD).join(wives.select("family_id"), on="family_id")
    gaps = children.sort("family_id", "birth_date").select(
        gap=pl.col("birth_date").diff().over("family_id").dt.total_days()
    )
    assert gaps["gap"].min() >= 270


def test_age_is_counted_on_the_day_of_the_snapshot(made_up):
    day, born = actions.TAKEN_ON, pl.col("birth_date")
    ages = made_up.people.select(
        pl.col("age"),
        counted=day.year - born.dt.year() - (born.dt.to_string("%m%d") > f"{day:%m%d}").cast(pl.Int32),
    )
    assert (ages["age"] == ages["counted"]).all()
    assert made_up.people["birth_date"].max() <= day


def test_the_usual_day_has_passed_so_that_a_register_takes_everybody():
    assert datetime.date.today() >= actions.TAKEN_ON


@pytest.mark.parametrize("day", [datetime.date(2024, 2, 29), datetime.date(2027, 1, 1)])
def test_age_is_right_on_awkward_days(tmp_path, day):
    people = made.make(tmp_path / "there", area="51.03", families=1_500, taken_on=day, identities=True).people
    for age, born in people.select("age", "birth_date").iter_rows():
        assert day.year - born.year - ((day.month, day.day) < (born.month, born.day)) == age


def test_families_live_in_real_villages_of_their_kind(made_up):
    real = areas.reference().select(
        "village", "district", "regency", "province", "village_kind", "lat", "lon"
    )
    found = made_up.families.join(real, on="village", how="left", suffix="_real", validate="m:1")
    for column in ("district", "regency", "province", "village_kind"):
        assert (found[column] == found[f"{column}_real"]).all(), column
    assert found["village"].n_unique() > 4_000
    near = found.drop_nulls(["lat", "lat_real"])
    assert (near["lat"] - near["lat_real"]).abs().max() < 0.02
    assert near.height > 0.95 * found.height


def test_two_families_in_one_house_have_one_household_and_one_dwelling():
    families = made.without_papers().families.filter(pl.col("tenure") != 5)
    guests = families.filter(pl.col("household_id") != pl.col("family_id"))
    assert guests.height > 40
    hosts = families.rename({"family_id": "host"}).drop("household_id")
    pairs = guests.join(hosts, left_on="household_id", right_on="host", suffix="_host")
    for column in ("village", "floor_material", "water_source", "toilet", "power_1", "cooking_fuel"):
        assert pairs[column].eq_missing(pairs[f"{column}_host"]).all(), column
    assert set(pairs["lives_with_other_family"]) == {1}
    assert set(pairs["kk_code"].drop_nulls()) == {2}


def test_ids_of_people_lead_to_their_families(made_up):
    assert made_up.families["family_id"].is_unique().all()
    assert made_up.people["person_id"].is_unique().all()
    assert (made_up.people["person_id"] // 100 == made_up.people["family_id"]).all()
    households = set(made_up.families["household_id"])
    assert households <= set(made_up.families["family_id"])
    assert set(made_up.people["household_id"]) == households
