"""The measures by hand, and what always holds of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.determination.targeting import accuracy
from dtks.determination.targeting.accuracy import Judged, Ranking


def judged(truth: list[float], predicted: list[float], weight: list[float] | None = None) -> Judged:
    count = len(truth)
    weights = np.array(weight or [1.0] * count)
    return Judged(np.array(truth, float), np.array(predicted, float), weights, np.arange(count))


def test_the_five_measures_by_hand() -> None:
    """Ten households, two poor (1 and 2); selected are 1 and 3: one poor missed, one not poor taken."""
    truth = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    predicted = [1, 5, 2, 4, 6, 7, 8, 9, 10, 11]
    found = accuracy.at_levels(judged(truth, predicted), [20])["20"]
    assert found == pytest.approx(
        {"ee": 1 / 2, "ie": 1 / 2, "leakage": 1 / 8, "td": 1 / 2 - 1 / 8, "cgh": 0.5 / 0.2}
    )


def test_the_direction_a_perfect_and_a_reversed_ranking() -> None:
    truth = [float(one) for one in range(20)]
    assert accuracy.at_levels(judged(truth, truth), [20])["20"]["ee"] == 0
    reversed_ = accuracy.at_levels(judged(truth, truth[::-1]), [20])["20"]
    assert (reversed_["ee"], reversed_["td"]) == (1, -0.25)


def test_unscored_households_are_never_selected_and_still_poor() -> None:
    found = accuracy.at_levels(judged([1, 2, 3, 4, 5], [float("nan"), 2, 3, 4, 5], None), [20])["20"]
    assert found["ee"] == 1
    assert accuracy.r2(judged([1, 2, 3], [float("nan"), 2, 3])) == 1


def test_equal_scores_share_the_last_places() -> None:
    shares = Ranking(np.array([1.0, 1.0, 1.0, 1.0, 2.0])).poorest(np.ones(5), 40)
    assert shares == pytest.approx([0.5, 0.5, 0.5, 0.5, 0.0])


def test_weights_move_the_line() -> None:
    """The poorest household has three of ten people: it alone is more than the poorest 20 %."""
    shares = Ranking(np.array([1.0, 2.0, 3.0])).poorest(np.array([3.0, 3.0, 4.0]), 20)
    assert shares == pytest.approx([2 / 3, 0, 0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3)), min_size=2, max_size=25))
def test_what_always_holds(rows: list[tuple[int, int, int]]) -> None:
    truth, predicted, weight = (list(map(float, column)) for column in zip(*rows, strict=True))
    for level, found in accuracy.at_levels(judged(truth, predicted, weight)).items():
        assert found["ee"] == pytest.approx(found["ie"]), "as many are selected as are poor"
        assert found["td"] == pytest.approx(1 - found["ee"] - found["leakage"])
        assert found["cgh"] == pytest.approx((1 - found["ie"]) / (int(level) / 100))
        assert -1e-9 <= found["ee"] <= 1 + 1e-9


def test_intervals_draw_villages_and_are_the_same_each_time() -> None:
    draw = np.random.default_rng(3)
    village = np.repeat(np.arange(30), 8)
    truth = draw.normal(size=240) + draw.normal(size=30)[village]
    survey = Judged(truth, truth + draw.normal(size=240), np.ones(240), village)
    first, again = (accuracy.intervals(survey, replicates=200, seed=4) for _ in range(2))
    assert first == again
    alone = Judged(truth, survey.predicted, np.ones(240), np.arange(240))
    by_household = accuracy.intervals(alone, replicates=200, seed=4)
    low, high = first["r2"]["r2"]
    assert low < accuracy.r2(survey) < high
    assert high - low > 0
    assert by_household != first, "households are not drawn one by one"


def test_the_difference_of_a_model_to_itself_is_nothing() -> None:
    survey = judged([1, 2, 3, 4, 5, 6], [2, 1, 3, 5, 4, 6])
    assert accuracy.difference(survey, survey, 20, replicates=20) == (0, 0)


def test_groups_are_judged_by_the_common_line() -> None:
    survey = judged([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 9, 3, 4, 5, 6, 7, 8, 2, 10])
    groups = {"side": np.array(["a"] * 5 + ["b"] * 5, dtype=object)}
    found = accuracy.by_group(survey, groups, 20)["side"]
    assert found["a"]["ee"] == 0.5, "the poor of a: 1 is selected, 2 is not"
    assert np.isnan(found["b"]["ee"]), "nobody of b is poor"
    assert found["b"]["ie"] == 1
