"""Names: pairs that clerks write for one person, and names that must stay apart."""

import pytest

from dtks.foundation.kernel.names import alternatives, modern_spelling, normalise, search_key


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("H. Moch. Ma'ruf, S.Pd.I", "MUHAMMAD MARUF"),
        ("Hj. St. Aminah", "SITI AMINAH"),
        ("Drs. H. Budi Santoso, M.Si", "BUDI SANTOSO"),
        ("PROF. DR. IR. SUKARNO", "SUKARNO"),
        ("BUDI SH.", "BUDI"),
        ("Budi, SH", "BUDI"),
        ("Siti Aminah, S.E., M.M.", "SITI AMINAH"),
        ("Rina A.Md.Keb", "RINA"),
        ("Ahmad bin Abd. Rahman", "AHMAD BIN ABDUL RAHMAN"),
        ("Siti bt. Umar", "SITI BINTI UMAR"),
        ("KH. Abdurrahman Wahid", "ABDURRAHMAN WAHID"),
        ("Slamet (alm.)", "SLAMET"),
        ("  NUR'AINI\u00a0 ", "NURAINI"),
        ("José  María", "JOSE MARIA"),
        ("Jum’at", "JUMAT"),
        ("MOH", "MUHAMMAD"),
        ("Mohamad", "MUHAMMAD"),
        ("MUCHAMMAD ALI", "MUHAMMAD ALI"),
    ],
)
def test_titles_quotes_and_abbreviations_go(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "name", ["H", "SPD", "LIE MA", "M ALI", "I MADE OKA", "R A KARTINI", "SUHARTO", "4DI"]
)
def test_what_could_be_the_name_itself_stays(name: str) -> None:
    assert normalise(name) == name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Soekarno", "SUKARNO"),
        ("Tjokro", "COKRO"),
        ("Djoeanda", "JUANDA"),
        ("Sjarif", "SYARIF"),
        ("Njoman", "NYOMAN"),
    ],
)
def test_old_spelling_becomes_todays(old: str, new: str) -> None:
    assert modern_spelling(old) == new


@pytest.mark.parametrize(
    "same",
    [
        ("Achmad", "Akhmad", "AHMAD"),
        ("Choirul Anwar", "Khoirul Anwar", "Hoirul Anwar"),
        ("Chandra", "Candra", "Tjandra"),
        ("Syarifah", "Sjarifah", "Sarifa"),
        ("Muh. Yusuf", "MOCHAMAD YUSUF", "Mohammad Yoesoef"),
        ("Aisyah", "AISYA", "Aisah"),
        ("Annisa", "Anisa"),
        ("Novi", "Nofi"),
        ("Ali bin Umar", "Ali Umar"),
    ],
)
def test_names_that_sound_alike_share_a_key(same: tuple[str, ...]) -> None:
    assert len({search_key(name) for name in same}) == 1


def test_different_names_keep_different_keys() -> None:
    names = ["Siti Aminah", "Siti Aminullah", "Budi", "Budiman", "Sukarni", "Sukarno", "Yanti", "Yanto"]
    assert len({search_key(name) for name in names}) == len(names)


def test_a_text_may_give_several_names() -> None:
    assert alternatives("Supardi alias Adi / H. Supardi") == ["SUPARDI", "ADI"]
    assert alternatives("عمر") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Tjahjono", "Cahyono"),
        ("Soerjadi", "Suryadi"),
        ("Jusuf", "Yusuf"),
        ("Djojohadikoesoemo", "Joyohadikusumo"),
        ("Tjokroaminoto", "Cokroaminoto"),
        ("Soeharto", "Suharto"),
        ("Soeharjo", "Suharjo"),
        ("Djoko Widjaja", "Joko Wijaya"),
        ("Sjafroeddin", "Syafrudin"),
        ("Njoto", "Nyoto"),
    ],
)
def test_old_spelling_has_the_key_of_the_new(old: str, new: str) -> None:
    assert search_key(old) == search_key(new)


@pytest.mark.parametrize("name", ["Joko", "Jajang", "Wijaya", "Sujarwo", "Panji"])
def test_a_j_of_today_stays_in_what_is_shown(name: str) -> None:
    assert modern_spelling(name) == name.upper()
