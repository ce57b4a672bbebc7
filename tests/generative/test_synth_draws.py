"""Draws: on arrays and on one record alike, within what their tables allow, in the shares asked for."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.determination.synth import actions, balance, calibration, numbers, pool
from dtks.determination.synth.chance import hash_numbers, keys_of, mix, mix_all
from dtks.determination.synth.draws import Dim, apportion, by_rule, compact, lookup, run, run_one
from dtks.determination.synth.programs import ProgramBook
from dtks.foundation.kernel.nik import KkNumber, Nik

DAY = datetime.date(2026, 12, 1)


@pytest.fixture(scope="module")
def figures():
    return calibration.load(actions.calibration_directory())


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_mixing_is_the_same_on_arrays_and_on_numbers(values):
    assert mix_all(np.array(values, dtype=np.uint64)).tolist() == [mix(value) for value in values]


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 2**32), st.sampled_from([16, 64, 1024]))
def test_places_are_apportioned_to_the_nearest_whole_place(rows, codes, seed, places):
    shares = np.random.default_rng(seed).random((rows, codes)) + 1e-6
    shares /= shares.sum(axis=1, keepdims=True)
    counts = apportion(shares, places)
    assert (counts.sum(axis=1) == places).all()
    assert np.abs(counts - shares * places).max() < 1
    assert (counts >= 0).all()


@given(st.integers(0, 2**63 - 1), st.integers(1, 60))
@settings(max_examples=50)
def test_a_record_drawn_alone_is_the_one_drawn_among_others(seed, count):
    kind = by_rule(
        "kind", [Dim("sex", 1, 2)], lambda at: {1: 0.3, 2: 0.5, 7: 0.2} if at["sex"] == 1 else None
    )
    amount = by_rule(
        "amount", [Dim("kind", -1, 9)], lambda at: {at["kind"] + 1: 1, 0: 2}, missing=0.2, bits=12
    )
    double = lookup("double", Dim("kind", -1, 9), {1: 2, 2: 4})
    last = by_rule("last", [Dim("double", -1, 6), Dim("sex", 1, 2)], lambda at: at["sex"])
    draws = compact([kind, amount, double, last])
    ids = np.arange(count)
    columns = {"sex": (ids % 2 + 1).astype(np.int8)}
    keys = keys_of(ids, seed)
    run(draws, columns, keys)
    for at in range(count):
        record = {"sex": int(ids[at] % 2 + 1)}
        run_one(draws, record, int(keys[at]))
        assert record == {name: int(values[at]) for name, values in columns.items()}


@pytest.mark.parametrize("zone", ["java", "papua"])
def test_all_draws_of_a_family_and_a_person_agree_row_by_row(figures, zone):
    """The whole program, on made-up contexts: the set at once and record by record."""
    programs = ProgramBook(figures, DAY).of_zone(zone)
    chance = np.random.default_rng(1)
    for draws in (programs.dwelling + programs.insurance + programs.family, programs.person):
        drawn = {draw.name for draw in draws}
        dims = {dim.name: dim for draw in draws for dim in draw.dims if dim.name not in drawn}
        columns = {
            name: chance.integers(dim.low, dim.low + dim.count, 200).astype(np.int8)
            for name, dim in dims.items()
        }
        given_columns = dict(columns)
        keys = keys_of(np.arange(200), 9)
        run(draws, columns, keys)
        for at in range(0, 200, 7):
            record = {name: int(values[at]) for name, values in given_columns.items()}
            run_one(draws, record, int(keys[at]))
            assert record == {name: int(values[at]) for name, values in columns.items()}


def test_draws_come_in_the_shares_asked_for():
    wanted = {1: 0.02, 2: 0.48, 5: 0.5}
    draw = by_rule("answer", [Dim("one", 0, 1)], lambda at: wanted, missing=0.1)
    columns = {"one": np.zeros(200_000, dtype=np.int8)}
    run([draw], columns, keys_of(np.arange(200_000), 4))
    for code, share in {**{code: 0.9 * share for code, share in wanted.items()}, -1: 0.1}.items():
        assert abs((columns["answer"] == code).mean() - share) < 0.003


def test_hashes_of_neighbours_have_nothing_in_common():
    bits = np.unpackbits(hash_numbers(keys_of(np.arange(20_000), 1), 0).view(np.uint8)).reshape(-1, 64)
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.02
    assert abs((bits[1:] == bits[:-1]).mean() - 0.5) < 0.005


@given(
    regency=st.sampled_from([1101, 3201, 9607]),
    first=st.integers(0, 35_000_000),
    age=st.integers(0, 97),
    sex=st.integers(1, 2),
    seed=st.integers(0, 1_000),
)
@settings(max_examples=30, deadline=None)
def test_numbers_say_sex_and_birth_and_are_nobodys(regency, first, age, sex, seed):
    calendar = numbers.Calendar.of(DAY, seed)
    place = np.arange(first, first + 400)
    ages, sexes = np.full(400, age), np.full(400, sex)
    born = numbers.birth_days(ages, numbers.days_since_birthday(place, calendar), calendar)
    made = numbers.niks(regency=np.full(400, regency), born=born, sex=sexes, place=place, calendar=calendar)
    texts = [bytes(row).decode() for row in made.digits()]
    assert len(set(texts)) == 400
    nik = Nik.parse(texts[0])
    assert nik.is_made_up
    assert nik.sex == sex
    assert nik.birth_date(DAY) == datetime.date(1970, 1, 1) + datetime.timedelta(days=int(born[0]))
    assert 0 <= (DAY - nik.birth_date(DAY)).days - age * 365.25 < 367
    tokens = made.tokens(seed)
    assert len(np.unique(tokens)) == 400
    assert tokens.min() >= 0


def test_numbers_of_a_whole_regency_are_unique():
    """400,000 places of the largest regency that is allowed, spread over all of it, of a few ages."""
    calendar = numbers.Calendar.of(DAY, 1)
    place = np.arange(0, 36_000_000, 90)
    age = place // 7 % 3 + 20
    born = numbers.birth_days(age, numbers.days_since_birthday(place, calendar), calendar)
    made = numbers.niks(
        regency=np.full(len(place), 3201), born=born, sex=place % 2 + 1, place=place, calendar=calendar
    )
    assert len(np.unique(made.tokens(1))) == len(place)
    cards = numbers.cards(regency=np.full(1_000_000, 3201), family=np.arange(1_000_000), calendar=calendar)
    assert len(np.unique(cards.tokens(1))) == 1_000_000
    assert KkNumber.parse(bytes(cards.digits()[-1]).decode()).is_made_up


@given(mean_size=st.floats(2.6, 4.0), male_share=st.floats(0.47, 0.62))
@settings(max_examples=40, deadline=None)
def test_the_pool_tilts_to_any_regency(figures, mean_size, male_share):
    weighed = pool.national_pool(figures.national)
    weights = balance.RegencyTilt(weighed).weights(mean_size=mean_size, male_share=male_share)
    assert weights.min() > 0
    assert weights.sum() == pytest.approx(1)
    assert weights @ weighed.size == pytest.approx(mean_size, abs=1e-4)
    assert weights @ weighed.males == pytest.approx(mean_size * male_share, abs=1e-4)
    places = np.bincount(balance.slots(weights), minlength=len(weights))
    assert places.sum() == balance.SLOTS
    assert np.abs(places - weights * balance.SLOTS).max() <= 1


def test_the_pool_kept_ready_is_what_the_figures_give(figures):
    """`python -m dtks.determination.synth.pool` renews it."""
    assert pool.is_ready(figures.national)
    ready, made = pool.national_pool(figures.national), balance.national_pool(figures.national)
    for name in ("size", "start", *balance.MEMBER_FIELDS):
        assert np.array_equal(getattr(ready, name), getattr(made, name)), name
    assert np.allclose(ready.weight, made.weight, rtol=1e-4)
