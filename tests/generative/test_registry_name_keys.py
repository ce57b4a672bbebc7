"""A column's search keys are those of its names one by one."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dtks.foundation.kernel import names
from dtks.registration.registry.bulk.name_keys import search_keys

WORDS = re.split(
    " ",
    "Siti Ahmad Soetjipto Anggraini Khoirul Choirul Muhammad Muh Moch MHD bin Binti Bte Haji Hj Drs Prof "
    "Alm Almarhum Abd Abdul SPd SKom Andi St Sti S Pd M Kom A Md Keb K H Ph D SH. S.H. O'Neil Ma'ruf Djoko "
    "Nyoman Raden R. Ketut I Ni Drs. H. Hj. , S.Pd.I alias / - é 2",
)
composed = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
anything = st.text(max_size=20)


@given(st.lists(st.one_of(composed, anything, st.none()), max_size=20))
def test_keys_of_a_column_equal_the_keys_of_its_names(given_names: list[str | None]) -> None:
    keys = search_keys(pl.Series("name", given_names, dtype=pl.String)).to_list()
    assert keys == [None if name is None else names.search_key(name) for name in given_names]
