"""People as rows of OpenSID's population workbook (`opensid_penduduk`, sheet 'Data Penduduk', 43 columns).

Codes are those of OpenSID's own list ('Kode Data'), which differ from the questionnaire's in school,
relation, disability, documents and insurance.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from dtks.determination.synth import encode
from dtks.determination.synth.chance import keys_of
from dtks.determination.synth.chunk import Chunk, ProvinceMaker
from dtks.determination.synth.draws import Columns, run
from dtks.determination.synth.naming import addresses, birth_places, hamlets
from dtks.determination.synth.numbers import Numbers
from dtks.determination.synth.plan import UNKNOWN_POINT
from dtks.determination.synth.skeletons import NOBODY

SHEET = "Data Penduduk"
COLUMNS = (
    "alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir", "tanggallahir", "agama_id",
    "pendidikan_kk_id", "pendidikan_sedang_id", "pekerjaan_id", "status_kawin", "kk_level", "warganegara_id",
    "ayah_nik", "nama_ayah", "ibu_nik", "nama_ibu", "golongan_darah_id", "akta_lahir", "dokumen_pasport",
    "tanggal_akhir_paspor", "dokumen_kitas", "akta_perkawinan", "tanggalperkawinan", "akta_perceraian",
    "tanggalperceraian", "cacat_id", "cara_kb_id", "hamil", "ktp_el", "status_rekam", "alamat_sekarang",
    "status_dasar", "suku", "tag_id_card", "id_asuransi", "no_asuransi", "lat", "lng",
)  # fmt: skip
Cell = str | int | None
Rows = Iterator[Sequence[Cell]]
SCHOOLED = {23: 2, 1: 3, 2: 3, 3: 3, 4: 3, 5: 3, 6: 4, 7: 4, 8: 4, 9: 4, 10: 4, 11: 5, 12: 5, 13: 5, 14: 5,
            15: 5, 16: 5, 17: 5, 18: 7, 19: 8, 20: 8, 21: 9, 22: 10}  # fmt: skip
"""pendidikan_kk_id by diploma (415); 1 for who never went to school."""
AT_SCHOOL = {3: 4, 4: 4, 8: 6, 9: 6, 13: 7, 14: 7, 15: 7, 18: 10, 19: 11, 21: 12, 22: 13}
"""pendidikan_sedang_id by level attended (413)."""
RELATION = {1: 1, 3: 4, 4: 5, 5: 6, 6: 7, 7: 10, 8: 9}
HUSBAND, WIFE, PARENT_IN_LAW = 2, 3, 8
INSURANCE = {0: 1, 1: 2, 2: 3, 4: 3, 8: 99}
MARRIED, DIVORCED = 2, 3
KTP_BIT, BIRTH_CERTIFICATE_BIT = 4, 1
OF_AGE = 17
MARRY_FROM_DAYS = 6_940
"""Nineteen years."""
EPOCH = datetime.date(1970, 1, 1)


def rows(chunk: Chunk, maker: ProvinceMaker) -> Rows:
    """One row a person, in the order of the chunk; cells are text, whole numbers, or empty."""
    columns = _columns(chunk, maker)
    return zip(*(columns[name] for name in COLUMNS), strict=True)


def _columns(chunk: Chunk, maker: ProvinceMaker) -> dict[str, Sequence[Cell]]:
    person, count = chunk.person, len(chunk.row)
    empty: Sequence[Cell] = [None] * count
    days = _dates(person["born"])
    return {
        **dict.fromkeys(COLUMNS, empty),
        **_identity(chunk, maker),
        **_place(chunk, maker),
        **_documents(chunk, days),
        **_marriages(chunk, maker.kit.calendar.taken_on),
        "tanggallahir": days,
        "sex": _codes(person["sex"]),
        "agama_id": _codes(person["religion"]),
        "pendidikan_kk_id": _mapped(person["diploma"], SCHOOLED, otherwise=1),
        "pendidikan_sedang_id": _schooling(person),
        "pekerjaan_id": _codes(person["occupation"]),
        "status_kawin": _codes(person["marital_status"]),
        "kk_level": _relations(chunk),
        "warganegara_id": _codes(person["citizenship"]),
        "golongan_darah_id": _codes(person["blood_type"]),
        "cacat_id": _codes(person["disability"]),
        "cara_kb_id": _codes(person["contraception"]),
        "hamil": _codes(person["pregnant"]),
        "status_dasar": _codes(person["status"]),
        "id_asuransi": _mapped(person["health_insurance"], INSURANCE, otherwise=None),
    }


def _identity(chunk: Chunk, maker: ProvinceMaker) -> dict[str, Sequence[Cell]]:
    person, kit = chunk.person, maker.kit
    words, mothers = encode.name_words(chunk, maker)
    fathers = _fathers(chunk, maker, words)
    niks = _numbers(chunk.nik, chunk.has_nik)
    cards = _numbers(chunk.card, chunk.family["homeless"] == 0)
    cultures = [culture.replace("_highland", "").upper() for culture in kit.names.cultures]
    births = birth_places(kit.calibration, maker.plan.province, maker.regencies)
    spelling = kit.names.spelling
    return {
        "nama": spelling.spell(words).as_list(),
        "nama_ibu": spelling.spell(mothers).as_list(),
        "nama_ayah": spelling.spell(fathers).as_list(),
        "nik": niks,
        "ibu_nik": _of_parent(niks, chunk, "mother"),
        "ayah_nik": _of_parent(niks, chunk, "father"),
        "no_kk": [cards[row] for row in chunk.row.tolist()],
        "suku": [cultures[number] for number in person["culture"].tolist()],
        "tempatlahir": [births[number] for number in person["birth_place"].tolist()],
    }


def _fathers(chunk: Chunk, maker: ProvinceMaker, words: npt.NDArray[np.signedinteger]
             ) -> npt.NDArray[np.signedinteger]:  # fmt: skip
    """Fathers' names: of those in the family their own; of others a man's of the same culture."""
    person = chunk.person
    count = len(chunk.row)
    strangers = encode.absent_parents(chunk, np.arange(count))
    strangers["sex"] = np.ones(count, dtype=np.int8)
    strangers["birth_order"] = person["birth_order"][chunk.start + person["kin"]]
    strangers["age"] = np.minimum(strangers["age"].astype(np.int16) + 30, 90).astype(np.int8)
    run(maker.naming_people, strangers, keys_of(strangers["kin_id"], maker.kit.stream("fathers")))
    first = np.where(strangers["birth_word"] >= 0, strangers["birth_word"], strangers["word_1"])
    second = np.where(strangers["word_2"] == first, -1, strangers["word_2"])
    made = np.stack([first, second, np.full(count, -1), words[:, 3]], axis=1).astype(np.int32)
    here = np.flatnonzero(person["father"] != NOBODY)
    made[here] = words[chunk.start[here] + person["father"][here]]
    return made


def _place(chunk: Chunk, maker: ProvinceMaker) -> dict[str, Sequence[Cell]]:
    family, row = chunk.family, chunk.row.tolist()
    written = addresses(maker.kit.calibration)
    where = [written[place] for place in encode.address(chunk).tolist()]
    hamlet = hamlets(maker.kit.calibration)
    rt, rw = (part.tolist() for part in encode.neighbourhood(family))
    lat, lon = _points(family["lat"], family["lat_jitter"]), _points(family["lon"], family["lon_jitter"])
    return {
        "alamat": [where[one] for one in row],
        "alamat_sekarang": [where[one] for one in row],
        "dusun": [hamlet[rw[one] % len(hamlet)] for one in row],
        "rt": [f"{rt[one]:03d}" for one in row],
        "rw": [f"{rw[one]:03d}" for one in row],
        "lat": [lat[one] for one in row],
        "lng": [lon[one] for one in row],
    }


def _points(hundredths: npt.NDArray[np.integer], jitter: npt.NDArray[np.integer]) -> list[Cell]:
    moved = hundredths.astype(np.int64) + jitter - 1
    known = (hundredths != UNKNOWN_POINT).tolist()
    return [f"{value / 100:.2f}" if here else None for value, here in zip(moved.tolist(), known, strict=True)]


def _documents(chunk: Chunk, days: Sequence[str]) -> dict[str, Sequence[Cell]]:
    person = chunk.person
    held = np.maximum(person["id_documents"], 0)
    adult = person["age"] >= OF_AGE
    card = adult & (held & KTP_BIT > 0)
    certificate = (held & BIRTH_CERTIFICATE_BIT > 0).tolist()
    regency = chunk.family["regency"][chunk.row].tolist()
    serial = (person["person_id"] % 9_973 + 1).tolist()
    insured = (person["health_insurance"] > 0).tolist()
    return {
        "akta_lahir": [
            f"{where}-LU-{day.replace('-', '')}-{number:04d}" if has else None
            for where, day, number, has in zip(regency, days, serial, certificate, strict=True)
        ],
        "ktp_el": np.where(card, 2, 1).tolist(),
        "status_rekam": np.where(card, 4, np.where(adult, 2, 1)).tolist(),
        # Numbers of the insurance begin with 0; these begin with 9, so nobody has them.
        "no_asuransi": [
            f"99{number % 10**11:011d}" if has else None
            for number, has in zip(person["person_id"].tolist(), insured, strict=True)
        ],
    }


def _marriages(chunk: Chunk, taken_on: int) -> dict[str, Sequence[Cell]]:
    """Certificates of heads and spouses who are or were married; both of a couple have the same."""
    person, start = chunk.person, chunk.start
    couple = np.isin(person["relation"], (1, 2))
    younger = person["born"].copy()
    spouse = np.flatnonzero(person["relation"] == 2)
    younger[spouse] = np.maximum(person["born"][spouse], person["born"][start[spouse]])
    younger[start[spouse]] = younger[spouse]
    family_id = chunk.family["family_id"][chunk.row]
    lot = (keys_of(family_id, 1) % np.uint64(2_200)).astype(np.int64)
    weddings = _dates(np.minimum(younger + MARRY_FROM_DAYS + lot, taken_on - 400))
    partings = _dates(np.minimum(younger + MARRY_FROM_DAYS + 2 * lot + 1_000, taken_on - 30))
    numbers = (family_id % 900 + 1).tolist()
    married = couple & (person["marital_status"] == MARRIED)
    divorced = couple & (person["marital_status"] == DIVORCED)
    wed = [f"{n}/{n % 28 + 1}/{day[5:7]}/{day[:4]}" for n, day in zip(numbers, weddings, strict=True)]
    parted = [f"{n:04d}/AC/{day[:4]}" for n, day in zip(numbers, partings, strict=True)]
    return {
        "tanggalperkawinan": _where(married, weddings),
        "akta_perkawinan": _where(married, wed),
        "tanggalperceraian": _where(divorced, partings),
        "akta_perceraian": _where(divorced, parted),
    }


def _relations(chunk: Chunk) -> list[Cell]:
    person = chunk.person
    level = np.array([RELATION.get(code, 0) for code in range(9)])[person["relation"]]
    level = np.where(person["relation"] == 2, np.where(person["sex"] == 1, HUSBAND, WIFE), level)
    member = np.arange(len(level)) - chunk.start
    head_mother, head_father = person["mother"][chunk.start], person["father"][chunk.start]
    own = (member == head_mother) | (member == head_father)
    return np.where((person["relation"] == 6) & ~own, PARENT_IN_LAW, level).tolist()


def _schooling(person: Columns) -> list[Cell]:
    attending = np.array(_mapped(person["education_level"], AT_SCHOOL, otherwise=18))
    small, never = person["age"] < 7, person["school_participation"] == 1
    out = np.where(person["school_participation"] == 2, attending, 18)
    return np.where(never | (person["age"] < 5), np.where(small, 1, 3), out).tolist()


def _codes(values: npt.NDArray[np.integer]) -> list[Cell]:
    return [code if code >= 0 else None for code in values.tolist()]


def _mapped(values: npt.NDArray[np.integer], codes: Mapping[int, int], otherwise: int | None) -> list[Cell]:
    return [codes.get(value, otherwise) for value in values.tolist()]


def _dates(days: npt.NDArray[np.integer]) -> list[str]:
    return np.datetime_as_string(days.astype("datetime64[D]")).tolist()


def _where(which: npt.NDArray[np.bool_], values: Sequence[str]) -> list[Cell]:
    return [value if here else None for value, here in zip(values, which.tolist(), strict=True)]


def _numbers(numbers: Numbers, valid: npt.NDArray[np.bool_]) -> list[Cell]:
    whole = numbers.digits().tobytes().decode("ascii")
    return [whole[16 * n : 16 * n + 16] if has else None for n, has in enumerate(valid.tolist())]


def _of_parent(niks: Sequence[Cell], chunk: Chunk, parent: str) -> list[Cell]:
    place = (chunk.start + chunk.person[parent]).tolist()
    here = (chunk.person[parent] != NOBODY).tolist()
    return [niks[at] if one else None for at, one in zip(place, here, strict=True)]
