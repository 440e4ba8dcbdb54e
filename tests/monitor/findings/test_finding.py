"""Ids that people read aloud: no single slip of a finger names another case, and the place alone makes the id."""

from __future__ import annotations

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.findings.finding import Severity, finding_id, fingerprint, parse_finding_id
from probes.api import Place

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRINTS = st.binary(min_size=32, max_size=32).map(lambda b: "fp1:" + b.hex())


@settings(max_examples=150, deadline=None)
@given(PRINTS)
def test_e4_every_single_mistyped_character_is_rejected(print_: str) -> None:
    right = finding_id(print_)
    assert parse_finding_id(right) == right
    assert parse_finding_id(right.lower()) == right
    assert parse_finding_id(f" {right}\n") == right
    assert parse_finding_id(right[3:].lower(), bare=True) == right
    assert parse_finding_id(right[3:]) is None
    for place in range(3, len(right)):
        for other in set(string.ascii_uppercase + string.digits) - {right[place]}:
            assert not parse_finding_id(right[:place] + other + right[place + 1 :]), (right, place, other)


@settings(max_examples=150, deadline=None)
@given(PRINTS)
def test_e4_nearly_every_swap_of_neighbours_is_rejected(print_: str) -> None:
    right = finding_id(print_)
    for place in range(3, len(right) - 1):
        first, second = right[place], right[place + 1]
        # Luhn's algorithm modulo n cannot tell the first and the last character of its alphabet apart in a swap.
        if first != second and {first, second} != {"0", "Z"}:
            assert not parse_finding_id(right[:place] + second + first + right[place + 2 :])


@settings(max_examples=100, deadline=None)
@given(PRINTS)
def test_a_character_too_many_or_too_few_is_rejected(print_: str) -> None:
    right = finding_id(print_)
    assert not parse_finding_id(right[:-1])
    assert not parse_finding_id(right + "0")
    assert not parse_finding_id("")
    assert not parse_finding_id("LO-")


def test_ids_are_spread() -> None:
    prints = [fingerprint("region", "nas", "listing", Place("nas.test", 443, f"/{n}/")) for n in range(20_000)]
    assert len({finding_id(print_) for print_ in prints}) == len(prints)


def test_the_fingerprint_is_of_the_place_alone() -> None:
    here = ("region", "nas", "listing", Place("n.test", 443, "/a/"))
    assert fingerprint(*here) == fingerprint(*here[:3], Place("n.test", 80, "/a/")), "the scheme is folded"
    others = [
        ("other", *here[1:]),
        ("region", "other", *here[2:]),
        ("region", "nas", "file", here[3]),
        *((*here[:3], Place(*place)) for place in (("m.test", 443, "/a/"), ("n.test", 8443, "/a/"))),
        *((*here[:3], Place("n.test", 443, path)) for path in ("/b/", "/", "/a/b/")),
    ]
    assert len({fingerprint(*one) for one in (here, *others)}) == len(others) + 1


def test_severities_are_ranked() -> None:
    assert [one.rank for one in (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)] == [0, 1, 2, 3]
