"""Canonical JSON beside a second implementation, and commitments that a guess does not open."""

from __future__ import annotations

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from monitor.proof.formats.canonical import canonical, commitment

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_it_is_what_rfc_8785_says(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(st.text())
def test_any_text_can_be_written_and_read_again(text: str) -> None:
    raw = canonical([text])
    assert json.loads(raw) == [text]
    assert canonical(json.loads(raw)) == raw


@pytest.mark.parametrize(
    "value", [1.5, 2**53, {"å": 1}, {1: 2}, b"x", {"a": [1.0]}, [[1, 2], [2**53]], [[1], ["a", 1.5]], [[-(2**53)]]]
)
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no canonical JSON"):
        canonical(value)


def test_a_commitment_depends_on_its_salt() -> None:
    phone = {"name": "0701740605.wav"}
    assert commitment(b"\0" * 16, phone) != commitment(b"\1" * 16, phone)
    assert hashlib.sha256(canonical(phone)).hexdigest() not in commitment(b"\0" * 16, phone)
