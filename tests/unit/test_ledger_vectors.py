"""The reference tree of Certificate Transparency (RFC 6962): its leaves, roots and proofs."""

from __future__ import annotations

import pytest

from dtks.foundation.ledger.transparency.frontier import Frontier
from dtks.foundation.ledger.transparency.merkle import (
    EMPTY_ROOT,
    consistency_holds,
    inclusion_holds,
    leaf_hash,
    root_of,
)
from dtks.foundation.ledger.transparency.tiles import Tree, grown

INPUTS = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
ROOTS = [
    bytes.fromhex(each)
    for each in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAVES_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LEAVES_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAVES_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
LEAVES_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
INCLUSION = {
    # (index, size) → proof
    (0, 1): [],
    (0, 8): [LEAF_1, LEAVES_2_3, LEAVES_4_7],
    (5, 8): [LEAF_4, LEAVES_6_7, ROOTS[4].hex()],
    (2, 3): [ROOTS[2].hex()],
    (1, 5): [ROOTS[1].hex(), LEAVES_2_3, LEAF_4],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [LEAF_1, LEAVES_2_3, LEAVES_4_7],
    (6, 8): [LEAVES_4_5, LEAVES_6_7, ROOTS[4].hex()],
    (2, 5): [LEAVES_2_3, LEAF_4],
}


def tree(size: int) -> Tree:
    made = grown(size=0, leaves=[leaf_hash(each) for each in INPUTS[:size]], read=lambda *_: b"")
    return Tree(size, lambda level, number, width: made[level, number])


@pytest.mark.parametrize("size", range(9))
def test_roots(size: int) -> None:
    hashes = [leaf_hash(each) for each in INPUTS[:size]]
    frontier = Frontier()
    for each in hashes:
        frontier.add(each)
    assert root_of(hashes) == tree(size).root() == frontier.root() == ROOTS[size]
    assert ROOTS[0] == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion(index: int, size: int) -> None:
    proof = tree(size).inclusion(index)
    assert [each.hex() for each in proof] == INCLUSION[index, size]
    whole = {"leaf": leaf_hash(INPUTS[index]), "index": index, "size": size, "root": ROOTS[size]}
    assert inclusion_holds(**whole, proof=proof)
    for changed in (
        {"index": index + 1}, {"index": index - 1}, {"index": index ^ 2}, {"size": size * 2},
        {"size": size // 2}, {"leaf": leaf_hash(b"other")}, {"root": EMPTY_ROOT},
        {"proof": [*proof, b""]}, {"proof": [*proof, ROOTS[size]]}, {"proof": [ROOTS[size], *proof]},
    ):  # fmt: skip
        assert not inclusion_holds(**{**whole, "proof": proof, **changed}), changed
    if proof:
        assert not inclusion_holds(**whole, proof=proof[:-1])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency(old: int, new: int) -> None:
    proof = tree(new).consistency(old)
    assert [each.hex() for each in proof] == CONSISTENCY[old, new]
    whole = {"old": old, "old_root": ROOTS[old], "new": new, "new_root": ROOTS[new]}
    assert consistency_holds(**whole, proof=proof)
    assert not consistency_holds(**whole, proof=[*proof, ROOTS[old]])
    assert not consistency_holds(**{**whole, "old_root": EMPTY_ROOT}, proof=proof)
    assert not consistency_holds(**{**whole, "new_root": EMPTY_ROOT}, proof=proof)
    if proof:
        for changed in (
            {"old": old - 1},
            {"old": old + 1},
            {"old": old ^ 2},
            {"new": new * 2},
            {"new": new // 2},
        ):
            assert not consistency_holds(**{**whole, **changed}, proof=proof), changed
        assert not consistency_holds(**whole, proof=[])
        assert not consistency_holds(**whole, proof=proof[:-1])
        assert not consistency_holds(**whole, proof=[proof[0], *proof])
