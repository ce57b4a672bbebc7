"""Sealed values: what the standard says, and what must not open."""

from __future__ import annotations

import uuid

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.cmac import CMAC

from dtks.foundation.vault import blind, cipher
from dtks.foundation.vault.errors import KeyMissing, NothingToIndex, ValueDamaged
from dtks.foundation.vault.ring import KeyRing

DATA = {1: bytes(range(64)), 2: bytes(range(64, 128))}
INDEX = {1: bytes(range(32)), 2: bytes(range(32, 64))}
RING = KeyRing(data_keys=DATA, active=1, index_keys=INDEX, active_index=1)
NEWER = KeyRing(data_keys=DATA, active=2, index_keys=INDEX, active_index=2)
RECORD = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057").bytes
NIK = "3201019001800001"


def test_rfc_5297_appendix_a1() -> None:
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = bytes.fromhex("112233445566778899aabbccddee")
    answer = bytes.fromhex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c")
    assert AESSIV(key).encrypt(plain, [associated]) == answer
    assert siv_by_the_book(key, plain, [associated]) == answer


def test_rfc_5297_appendix_a2() -> None:
    key = bytes.fromhex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f")
    associated = [
        bytes.fromhex("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100"),
        bytes.fromhex("102030405060708090a0"),
        bytes.fromhex("09f911029d74e35bd84156c5635688c0"),
    ]
    plain = bytes.fromhex(
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553"
    )
    answer = bytes.fromhex(
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17"
        "dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d"
    )
    assert AESSIV(key).encrypt(plain, associated) == answer
    assert siv_by_the_book(key, plain, associated) == answer


def test_a_bound_value_is_aes_256_siv_of_the_documented_layout() -> None:
    sealed = cipher.seal(b"Siti", column="registry.person.mother", record=RECORD, ring=RING)
    associated = b"bregistry.person.mother\0" + RECORD
    assert sealed == b"\x01" + siv_by_the_book(DATA[1], b"Siti", [associated])


def test_a_free_value_is_aes_256_siv_of_the_documented_layout() -> None:
    sealed = cipher.seal_free(b"Siti", column="intake.note", ring=RING)
    nonce = sealed[1:13]
    assert sealed == b"\x01" + nonce + siv_by_the_book(DATA[1], b"Siti", [b"fintake.note\0" + nonce])


def test_bound_values_compare_within_a_record_and_differ_between_records() -> None:
    sealed = cipher.seal(b"x", column="a.b", record=RECORD, ring=RING)
    assert sealed == cipher.seal(b"x", column="a.b", record=RECORD, ring=RING)
    assert sealed != cipher.seal(b"x", column="a.b", record=bytes(16), ring=RING)
    assert sealed != cipher.seal(b"x", column="a.c", record=RECORD, ring=RING)
    assert cipher.seal_free(b"x", column="a.b", ring=RING) != cipher.seal_free(b"x", column="a.b", ring=RING)


def test_a_moved_value_does_not_open() -> None:
    sealed = cipher.seal(b"x", column="a.b", record=RECORD, ring=RING)
    for column, record in (("a.c", RECORD), ("a.b", bytes(16)), ("a", b".b" + RECORD[:14])):
        with pytest.raises(ValueDamaged):
            cipher.unseal(sealed, column=column, record=record, ring=RING)
    with pytest.raises(ValueDamaged):
        cipher.unseal_free(sealed + bytes(12), column="a.b", ring=RING)
    free = cipher.seal_free(b"x", column="a.b", ring=RING)
    with pytest.raises(ValueDamaged):
        cipher.unseal_free(free, column="a.c", ring=RING)


def test_every_altered_bit_is_noticed() -> None:
    sealed = cipher.seal(b"rahasia", column="a.b", record=RECORD, ring=RING)
    free = cipher.seal_free(b"rahasia", column="a.b", ring=RING)
    for place in range(8 * len(sealed)):
        with pytest.raises((ValueDamaged, KeyMissing)):
            cipher.unseal(flipped(sealed, place), column="a.b", record=RECORD, ring=RING)
    for place in range(8 * len(free)):
        with pytest.raises((ValueDamaged, KeyMissing)):
            cipher.unseal_free(flipped(free, place), column="a.b", ring=RING)
    for length in range(len(sealed)):
        with pytest.raises(ValueDamaged):
            cipher.unseal(sealed[:length], column="a.b", record=RECORD, ring=RING)


def test_values_of_an_older_key_open_and_new_ones_use_the_newer() -> None:
    old = cipher.seal(b"x", column="a.b", record=RECORD, ring=RING)
    new = cipher.seal(b"x", column="a.b", record=RECORD, ring=NEWER)
    assert (cipher.key_id(old), cipher.key_id(new)) == (1, 2)
    assert cipher.unseal(old, column="a.b", record=RECORD, ring=NEWER) == b"x"
    without = KeyRing(data_keys={2: DATA[2]}, active=2, index_keys=INDEX, active_index=1)
    with pytest.raises(KeyMissing, match="1"):
        cipher.unseal(old, column="a.b", record=RECORD, ring=without)


def test_sixteen_digits_take_seven_bytes() -> None:
    assert len(cipher.pack_digits(NIK)) == 7
    assert len(cipher.seal(cipher.pack_digits(NIK), column="a.b", record=RECORD, ring=RING)) == 1 + 16 + 7


def test_a_ring_shows_no_key() -> None:
    assert "\\x" not in repr(RING)
    for key in (*DATA.values(), *INDEX.values()):
        assert key.hex() not in repr(RING)
        assert repr(key)[2:-1] not in repr(RING)


@pytest.mark.parametrize(
    ("kind", "same"),
    [
        ("nik", (NIK, "3201 0190 0180 0001", "'3201019001800001", "32.01.019001800001 ")),
        ("account", ("bsm-001 22x", "BSM00122X")),
        ("phone", (
            "081234567890", "+62 812-3456-7890", "6281234567890", "81234567890", "006281234567890",
            "+62 (0)812-3456-7890", "62081234567890", "0062 0812 3456 7890",
        )),
        ("email", (" Siti@Contoh.ID", "siti@contoh.id")),
    ],
)  # fmt: skip
def test_one_value_in_several_spellings_has_one_index(kind: str, same: tuple[str, ...]) -> None:
    assert len({blind.blind_index(value, kind=kind, ring=RING) for value in same}) == 1


def test_indexes_differ_by_kind_key_and_value() -> None:
    by_kind = {blind.blind_index(NIK, kind=kind, ring=RING) for kind in blind.KINDS}
    assert len(by_kind) == len(blind.KINDS)
    assert blind.blind_index("+14155550100", kind="phone", ring=RING) != blind.blind_index(
        "14155550100", kind="phone", ring=RING
    )
    old, new = (blind.blind_index(NIK, kind="nik", ring=ring) for ring in (RING, NEWER))
    assert old[1:] != new[1:]
    assert blind.index_candidates(NIK, kind="nik", ring=NEWER) == [uuid.UUID(bytes=old), uuid.UUID(bytes=new)]


def test_nothing_is_not_looked_up() -> None:
    assert blind.index_candidates(" - ", kind="nik", ring=RING) == []
    with pytest.raises(NothingToIndex):
        blind.blind_index("", kind="phone", ring=RING)


def flipped(sealed: bytes, bit: int) -> bytes:
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def siv_by_the_book(key: bytes, plain: bytes, associated: list[bytes]) -> bytes:
    """RFC 5297 section 2.4 and 2.6, from CMAC and CTR alone."""
    half = len(key) // 2
    mac_key, ctr_key = key[:half], key[half:]

    def cmac(data: bytes) -> bytes:
        mac = CMAC(algorithms.AES(mac_key))
        mac.update(data)
        return mac.finalize()

    def doubled(block: bytes) -> bytes:
        number = int.from_bytes(block, "big") << 1
        return ((number & (1 << 128) - 1) ^ (0x87 if number >> 128 else 0)).to_bytes(16, "big")

    def xor(a: bytes, b: bytes) -> bytes:
        return bytes(x ^ y for x, y in zip(a, b, strict=True))

    state = cmac(bytes(16))
    for one in associated:
        state = xor(doubled(state), cmac(one))
    if len(plain) >= 16:
        siv = cmac(plain[:-16] + xor(plain[-16:], state))
    else:
        siv = cmac(xor(doubled(state), (plain + b"\x80").ljust(16, b"\0")))
    counter = int.from_bytes(siv, "big") & ~(1 << 63 | 1 << 31)
    encryptor = Cipher(algorithms.AES(ctr_key), modes.CTR(counter.to_bytes(16, "big"))).encryptor()
    return siv + encryptor.update(plain) + encryptor.finalize()
