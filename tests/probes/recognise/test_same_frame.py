"""The page of a folder without a row, known by the page of another folder that the same program made."""

from __future__ import annotations

import pytest

from probes.recognise.listing.streaming.same_frame import LONGEST, same_frame

HOST = "http://files.example"
UP = '<b><a href="..">..</a></b><br/>'


def plain(path: str, *names: str) -> bytes:
    """As Perlbal and chezdav write folders: lines of links, without a structure."""
    rows = "".join(f'<a href="{name}">{name}</a><br/>' for name in names)
    return f"<html><head><title>Index of {path}</title></head><body>{UP}{rows}</body></html>".encode()


FULL = plain("/", *(f"in-{n}.wav" for n in range(5)), "2024/")


@pytest.mark.parametrize("names", [(), ("in-7.wav",), ("2023/",)])
def test_a_page_of_the_same_making_without_rows_or_with_one_is_known(names: tuple[str, ...]) -> None:
    assert same_frame(plain("/tom/", *names), f"{HOST}/tom/", FULL, f"{HOST}/")


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><body></body></html>",
        b"<html><head><title>Index of /tom/</title></head><body>Not found</body></html>",
        plain("/tom/").replace(b"Index of", b"Login for"),
        plain("/tom/").replace(b"</body>", b"<form><input type=password></form></body>"),
        plain("/tom/").replace(UP.encode(), b""),
        plain("/tom/", "2024"),
        plain("/tom/", *(f"page{n}.html" for n in range(9))),
        plain("/tom/") + b" " * LONGEST,
    ],
    ids=[
        "nothing",
        "blank",
        "missing",
        "another title",
        "a login",
        "no way up",
        "a kind untold",
        "more rows",
        "too long",
    ],
)
def test_any_other_page_is_not(page: bytes) -> None:
    assert not same_frame(page, f"{HOST}/tom/", FULL, f"{HOST}/")


def test_of_few_rows_it_cannot_be_told_what_belongs_to_a_row() -> None:
    assert not same_frame(plain("/tom/"), f"{HOST}/tom/", plain("/", "a.wav", "b.wav"), f"{HOST}/")
