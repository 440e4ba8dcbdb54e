"""Long pages that are no listing are read in part, and no row that differs from the others is left out."""

from __future__ import annotations

from probes.recognise.listing.abridged import abridged
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.recognise import Listing, recognise

URL = "http://shop.example/orders/"
MANY = 1_500
HEAD = "<html><head><title>Orders</title></head><body><h1>Orders</h1><table>"


def _page(rows: list[str]) -> bytes:
    return f"{HEAD}{''.join(rows)}</table></body></html>".encode()


def _orders(count: int) -> list[str]:
    return [
        f"<tr><td><a href='order.php?id={n}'>Order {n}</a></td><td>2024-11-03</td><td>{n * 7} kr</td></tr>\n"
        for n in range(count)
    ]


def _shortened(body: bytes) -> bytes | None:
    short = abridged(Page.of(body, URL, (), 200, True))
    return short.body if short is not None else None


def test_of_many_orders_some_are_read_and_they_are_no_listing() -> None:
    body = _page(_orders(MANY))
    short = _shortened(body)
    assert short is not None
    assert len(short) * 4 < len(body)
    assert b"id=0'" in short  # the first rows and the last are among them
    assert f"id={MANY - 1}'".encode() in short
    found = recognise(body, URL)
    assert not (isinstance(found, Listing) and found.claimed)


def test_a_row_of_another_making_stays() -> None:
    rows = _orders(MANY)
    rows[MANY // 2 + 1] = "<tr><td><a href='calls/a.wav'>Order 701</a></td><td>2024-11-03</td><td>7 kr</td></tr>\n"
    short = _shortened(_page(rows))
    assert short is not None
    assert b"calls/a.wav" in short


def test_a_long_listing_is_read_whole() -> None:
    rows = [f"<tr><td><a href='{n:06}.wav'>{n:06}.wav</a></td><td>2024-11-03 08:14</td><td>{n + 7}</td></tr>\n"
            for n in range(MANY)]  # fmt: skip
    body = _page(["<tr><th>Name</th><th>Modified</th><th>Size</th></tr>", *rows])
    assert _shortened(body) is not None
    found = recognise(body, URL)
    assert isinstance(found, Listing)
    assert found.claimed
    assert len(found.entries) == MANY
    assert not found.partial


def test_rows_that_cut_through_elements_are_all_read() -> None:
    rows = [f"<tr><td>{n}</td></tr></table><table class=a{'b' * 60}>" for n in range(MANY)]
    assert _shortened(_page(rows)) is None


def test_a_short_page_is_read_whole() -> None:
    assert _shortened(_page(_orders(100))) is None
