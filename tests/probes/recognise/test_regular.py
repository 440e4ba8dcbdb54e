"""Long pages of known servers: the short way reads what the long way reads, and gives up where it would not."""

from __future__ import annotations

import pytest

from bench.pages import FAMILIES
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import _html, recognise
from probes.recognise.listing.regular import shortened

URL = "http://files.example/rec/"
ROWS = 480


def _long_way(body: bytes) -> object:
    """The entries of the page, all its rows read by every rule."""
    listing = _html(Page.of(body, URL, (), 200, True))
    assert isinstance(listing, Listing)
    return listing.entries


def _short_way(body: bytes) -> bool:
    short = shortened(Page.of(body, URL, (), 200, True))
    assert short is None or len(short.page.body) < len(body)
    return short is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_a_regular_page_is_shortened_and_read_whole(family: str) -> None:
    body = FAMILIES[family]("/rec/", ROWS)
    assert _short_way(body)
    found = recognise(body, URL)
    assert isinstance(found, Listing)
    assert not found.partial
    assert len(found.entries) == ROWS
    assert any(f"{ROWS} rows of link" in one for one in found.reasons)
    assert found.entries == _long_way(body)


ODD = {
    "a name with an ampersand": (b'href="call-', b'href="k&amp;l-', b">call-", b">k&amp;l-"),
    "a name in Latin-1": (b'href="call-', b'href="\xe5-', b">call-", b">\xe5-"),
    "an encoded name": (b'href="call-', b'href="r%C3%A4d-', b">call-", "räd-".join((">", "")).encode()),
    "a link that leads elsewhere": (b'href="call-', b'href="http://other.example/call-', b">call-", b">call-"),
    "a link with a query": (b'href="call-', b'href="get.php?f=call-', b">call-", b">call-"),
    "a link to a name that is not shown": (b'href="call-', b'href="other-', b">call-", b">call-"),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_rows_in_the_middle_are_read_by_every_rule(family: str, odd: str) -> None:
    href, new_href, shown, new_shown = ODD[odd]
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    for at in range(220, 240):
        lines[at] = lines[at].replace(href, new_href).replace(shown, new_shown)
    body = b"\n".join(lines)
    found = recognise(body, URL)
    assert isinstance(found, Listing)
    assert found.entries == _long_way(body)


@pytest.mark.parametrize("family", FAMILIES)
def test_markup_that_differs_between_the_rows_is_kept(family: str) -> None:
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    lines.insert(240, b'<p>Showing 1 to 1000 of 5000</p><a href="b/c/d.wav">d.wav</a>')
    short = shortened(Page.of(b"\n".join(lines), URL, (), 200, True))
    assert short is None or b"b/c/d.wav" in short.page.body


@pytest.mark.parametrize("family", FAMILIES)
def test_two_rows_of_one_name_leave_the_page_to_every_rule(family: str) -> None:
    lines = FAMILIES[family]("/rec/", ROWS).split(b"\n")
    lines.insert(240, lines[280])
    found = recognise(b"\n".join(lines), URL)
    assert isinstance(found, Listing)
    assert len(found.entries) == ROWS


def test_short_pages_and_pages_of_others_are_left_alone() -> None:
    assert not _short_way(FAMILIES["nginx"]("/rec/", 100))
    rows = "".join(f'<li><a href="/o/{n:x}">{n * n:x}</a> {"x" * (n % 700)}</li>' for n in range(2000))
    assert not _short_way(f"<html><ul>{rows}</ul>".encode())


ROW = "<a href='{name}'>{name}</a>"
WRITTEN = {
    "cards": "<div class='card {kind}'><i class='fa'></i><b class='name'>"
    + ROW
    + "</b><p>{size}<em>{date}</em></p></div>",
    "a table without ends": "<tr><td><input type=checkbox value='{name}'><td>" + ROW + "<td>{size}<td>{date}",
    "a script": "<tr><td><a href='?dir=rec&amp;f={name}'>{name}</a><td title='{bytes}'>{size}<td>{date}</tr>",
    "a list": "<li>" + ROW + " ({size}, {date})</li>\n",
    "lines": "{date} {size} " + ROW + "<br>\n",
    "one line": ROW + " {size}; {date} ",
    "tiles": "<a class=t href='{name}'><img src='/i.png'><b class='n'>{name}</b><b class='s'>{size}</b></a>",
    "names that are cut": "<tr><td><a href='{name}'>{cut}..&gt;</a></td><td>{size}</td><td>{date}</td></tr>",
}
DATES = {
    "months": "{d:02}-Oct-2024 1{m}:{d:02}",
    "days and months": "{m}/{d}/2024 1{m}:{d:02}",
    "cut": "2024-1{m}-{d:02}",
}


@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("written", WRITTEN)
def test_a_page_of_any_program_is_read_as_every_rule_reads_it(written: str, dates: str) -> None:
    rows = []
    for n in range(480):
        name = f"{n * n * 7919 % 9999991:07}.{'mp3' if n % 9 else 'wav'}"
        # Only far down the page a day above 12 says which is the month, and a comma that it parts decimals.
        date = DATES[dates].format(d=n % 12 + 1 if n < 270 else n % 28 + 1, m=n % 2 + 1)
        size = f"{n + 1},{n % 10} KB" if n == 320 else f"{n + 1} KB"
        told = {"name": name, "cut": name[:6], "kind": "file", "size": size, "bytes": 1024 * n, "date": date}
        rows.append(WRITTEN[written].format(**told))
    frame = "<table>{}</table>" if "<td>" in rows[0] else "<ul>{}</ul>" if "<li>" in rows[0] else "<div>{}</div>"
    body = f"<title>Index of /rec/</title><h1>Index of /rec/</h1>{frame.format(''.join(rows))}".encode()
    whole = dates != "cut"
    short = shortened(Page.of(body, URL, (), 200, whole))
    assert short is not None
    assert short.page.left_out > 250
    found = short.whole(_html(short.page))
    every = _html(Page.of(body, URL, (), 200, whole))
    assert found is not None
    assert isinstance(every, Listing)
    assert (found.entries, found.partial, found.family) == (every.entries, every.partial, every.family)
