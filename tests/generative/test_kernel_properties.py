"""What holds for every value, not only for examples; and columns say what single values say."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.foundation.engines import name_columns, number_columns
from dtks.foundation.kernel import names
from dtks.foundation.kernel.nik import PROVINCE_PREFIXES, KkNumber, Nik, NikDefect, NikError
from dtks.foundation.kernel.period import Period
from dtks.foundation.kernel.rupiah import Rupiah

DAYS = st.dates(date(1930, 1, 1), date(2099, 12, 31))
# Numbers near the border between right and wrong: real parts, odd parts, noise around them.
PREFIXES = st.tuples(
    st.sampled_from([*sorted(PROVINCE_PREFIXES), 0, 1, 10, 98]), st.integers(0, 99), st.integers(0, 99)
).map(lambda parts: "".join(f"{part:02d}" for part in parts))
NUMBERS = st.tuples(
    PREFIXES,
    st.integers(0, 75),
    st.integers(0, 14),
    st.integers(0, 99),
    st.sampled_from(["0000", "0001", "9999"]),
).map(lambda p: f"{p[0]}{p[1]:02d}{p[2]:02d}{p[3]:02d}{p[4]}")
NOISY = st.builds(
    lambda before, number, at, sign, after: before + number[:at] + sign + number[at:] + after,
    st.sampled_from(["", "'", " ", "NIK"]),
    NUMBERS,
    st.integers(0, 16),
    st.sampled_from(["", " ", ".", "-", "O", "\u00a0", "٣", "\n"]),
    st.sampled_from(["", ".0", " ", ",", "E+15", "\n", "."]),
)
TEXTS = st.none() | NUMBERS | NOISY | st.text(max_size=20) | st.from_regex(r"[0-9]{15,17}", fullmatch=True)

_WORDS = """
    H. HJ. Drs. S.Pd. , S.H. SH SH. S.Kom,M.M. bin BT. BINTE Muh. MOCH Mohamad abd. ST. (alm) Almarhum K.H.
    Soekarno TJOKRO DJOEANDA Sjarif Achmad KHOIRUL Choirul Syarifah Ma'ruf José SITI aisyah
    Ng IR. - / 4 ß ĳ ﬁ Ǆ ı
"""
WORDS = st.sampled_from(_WORDS.split())
NAMES = st.lists(WORDS | st.text("ABCDEHJKMNOPSTUYVQ .,'", max_size=8), max_size=6).map(" ".join) | st.text(
    max_size=30
)


@given(
    prefix=st.builds(
        "{}{:02d}{}".format, st.sampled_from(sorted(PROVINCE_PREFIXES)), st.integers(1, 99), st.just("90")
    ),
    birth=DAYS,
    sex=st.sampled_from([1, 2]),
    serial=st.integers(1, 9999),
    later=st.integers(0, 36_000),
)
def test_a_composed_nik_tells_what_it_was_made_of(prefix, birth, sex, serial, later) -> None:
    nik = Nik.compose(area_prefix=prefix, birth_date=birth, sex=sex, serial=serial)
    context = birth + timedelta(days=later)
    assert (nik.sex, nik.area_prefix, nik.serial, nik.is_made_up) == (sex, prefix, serial, True)
    assert nik.agrees_with(birth_date=birth, sex=sex)
    assert nik.birth_date(context) in (birth, _plus_century(birth))
    assert nik.birth_date(birth) == birth
    assert Nik.parse(str(nik)) == nik


def _none_if_no_such_day(read: Callable[[date], date], context: date) -> date | None:
    try:
        return read(context)
    except NikError:
        return None


def _plus_century(day: date) -> date | None:
    try:
        return day.replace(year=day.year + 100)
    except ValueError:
        return None


@given(text=TEXTS)
def test_a_text_without_defect_parses_and_one_with_does_not(text: str | None) -> None:
    for kind in (Nik, KkNumber):
        defect = kind.defect(text)
        if defect is None:
            assert len(str(kind.parse(text))) == 16
        else:
            assert defect in NikDefect


@settings(deadline=None)  # the first call compiles the expressions
@given(texts=st.lists(TEXTS, min_size=1, max_size=30), context=DAYS)
def test_columns_of_numbers_say_what_single_numbers_say(texts: list[str | None], context: date) -> None:
    table = pl.DataFrame({"text": texts}, schema={"text": pl.String}).with_columns(
        nik=number_columns.nik_defect("text"),
        kk=number_columns.kk_defect("text"),
        value=number_columns.number_value("text"),
    )
    assert table["nik"].to_list() == [Nik.defect(text) for text in texts]
    assert table["kk"].to_list() == [KkNumber.defect(text) for text in texts]
    read = table.filter(pl.col("nik").is_null()).select(
        "text",
        "value",
        sex=number_columns.nik_sex("value"),
        born=number_columns.nik_birth_date("value", context=context),
        made_up=number_columns.is_made_up("value"),
    )
    for text, value, sex, born, made_up in read.iter_rows():
        nik = Nik.parse(text)
        assert (int(nik), nik.sex, nik.is_made_up) == (value, sex, made_up)
        assert born == _none_if_no_such_day(nik.birth_date, context)
    issued = table.filter(pl.col("kk").is_null()).select(
        "text", day=number_columns.kk_issued_on("value", context=pl.lit(context))
    )
    for text, day in issued.iter_rows():
        assert day == _none_if_no_such_day(KkNumber.parse(text).issued_on, context)


@given(amount=st.integers(-(10**15), 10**15), parts=st.integers(1, 50))
def test_money_is_conserved(amount: int, parts: int) -> None:
    money = Rupiah(amount)
    assert Rupiah.parse(str(money)) == money
    shares = money.split(parts)
    assert sum(shares, Rupiah(0)) == money
    assert max(shares).amount - min(shares).amount <= 1
    assert money - money == Rupiah(0) == money + -money


@given(day=st.dates(date(2, 1, 1), date(9998, 1, 1)), months=st.integers(-11, 11))
def test_periods_tile_the_calendar(day: date, months: int) -> None:
    period = Period.of(day)
    assert day in period
    assert period.start <= day <= period.end
    assert period.plus(1).start == period.end + timedelta(days=1)
    assert period.plus(months).plus(-months) == period
    assert Period.parse(str(period)) == period
    assert period in period.quarter_months()


@given(name=NAMES)
def test_normalising_twice_changes_nothing(name: str) -> None:
    once = names.normalise(name)
    assert names.normalise(once) == once
    assert once == once.strip()
    assert set(once) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")


@settings(deadline=None)  # the first call compiles the expressions
@given(names_=st.lists(NAMES | st.none(), min_size=1, max_size=20))
def test_columns_of_names_say_what_single_names_say(names_: list[str | None]) -> None:
    table = pl.DataFrame({"name": names_}, schema={"name": pl.String})
    for function in ("normalise", "modern_spelling", "search_key"):
        column = table.select(getattr(name_columns, function)("name")).to_series().to_list()
        assert column == [None if n is None else getattr(names, function)(n) for n in names_]
