"""The form of a login page: which one it is, what goes with it, and hostile pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.eservices.sign_in_form import SignInForm, sign_in_form

USER = b'<input name="u">'
PASSWORD = b"<input type=password name=p>"
FORM = b'<form method=POST action="/in?a=1&amp;b=2">' + USER + PASSWORD + b"</form>"


def found(page: bytes) -> SignInForm | None:
    return sign_in_form(page, "u", "p")


def test_hidden_fields_go_with_it_in_their_order_with_their_characters() -> None:
    page = FORM.replace(USER, USER + b'<INPUT TYPE=Hidden NAME=t value="a&quot;b"><input type=hidden name=e>')
    assert found(page) == SignInForm("/in?a=1&b=2", (("t", 'a"b'), ("e", "")))


@pytest.mark.parametrize(
    "page",
    [
        b"",
        USER + PASSWORD,
        FORM.replace(b"POST", b"get"),
        FORM.replace(b" method=POST", b""),
        FORM.replace(b"type=password", b"type=text"),
        FORM.replace(USER, b""),
        FORM + FORM,
        b"<form method=post>" + USER + b"</form><form method=post>" + PASSWORD + b"</form>",
        b"<!--" + FORM + b"-->",
        b"<script>" + FORM + b"</script>",
        FORM.replace(USER, USER + b'<input type=hidden name=t value="' + b"x" * 20_000 + b'">'),
        FORM.replace(USER, USER + b"<input type=hidden name=t value=x>" * 51),
    ],
)
def test_what_is_no_sign_in_or_more_than_one_is_none(page: bytes) -> None:
    assert found(page) is None


def test_a_hidden_field_takes_the_place_of_neither_name() -> None:
    form = found(FORM.replace(PASSWORD, PASSWORD + b"<input type=hidden name=p value=planted>"))
    assert form is not None
    assert form.hidden == ()


@given(st.binary(max_size=400), st.sampled_from([b"<form method=post ", b"<input type=password name=p", b""]))
def test_any_bytes_have_an_answer(noise: bytes, piece: bytes) -> None:
    assert found(piece + noise + FORM) is None or isinstance(found(piece + noise + FORM), SignInForm)
