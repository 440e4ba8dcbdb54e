"""The Merkle tree of RFC 6962 (section 2.1): roots, inclusion proofs and consistency proofs. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

RangeRoot = Callable[[int, int], bytes]
"""The root over the leaves from the first number up to, not with, the second."""


def leaf_hash(record: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """How many of `size` > 1 leaves stand in the left subtree: the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over roots of subtrees that are equally large, but for a smaller last one."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def inclusion_proof(index: int, size: int, range_root: RangeRoot) -> list[bytes]:
    """The path from the leaf `index` to the root over `size` leaves (RFC 6962, 2.1.1)."""
    lo, hi, path = 0, size, list[bytes]()
    while hi - lo > 1:
        middle = lo + split(hi - lo)
        if index < middle:
            path.append(range_root(middle, hi))
            hi = middle
        else:
            path.append(range_root(lo, middle))
            lo = middle
    return path[::-1]


def consistency_proof(old: int, new: int, range_root: RangeRoot) -> list[bytes]:
    """The proof that the first `old` of `new` leaves are the tree that was of size `old` (RFC 6962, 2.1.2)."""
    if old in (0, new):
        return []
    lo, hi, path, whole = 0, new, list[bytes](), True
    while old != hi:
        middle = lo + split(hi - lo)
        if old <= middle:
            path.append(range_root(middle, hi))
            hi = middle
        else:
            path.append(range_root(lo, middle))
            lo, whole = middle, False
    return ([] if whole else [range_root(lo, hi)]) + path[::-1]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], wanted: bytes) -> bool:
    """Whether an inclusion proof leads from a leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(one, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of size `new` only adds to that of size `old`, by a consistency proof (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == root([])
    steps = list(path)
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    if place == 0:
        first = second = old_root
    elif steps:
        first = second = steps.pop(0)
    else:
        return False
    for one in steps:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, one)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
