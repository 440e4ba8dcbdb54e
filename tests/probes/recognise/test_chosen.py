"""Files that a form offers to choose from."""

from __future__ import annotations

import time

import pytest

from probes.recognise.pages.page_links import page_links
from tests.speed import within

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


@pytest.mark.parametrize(
    "form",
    [
        "<form action=/dl><select name=f>{files}</select>{hidden}</form>",
        "<form action=/{long}><select name=f>{files}</select></form>",
        "<form action=/dl><select name={long}>{files}</select></form>",
    ],
)
def test_what_a_form_says_besides_is_not_said_endlessly(form: str) -> None:
    files = "".join(f"<option value=a{number}.wav>" for number in range(200))
    hidden = "<input type=hidden name=n value=v>" * 9000
    body = form.format(files=files, hidden=hidden, long="x" * 300_000)
    begun = time.process_time()
    assert links(body) == []
    assert within(time.process_time() - begun, 0.8)


@pytest.mark.parametrize("line", ["a{} =x", "File1=a{}=x", "{}=", "a{}\tb=", "{}"])
def test_lines_of_a_playlist_are_read_in_linear_time(line: str) -> None:
    for piece in (" ", "b ", " \t", "b"):
        begun = time.process_time()
        links("#EXTM3U\n" + line.replace("{}", piece * (100_000 // len(piece))))
        assert within(time.process_time() - begun, 0.8)


def test_an_address_of_a_playlist_ends_with_its_last_letter() -> None:
    assert links("#EXTM3U\r\n#EXTINF:1\r\n  a b.wav \t\r\nc\r\n[x]\r\nFile1=d.wav \r\nTitle1=no\r\n") == [
        "/rec/a%20b.wav", "/rec/c", "/rec/d.wav",
    ]  # fmt: skip
