"""The ciphers over whole columns: what `cipher` and `blind` do for one value, for Polars Series.

Nulls stay null. All that does not depend on the value is done once a column: half a million values a second
are sealed on one core (benchmarks/vault.py).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from types import MappingProxyType

import polars as pl
from cryptography.exceptions import InvalidTag

from dtks.foundation.vault import blind, cipher
from dtks.foundation.vault.errors import ValueDamaged
from dtks.foundation.vault.ring import KeyRing

_WORD = 8  # bytes of the integer that a packed number is the low end of


def seal_column(
    values: pl.Series, records: pl.Series, *, column: str, ring: KeyRing, digits: bool = False
) -> pl.Series:
    """Bound sealed values (Binary) of a String Series.

    `records`: 32 hex digits (a UUID without dashes) of the record that each value belongs to, as many as
    values, none null. `digits`: the values are mostly 16-digit numbers, kept in 7 bytes.

    Raises:
        ValueError: another number of records than values.
    """
    associated = _associated(values, records, column)
    encrypt, number = ring.cipher(ring.active).encrypt, bytes((ring.active,))
    sealed = [
        None if plain is None else number + encrypt(plain, [bound])
        for plain, bound in zip(_plain(values, digits), associated, strict=True)
    ]
    return pl.Series(values.name, sealed, dtype=pl.Binary)


def unseal_column(
    values: pl.Series, records: pl.Series, *, column: str, ring: KeyRing, digits: bool = False
) -> pl.Series:
    """What `seal_column` was given (String).

    Raises:
        KeyMissing: a value's key is not in the ring. ValueDamaged: altered, or moved from elsewhere.
    """
    associated = _associated(values, records, column)
    decrypt = _decryptors(values, ring)
    try:
        plain = [
            None if sealed is None else decrypt[sealed[0]](sealed[1:], [bound])
            for sealed, bound in zip(values.to_list(), associated, strict=True)
        ]
    except (InvalidTag, IndexError):
        raise ValueDamaged(column=column) from None
    return _text(values.name, plain, digits)


def seal_column_free(values: pl.Series, *, column: str, ring: KeyRing, digits: bool = False) -> pl.Series:
    """Free sealed values (Binary) of a String Series: for columns without a record's id at hand."""
    prefix, size = cipher.free_prefix(column), cipher.NONCE_BYTES
    encrypt, number = ring.cipher(ring.active).encrypt, bytes((ring.active,))
    chance = os.urandom(size * len(values))
    nonces = (chance[start : start + size] for start in range(0, len(chance), size))
    sealed = [
        None if plain is None else number + nonce + encrypt(plain, [prefix + nonce])
        for plain, nonce in zip(_plain(values, digits), nonces, strict=True)
    ]
    return pl.Series(values.name, sealed, dtype=pl.Binary)


def unseal_column_free(values: pl.Series, *, column: str, ring: KeyRing, digits: bool = False) -> pl.Series:
    """What `seal_column_free` was given (String).

    Raises:
        KeyMissing: a value's key is not in the ring. ValueDamaged: altered, or of another column.
    """
    prefix, start = cipher.free_prefix(column), 1 + cipher.NONCE_BYTES
    decrypt = _decryptors(values, ring)
    try:
        plain = [
            None if sealed is None else decrypt[sealed[0]](sealed[start:], [prefix + sealed[1:start]])
            for sealed in values.to_list()
        ]
    except (InvalidTag, IndexError):
        raise ValueDamaged(column=column) from None
    return _text(values.name, plain, digits)


def index_column(values: pl.Series, *, kind: str, ring: KeyRing, key_id: int | None = None) -> pl.Series:
    """Blind indexes as 32 hex digits (a UUID without dashes) of a String Series; null where nothing is left
    of the value.

    `key_id`: an index key other than the active one, to match against rows made with it.

    Raises:
        KeyMissing: no such index key. KeyError: the kind is not in `blind.KINDS` (a programming error).
    """
    number, key = ring.index_key(key_id)
    written = values.to_frame("value").select(_WRITTEN[kind](pl.col("value"))).to_series()
    start = hashlib.blake2b(digest_size=blind.HASH_BYTES, key=key, person=kind.encode("ascii")).copy
    prefix = f"{number:02x}"
    indexes: list[str | None] = []
    for text in written.cast(pl.Binary).to_list():
        if not text:
            indexes.append(None)
            continue
        state = start()
        state.update(text)
        indexes.append(prefix + state.hexdigest())
    return pl.Series(values.name, indexes, dtype=pl.String)


def _number(value: pl.Expr) -> pl.Expr:
    return value.str.replace_all(blind.NOT_ALNUM, "").str.to_uppercase()


def _phone(value: pl.Expr) -> pl.Expr:
    digits = value.str.replace_all(blind.NOT_DIGIT, "")
    abroad = digits.str.starts_with("62") | value.str.strip_chars(blind.BLANKS).str.starts_with("+")
    full = (
        pl.when(digits.str.starts_with("00"))
        .then(digits.str.slice(2))
        .when(abroad)
        .then(digits)
        .otherwise(pl.lit("62") + digits.str.strip_prefix("0"))
    )
    return (
        pl.when(digits == "")
        .then(digits)
        .when(full.str.starts_with("620"))
        .then(pl.lit("+62") + full.str.slice(3))
        .otherwise(pl.lit("+") + full)
    )


def _email(value: pl.Expr) -> pl.Expr:
    return value.str.strip_chars(blind.BLANKS).str.to_lowercase()


def _as_is(value: pl.Expr) -> pl.Expr:
    return value


# The same as `blind.KINDS`, as expressions; a property test holds them together.
_WRITTEN = MappingProxyType[str, Callable[[pl.Expr], pl.Expr]](
    {
        "nik": _number,
        "kk": _number,
        "account": _number,
        "phone": _phone,
        "email": _email,
        "match_key": _as_is,
    }
)


def _associated(values: pl.Series, records: pl.Series, column: str) -> list[bytes]:
    if len(values) != len(records):
        raise ValueError("a record's id is needed for each value")
    prefix = cipher.bound_prefix(column)
    return [prefix + record for record in records.str.decode("hex").to_list()]


def _decryptors(values: pl.Series, ring: KeyRing) -> dict[int, Callable[..., bytes]]:
    """For the keys that occur. A value is too short to be one: its key is found missing or its tag wrong."""
    numbers = values.bin.slice(0, 1).drop_nulls().unique().to_list()
    return {number[0]: ring.cipher(number[0]).decrypt for number in numbers if number}


def _plain(values: pl.Series, digits: bool) -> list[bytes | None]:
    if not digits:
        plain: list[bytes | None] = values.cast(pl.Binary).to_list()
        return plain
    regular = values.str.contains(r"^[0-9]{16}$").fill_null(False)
    whole = pl.select(pl.when(regular).then(values).otherwise(pl.lit("0"))).to_series().cast(pl.Int64)
    words = whole.to_numpy().astype(">i8").tobytes()
    packed: list[bytes | None] = [words[start + 1 : start + _WORD] for start in range(0, len(words), _WORD)]
    for place in (~regular).arg_true():
        text = values[place]
        packed[place] = None if text is None else cipher.pack_digits(text)
    return packed


def _text(name: str, plain: list[bytes | None], digits: bool) -> pl.Series:
    if digits:
        return pl.Series(
            name,
            [None if packed is None else cipher.unpack_digits(packed) for packed in plain],
            dtype=pl.String,
        )
    return pl.Series(name, plain, dtype=pl.Binary).cast(pl.String)
