"""Policies of stores that cannot say themselves whether one is public."""

from __future__ import annotations

import json

import pytest

from monitor.accounts.bucket_policy import public

ALL = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
MINE = {**ALL, "Principal": {"AWS": "arn:aws:iam::1:root"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([MINE], False),
        ([ALL], True),
        (ALL, True),
        ([MINE, ALL], True),
        ([{**ALL, "Principal": {"AWS": "*"}}], True),
        ([{**ALL, "Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}], True),
        ([{**ALL, "Condition": {"StringLike": {"s3:prefix": ["a/*"]}}}], None),
        ([{**ALL, "Condition": {}}], True),
        ([ALL, {**ALL, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}], None),
        ([MINE, {**ALL, "Effect": "Deny"}], False),
        ([{"Effect": "Allow", "NotPrincipal": {"AWS": "x"}, "Action": "*", "Resource": "*"}], None),
        (["not a statement"], None),
        (7, None),
    ],
)
def test_plain_policies_are_told_and_others_are_not(statements: object, expected: bool | None) -> None:
    assert public(json.dumps({"Version": "2012-10-17", "Statement": statements})) is expected


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"Statement": null}', "[" * 100_000])
def test_what_cannot_be_read_is_not_known(text: str) -> None:
    assert public(text) is None
