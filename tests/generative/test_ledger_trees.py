"""Any history, any prefix: consistency holds. Any bit that is turned anywhere: it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import TEXT_FIELDS, entry_of
from dtks.foundation.ledger.proofs import Inclusion, Proof, Trust
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.frontier import Frontier
from dtks.foundation.ledger.transparency.merkle import consistency_holds, inclusion_holds, leaf_hash
from dtks.foundation.ledger.transparency.notes import Signer, signed
from dtks.foundation.ledger.transparency.proving import Prover
from dtks.foundation.ledger.transparency.tiles import FULL, Tree, folded, grown

ORIGIN = "dtks.contoh/jejak"
KEY = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"k" * 32))
# Around whole tiles, whole tiles of tiles, and powers of two there is most to get wrong.
SIZES = st.integers(1, 1100) | st.sampled_from([1, 2, 255, 256, 257, 511, 512, 513, 1023, 1024])


def leaf(seed: int, index: int) -> bytes:
    return leaf_hash(seed.to_bytes(4, "big") + index.to_bytes(4, "big"))


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """The tree as RFC 6962, 2.1 defines it."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    pair = by_definition(hashes[:split]) + by_definition(hashes[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


def turned(content: bytes, bit: int) -> bytes:
    """The same with one bit turned."""
    number = int.from_bytes(content, "big") ^ (1 << bit % (8 * len(content)))
    return number.to_bytes(len(content), "big")


def stored(size: int, seed: int, steps: Sequence[int]) -> dict[tuple[int, int], bytes]:
    """The tiles of a log that grew in those steps and then to its size."""
    kept: dict[tuple[int, int], bytes] = {}
    known = 0
    for step in [*steps, size]:
        count = min(step, size - known)
        added = [leaf(seed, index) for index in range(known, known + count)]
        kept.update(grown(size=known, leaves=added, read=lambda level, number, width: kept[level, number]))
        known += count
    return kept


@settings(deadline=None, max_examples=60)
@given(size=SIZES, seed=st.integers(0, 9), steps=st.lists(st.integers(1, 600), max_size=4), data=st.data())
def test_any_history_and_any_prefix(size: int, seed: int, steps: list[int], data: st.DataObject) -> None:
    kept = stored(size, seed, steps)
    tree = Tree(size, lambda level, number, width: kept[level, number])
    hashes = [leaf(seed, index) for index in range(size)]
    frontier = Frontier()
    completed = [each for one in hashes for each in frontier.add(one)]
    root = by_definition(hashes)
    assert tree.root() == frontier.root() == root
    assert sorted(completed) == sorted(
        (level, number, folded(content)) for (level, number), content in kept.items() if len(content) == FULL
    )

    old = data.draw(st.integers(0, size), label="prefix")
    consistent = tree.consistency(old)
    prefix = by_definition(hashes[:old])
    assert consistency_holds(old=old, old_root=prefix, new=size, new_root=root, proof=consistent)
    index = data.draw(st.integers(0, size - 1), label="index")
    included = tree.inclusion(index)
    assert inclusion_holds(leaf=hashes[index], index=index, size=size, proof=included, root=root)
    prover = Prover(tree)
    for each in (0, index, index ^ 1, size - 1, index):
        if each < size:
            assert prover.inclusion(each) == tree.inclusion(each)

    bit = data.draw(st.integers(0, 255), label="bit")
    where = data.draw(st.integers(0, 62), label="hash")
    if consistent:
        at = where % len(consistent)
        broken = [*consistent[:at], turned(consistent[at], bit), *consistent[at + 1 :]]
        assert not consistency_holds(old=old, old_root=prefix, new=size, new_root=root, proof=broken)
    if old > 0:
        other = turned(prefix, bit)
        assert not consistency_holds(old=old, old_root=other, new=size, new_root=root, proof=consistent)
    if included:
        at = where % len(included)
        broken = [*included[:at], turned(included[at], bit), *included[at + 1 :]]
        assert not inclusion_holds(leaf=hashes[index], index=index, size=size, proof=broken, root=root)
    for changed in ({"leaf": turned(hashes[index], bit)}, {"root": turned(root, bit)}):
        whole = {"leaf": hashes[index], "root": root, **changed}
        assert not inclusion_holds(**whole, index=index, size=size, proof=included)


@settings(deadline=None, max_examples=40)
@given(size=st.integers(2, 700), at=st.integers(0, 10**6), data=st.data())
def test_another_history_is_never_consistent(size: int, at: int, data: st.DataObject) -> None:
    """Whoever exchanges a leaf of the prefix finds no proof, not even the true ones of either history."""
    old = data.draw(st.integers(1, size - 1), label="prefix")
    hashes = [leaf(0, index) for index in range(size)]
    seen = by_definition(hashes[:old])
    hashes[at % old] = leaf(1, at % old)
    made = grown(size=0, leaves=hashes, read=lambda *_: b"")
    forged = Tree(size, lambda level, number, width: made[level, number])
    true = stored(size, 0, [])
    honest = Tree(size, lambda level, number, width: true[level, number])
    for proof in (forged.consistency(old), honest.consistency(old)):
        assert not consistency_holds(
            old=old, old_root=seen, new=size, new_root=by_definition(hashes), proof=proof
        )


def a_proof(size: int, index: int) -> Proof:
    text = "{" + ",".join(f'"{name}":""' for name in sorted(TEXT_FIELDS)) + "}"
    salt = b"garam" * 3 + b"!"
    hashes = [leaf(0, each) for each in range(size)]
    hashes[index] = leaf_hash(entry_of(salt=salt, text=text))
    made = grown(size=0, leaves=hashes, read=lambda *_: b"")
    tree = Tree(size, lambda level, number, width: made[level, number])
    note = signed(str(Checkpoint(ORIGIN, size, tree.root())), KEY)
    return Proof(Inclusion(7, index, salt, text, tuple(tree.inclusion(index))), note)


@settings(deadline=None, max_examples=300)
@given(size=st.integers(1, 40), at=st.integers(0, 10**6), bit=st.integers(0, 10**6))
def test_any_bit_turned_in_a_proof_is_found(size: int, at: int, bit: int) -> None:
    proof = a_proof(size, at % size)
    trust = Trust((KEY.verifier,))
    raw = str(proof).encode()
    assert Proof.parse(raw) == proof
    assert proof.check(trust)[0].size == size
    broken = turned(raw, bit)
    number = raw.index(b"event 7") + len("event ")
    if broken[number] != raw[number]:
        return  # the number in the database: the one thing that is not proven
    with pytest.raises(DtksError):
        Proof.parse(broken).check(trust)
