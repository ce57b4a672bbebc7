"""The small map: everything lies inside the drawing, north is up, east is right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dtks.delivery.workspace import maps

points = st.tuples(st.floats(95, 141), st.floats(-11, 6))


def test_nothing_to_show() -> None:
    assert maps.frame([]) is None


@given(st.lists(points, min_size=1, max_size=20))
def test_every_point_lies_inside(places: list[maps.Point]) -> None:
    frame = maps.frame(places)
    assert frame is not None
    for point in places:
        x, y = frame.place(point)
        assert 0 <= x <= frame.width
        assert 0 <= y <= frame.height


def test_north_is_up_and_east_is_right() -> None:
    frame = maps.frame([(107.5, -7.2), (107.9, -6.8)])
    assert frame is not None
    south_west, north_east = frame.place((107.5, -7.2)), frame.place((107.9, -6.8))
    assert south_west[0] < north_east[0]
    assert south_west[1] > north_east[1]


def test_a_ring_becomes_a_closed_path_and_a_line_nothing() -> None:
    frame = maps.frame([(107.0, -7.0), (108.0, -6.0)])
    assert frame is not None
    path = frame.path([[(107.0, -7.0), (108.0, -7.0), (108.0, -6.0)], [(107.0, -7.0), (108.0, -7.0)]])
    assert path.count("M") == path.count("Z") == 1
