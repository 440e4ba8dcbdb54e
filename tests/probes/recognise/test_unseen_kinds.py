"""Kinds that programs write in many ways: pictures that alone tell a name, forms in rows, sizes, and fields of JSON."""

from __future__ import annotations

import json

import pytest

from probes.recognise.listing.fields.sizes import read_size
from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.test_kinds_of_pages import HOST, shown

PICTURES = ("a-1.jpg", "b-2.jpg", "c-3.jpg")


def gallery(one: str, names: tuple[str, ...] = PICTURES) -> str:
    """A page of links around pictures and no text."""
    rows = "".join(one.format(name=name, stem=name.rpartition(".")[0], at=at) for at, name in enumerate(names))
    return f"<html><title>Bilder</title><body>{rows}</body></html>"


@pytest.mark.parametrize(
    "one",
    [
        '<div><a href="{name}"><img alt="{name}" src="/thumb.php?id={at}"></a></div>',
        '<p><a href="{name}"><img src="/t/{at}" title="{name}"></a></p>',
        '<a href="{name}"><img src="small/{stem}_t.jpg"></a>',
        '<a href="{name}"><img src="thumb_{stem}.jpg"></a> ',
        '<li><a href="{name}"><img src="/cache/{stem}-150x150.jpg"></a></li>',
    ],
)
def test_a_picture_that_alone_tells_the_name_shows_it(one: str) -> None:
    assert shown(gallery(one), "/bilder/") == [f"f {name}" for name in PICTURES]


@pytest.mark.parametrize(
    "one",
    [
        '<a href="/bilder/{stem}/"><img alt="A house by the sea" src="/img/{stem}_t.jpg"></a>',
        '<a href="{stem}.html"><img src="{name}" alt="{stem}"></a>',
        '<a href="product-{at}.html"><img alt="Red chair" src="chair-{at}_t.jpg"></a>',
        '<a href="/uploads/{name}"><img alt="Our staff" src="/uploads/{stem}-150x150.jpg"></a>',
    ],
)
def test_pictures_that_lead_to_pages_or_into_articles_are_no_listing(one: str) -> None:
    assert shown(gallery(one), "/bilder/") == []


@pytest.mark.parametrize(
    "row",
    [
        "<tr><td>{0}</td><td>{1}</td><td>{2}</td></tr>",
        "<tr><td>{2}</td><td>{0}</td><td>{1}</td></tr>",
        "<li>{0} <b>{1}</b> {2}</li>",
    ],
)
def test_a_size_beside_the_form_that_fetches_a_file_is_its_size(row: str) -> None:
    form = '<form action="get.php"><input type=hidden name=f value="{}"><input type=submit></form>'
    rows = "".join(row.format(name, size, form.format(name)) for name, size in (("a.pdf", "12 kB"), ("b.xls", "13 kB")))
    kind = "ul" if row.startswith("<li") else "table"
    assert shown(f"<html><title>Filer</title><{kind}>{rows}</{kind}></html>") == ["f a.pdf 12288", "f b.xls 13312"]


@pytest.mark.parametrize(
    ("text", "comma", "size"),
    [
        ("12,34,567 bytes", False, 1234567),
        ("12,34,567", True, 1234567),
        ("1,23,456", False, 123456),
        ("88 Кб", False, 90112),
        ("812 байта", False, 812),
        ("1,5 МБ", True, 1572864),
    ],
)
def test_sizes_of_other_scripts_and_groups(text: str, comma: bool, size: int) -> None:
    found = read_size(text, comma)
    assert found is not None
    assert found.best == size


@pytest.mark.parametrize("text", ["12,34,56", "1,2,3", "12,3456,789"])
def test_numbers_in_other_groups_are_no_size(text: str) -> None:
    assert read_size(text) is None


@pytest.mark.parametrize(
    "rows",
    [
        [{"n": "a.csv", "s": "12 KB", "t": "f"}, {"n": "OLD", "s": "-", "t": "d"}],
        [{"name": "a.csv", "size": "12 KB"}, {"name": "OLD", "size": "<DIR>"}],
        [{"name": "a.csv", "size": 12288, "date": "2024-01-02"}, {"name": "OLD", "size": -1, "date": "2024-01-02"}],
    ],
)
def test_json_says_folder_in_a_short_key_or_where_the_size_stands(rows: list[object]) -> None:
    assert shown(json.dumps({"list": rows})) == ["d OLD", "f a.csv 12288"]


@pytest.mark.parametrize("key", ["next_token", "NextToken", "nextContinuationToken", "next_key"])
def test_a_token_of_the_next_page_says_that_there_is_more(key: str) -> None:
    row = {"size": 12, "modified": "2024-01-02T03:04:05Z"}
    body = json.dumps({"files": [{"name": "a.pdf", **row}, {"name": "b.pdf", **row}], key: "QQ"})
    found = recognise(body.encode(), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert found.partial == "paged"
