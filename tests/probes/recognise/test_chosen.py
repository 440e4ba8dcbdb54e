"""Files that a form offers to choose from."""

from __future__ import annotations

import pytest

from probes.recognise.pages.page_links import page_links

URL = "http://nas.test/rec/"
OPTIONS = "<option value=''>Välj</option><option value='a b.wav'>a</option><option value='2026/c.wav'>c</option>"


def links(body: str) -> list[str]:
    return [link.path for link in page_links(body.encode(), URL)]


def test_a_list_of_files_to_choose_from_is_links_with_what_the_form_says_besides() -> None:
    said = "<input type=hidden name=menu value=calls>"
    form = f"<form action=/dl>{said}<select name=f>{OPTIONS}</select><button>Hämta</button></form>"
    assert links(form) == ["/dl?menu=calls&f=a+b.wav", "/dl?menu=calls&f=2026/c.wav"]
    assert links(f"<form method=GET><select name=f>{OPTIONS}</select></form>") == [
        "/rec/?f=a+b.wav", "/rec/?f=2026/c.wav",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        f"<form method=post action=/dl><select name=f>{OPTIONS}</select></form>",
        f"<form action=/dl><input type=password name=p><select name=f>{OPTIONS}</select></form>",
        f"<form action=/dl><input name=q><select name=f>{OPTIONS}</select></form>",
        f"<form action=/dl><select name=f>{OPTIONS}</select><select name=g><option value=1></select></form>",
        f"<form action=/dl><select>{OPTIONS}</select></form>",
        "<form action=/dl><select name=lang><option value=sv>Svenska</option></select></form>",
        f"<select name=f>{OPTIONS}</select>",
        f"<form action=/dl><select name=f>{OPTIONS}",
    ],
)
def test_a_form_that_asks_for_more_or_changes_something_leads_nowhere(form: str) -> None:
    assert links(form) == []
