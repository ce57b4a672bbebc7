"""NIK and KK numbers: what is read from them, and the reason given for each defect."""

import pickle
from datetime import date

import pytest

from dtks.foundation.kernel.nik import KkNumber, KkNumberError, Nik, NikDefect, NikError

CONTEXT = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        ("3201900101850001", None),
        ("3201.90.010185.0001", None),
        ("'3201 9001 0185 0001 ", None),
        ("3201900101850001.0", None),
        ("5401900101500001", None),  # Timor Timur, before 1999
        (None, NikDefect.EMPTY),
        (" - ", NikDefect.EMPTY),
        ("0", NikDefect.EMPTY),
        ("0000000000000000", NikDefect.EMPTY),
        ("3,20190E+15", NikDefect.ROUNDED),
        ("3.20190e15", NikDefect.ROUNDED),
        ("32O1900101850001", NikDefect.NOT_DIGITS),
        ("320190010185001", NikDefect.LENGTH),
        ("32019001018500011", NikDefect.LENGTH),
        ("1111111111111111", NikDefect.PLACEHOLDER),
        ("0320190010185001", NikDefect.TEMPORARY),
        ("9901900101850001", NikDefect.PROVINCE),
        ("3200900101850001", NikDefect.AREA),
        ("3201000101850001", NikDefect.AREA),
        ("3201903202850001", NikDefect.DATE),
        ("3201904002850001", NikDefect.DATE),
        ("3201902902850001", NikDefect.DATE),
        ("3201900113850001", NikDefect.DATE),
        ("3201907201850001", NikDefect.DATE),
        ("3201900101850000", NikDefect.SERIAL),
    ],
)
def test_each_defect_has_its_reason(text: str | None, defect: NikDefect | None) -> None:
    assert Nik.defect(text) == defect


def test_a_nik_tells_sex_birth_date_and_place() -> None:
    nik = Nik.parse("3201.90.550785.0012")
    assert (nik.sex, nik.birth_date(CONTEXT), nik.area_prefix) == (2, date(1985, 7, 15), "320190")
    assert (nik.regency_code, nik.serial, nik.is_made_up) == ("32.01", 12, True)
    assert not Nik.parse("3201010101850001").is_made_up


def test_the_century_comes_from_the_day_of_the_record() -> None:
    nik = Nik.parse("3201900201050001")
    assert nik.birth_date(date(2005, 1, 2)) == date(2005, 1, 2)
    assert nik.birth_date(date(2005, 1, 1)) == date(1905, 1, 2)
    leap_day = Nik.parse("3201902902000001")
    assert leap_day.birth_date(CONTEXT) == date(2000, 2, 29)
    with pytest.raises(NikError):
        leap_day.birth_date(date(1999, 1, 1))


def test_stated_facts_are_compared_with_the_number() -> None:
    nik = Nik.parse("3201905507850012")
    assert nik.agrees_with(birth_date=date(1985, 7, 15), sex=2)
    assert nik.agrees_with(birth_date=None, sex=None)
    assert not nik.agrees_with(birth_date=date(1985, 7, 16))
    assert not nik.agrees_with(sex=1)


def test_a_family_card_has_a_day_of_issue_and_no_sex() -> None:
    kk = KkNumber.parse("3201900912190003")
    assert kk.issued_on(CONTEXT) == date(2019, 12, 9)
    assert KkNumber.defect("3201905512190003") == NikDefect.DATE
    with pytest.raises(KkNumberError, match="Nomor KK tidak sah"):
        KkNumber.parse("12")


def test_errors_speak_two_languages_and_survive_another_process() -> None:
    with pytest.raises(NikError) as caught:
        Nik.parse("12")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert error.reason == NikDefect.LENGTH
    assert error.text() == "NIK tidak sah: Panjangnya bukan 16 angka."
    assert error.text("en") == "Not a valid NIK: It does not have 16 digits."
    assert all(d.text(la) and d.mend(la) for d in NikDefect for la in ("id", "en"))


def test_a_number_is_masked_where_it_could_be_logged() -> None:
    nik = Nik.parse("3201905507850012")
    assert repr(nik) == "Nik('3201********0012')"
    assert str(nik) == "3201905507850012"
    with pytest.raises(NikError):
        Nik("3201 9055 0785 0012")
