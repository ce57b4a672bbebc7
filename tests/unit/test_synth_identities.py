"""Made-up names and numbers: well-formed, nobody's, nobody's twice, and fitting."""

import re

import polars as pl
import pytest
from tests.fixtures import made_up_people as made

from dtks.foundation.kernel.nik import KkNumber, Nik

DAY = made.actions.TAKEN_ON
MARGA = ("SIREGAR", "SIMANJUNTAK", "SITUMORANG", "SIHOMBING", "NAINGGOLAN", "GINTING", "SINAGA")


@pytest.fixture(scope="module")
def people():
    population = made.everywhere()
    told = population.families.select("family_id", "regency", "urban", "village", "kk_token")
    joined = population.people.join(population.identities, on=["person_id", "family_id"], validate="1:1")
    assert joined.height == population.people.height
    return joined.join(told, on="family_id", validate="m:1")


def test_every_nik_is_well_formed_made_up_and_says_who_one_is(people):
    told = people.select("nik", "sex", "birth_date", "regency").iter_rows()
    for number, sex, born, regency in told:
        nik = Nik.parse(number)
        assert nik.is_made_up
        assert (nik.sex, nik.birth_date(DAY), int(number[:4])) == (sex, born, regency)


def test_nobody_has_the_nik_of_another(people):
    assert people["nik"].null_count() == 0
    assert people["nik"].is_unique().all()
    assert people["nik_token"].is_unique().all()
    assert people["nik_token"].min() >= 0


def test_a_family_has_one_card_of_its_own(people):
    cards = people.group_by("family_id").agg(
        pl.col("kk_number").n_unique().alias("n"), pl.col("kk_number").first()
    )
    assert cards["n"].unique().to_list() == [1]
    assert cards["kk_number"].is_unique().all()
    for number in cards["kk_number"]:
        card = KkNumber.parse(number)
        assert card.is_made_up
        assert card.issued_on(DAY) < DAY
    assert made.everywhere().families["kk_token"].is_unique().all()


def test_names_are_upper_case_words(people):
    for column in ("name", "mother_name"):
        wrong = people.filter(~pl.col(column).str.contains(r"^[A-Z][A-Z.]*( [A-Z][A-Z.]*)*$"))
        assert wrong.is_empty(), wrong[column].head().to_list()
    assert people["name"].n_unique() > 0.5 * people.height


def test_a_child_names_its_mother_as_she_is_called(people):
    wives = people.filter(pl.col("relation").is_in([1, 2]), sex=2).select("family_id", wife=pl.col("name"))
    children = people.filter(relation=3).join(wives, on="family_id")
    assert (children["mother_name"] == children["wife"]).all()


def test_siblings_without_their_mother_name_the_same_mother(people):
    fathers = people.filter(relation=1, sex=1).join(
        people.filter(relation=2).select("family_id"), on="family_id", how="anti"
    )
    alone = people.filter(relation=3).join(fathers.select("family_id"), on="family_id")
    mothers = (
        alone.group_by("family_id").agg(pl.col("mother_name").n_unique(), pl.len()).filter(pl.col("len") > 1)
    )
    assert mothers.height > 20
    assert mothers["mother_name"].unique().to_list() == [1]


def test_names_fit_sex_and_region(people):
    bali = people.filter(pl.col("province") == 51, religion=4)
    assert bali.height > 100
    assert bali.filter(sex=1)["name"].str.starts_with("I ").all()
    assert bali.filter(sex=2)["name"].str.starts_with("NI ").all()
    batak = people.filter(pl.col("regency").is_in([1202, 1212, 1216, 1217]))
    assert batak.height > 20
    pattern = "|".join(re.escape(name) for name in MARGA)
    java = people.filter(pl.col("province") == 33)
    assert batak["name"].str.contains(f"({pattern})$").mean() > 0.25
    assert java["name"].str.contains(f"({pattern})$").mean() < 0.02
    old = java.filter(pl.col("age") >= 60)
    young = java.filter(pl.col("age") < 25)
    assert old["name"].str.contains(" ").mean() < 0.5 < young["name"].str.contains(" ").mean()


def test_family_names_pass_from_father_to_child(people):
    """Where a culture has them; a wife keeps her own."""
    papua = people.filter(pl.col("province").is_in([94, 95]), pl.col("religion").is_in([2, 3]))
    last = papua.with_columns(last=pl.col("name").str.split(" ").list.last())
    heads = last.filter(relation=1, sex=1).select("family_id", head=pl.col("last"))
    children = last.filter(relation=3).join(heads, on="family_id")
    wives = last.filter(relation=2).join(heads, on="family_id")
    assert children.height > 30
    assert (children["last"] == children["head"]).mean() > 0.97
    assert (wives["last"] == wives["head"]).mean() < 0.3


def test_addresses_have_rt_and_rw_and_fit_the_place(people):
    assert people["rt"].str.contains(r"^\d{3}$").all()
    assert people["rw"].str.contains(r"^\d{3}$").all()
    assert people.filter("urban")["address"].str.starts_with("JL. ").all()
    assert people.filter(~pl.col("urban"))["address"].str.starts_with("DUSUN ").all()
    assert people.group_by("family_id").agg(pl.col("address").n_unique())["address"].max() == 1


def test_some_people_have_no_papers_when_that_is_asked_for():
    population = made.without_papers()
    share = population.identities["nik"].null_count() / population.people.height
    assert 0.03 < share < 0.07
    missing = population.identities.filter(pl.col("nik").is_null())["person_id"]
    tokens = population.people.filter(pl.col("nik_token").is_null())["person_id"]
    assert set(missing) == set(tokens)
    homeless = population.families.filter(has_shelter=2)
    assert homeless.height > 10
    assert homeless["kk_token"].null_count() == homeless.height
    assert homeless["floor_material"].null_count() == homeless.height
    assert set(homeless["tenure"]) == {5}
    known = population.identities.drop_nulls("nik")
    assert known["nik"].is_unique().all()
