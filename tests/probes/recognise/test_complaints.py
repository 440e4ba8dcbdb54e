"""Answers that only say no."""

from __future__ import annotations

import pytest

from probes.recognise.complaints import LONGEST_NOTE, complains, wants_certificate


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b'{"Message": "User: anonymous is not authorized"}', True),
        (b' {"error": {"code": 403}} ', True),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', True),
        (b"<s:Fault xmlns:s='x'><faultcode/></s:Fault>", True),
        (b"<html><Error>no</Error></html>", False),
        (b'{"calls": [1, 2]}', False),
        (b'["error"]', False),
        (b"error", False),
        (b"", False),
        (b'{"error": "' + b"x" * LONGEST_NOTE + b'"}', False),
        (b"[" * 9000, False),
    ],
)
def test_a_complaint_is_an_object_or_a_fault_that_names_an_error(body: bytes, right: bool) -> None:
    assert complains(body) is right


def test_a_certificate_is_wanted_where_the_page_says_so() -> None:
    assert wants_certificate(b"<center>No required SSL certificate was sent</center>")
    assert not wants_certificate(b"<center>The plain HTTP request was sent to HTTPS port</center>")
    assert not wants_certificate(b"x" * LONGEST_NOTE + b"No required SSL certificate was sent")
