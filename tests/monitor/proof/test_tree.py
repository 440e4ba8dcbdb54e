"""The tree beside a second implementation, written from the recursive text of RFC 6962 alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from pymerkle import InmemoryTree

from monitor.proof.formats.tree import consistency_proof, consistent, included, inclusion_proof, leaf_hash, root

LEAVES = [f"record {n}".encode() for n in range(70)]
HASHES = [leaf_hash(one) for one in LEAVES]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def largest_power_below(n: int) -> int:
    power = 1
    while power * 2 < n:
        power *= 2
    return power


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = largest_power_below(len(leaves))
    return sha(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def of(lo: int, hi: int) -> bytes:
    return root(HASHES[lo:hi])


def flipped(proof: list[bytes]) -> list[list[bytes]]:
    """A proof with one hash changed, one left out, one more."""
    changed = [[*proof[:n], bytes([one[0] ^ 1]) + one[1:], *proof[n + 1 :]] for n, one in enumerate(proof)]
    return [*changed, proof[:-1], [*proof, b"\0" * 32]] if proof else [[b"\0" * 32]]


def test_roots_agree() -> None:
    assert [root(HASHES[:n]) for n in range(71)] == [mth(LEAVES[:n]) for n in range(71)]


def test_another_library_makes_the_same_roots_and_proofs_of_inclusion() -> None:
    """pymerkle's proofs hold the leaf as well, in the order of the leaves. Its proofs of consistency differ in form."""
    other = InmemoryTree(algorithm="sha256")
    for leaf in LEAVES:
        other.append_entry(leaf)
    assert [other.get_root(n) for n in range(1, 71)] == [of(0, n) for n in range(1, 71)]
    for size in (1, 2, 7, 64, 70):
        for index in range(size):
            theirs = other.prove_inclusion(index + 1, size).serialize()["path"]
            ours = [one.hex() for one in inclusion_proof(index, size, of)]
            assert sorted(theirs) == sorted([HASHES[index].hex(), *ours])


def test_all_roots_and_proofs_are_those_of_go_s_tlog() -> None:
    """golang.org/x/mod/sumdb/tlog 0.7.0 over the same 70 leaves: TreeHash, ProveRecord and ProveTree, each hash in turn
    into one SHA-256."""
    sizes = range(1, 71)
    made = (
        [root(HASHES[:size]) for size in sizes],
        [one for size in sizes for index in range(size) for one in inclusion_proof(index, size, of)],
        [one for size in sizes for old in range(1, size + 1) for one in consistency_proof(old, size, of)],
    )
    assert [sha(b"".join(hashes)).hex() for hashes in made] == [
        "f67af60676820399f51a1fefce14385961e68636e05614417fc74d2b4facc87f",
        "bef1dd7888c44caefdc116eca8902f769e59f24e83f7198f6c4026d3a3fba9e3",
        "b2d1173f22cafb928cd789b0a7c593ed21aaaf0e916db2cdd723334d1200c1d6",
    ]


def test_known_roots_of_certificate_transparency() -> None:
    """The vectors of the reference implementation."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    hashes = [leaf_hash(bytes.fromhex(one)) for one in data]
    assert root(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 33, 64, 70])
def test_every_inclusion_proof(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, of)
        assert proof == path(index, LEAVES[:size])
        assert included(HASHES[index], index, size, proof, mth(LEAVES[:size]))
        assert not included(b"x" * 32, index, size, proof, mth(LEAVES[:size]))
        assert size == 1 or not included(HASHES[index], (index + 1) % size, size, proof, mth(LEAVES[:size]))
        for wrong in flipped(proof):
            assert not included(HASHES[index], index, size, wrong, mth(LEAVES[:size]))


def test_every_consistency_proof() -> None:
    for new in (*range(1, 18), 31, 32, 33, 70):
        for old in range(0, new + 1, 1 + new // 20):
            proof = consistency_proof(old, new, of)
            roots = mth(LEAVES[:old]), mth(LEAVES[:new])
            assert proof == ([] if old == 0 else subproof(old, LEAVES[:new], True))
            assert consistent(old, roots[0], new, roots[1], proof)
            for wrong in flipped(proof):
                assert not consistent(old, roots[0], new, roots[1], wrong)
            if old > 0:
                assert not consistent(old, b"\0" * 32, new, roots[1], proof)
                assert not consistent(old, roots[0], new, b"\0" * 32, proof)


def test_a_proof_for_no_such_leaf_is_none() -> None:
    assert not included(HASHES[0], 1, 1, [], HASHES[0])
    assert not included(HASHES[0], -1, 1, [], HASHES[0])
    assert not consistent(3, of(0, 3), 2, of(0, 2), [])
