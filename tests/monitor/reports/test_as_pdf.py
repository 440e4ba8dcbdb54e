"""A report as PDF, read back by another program: its tags, its order, its tables, and the same tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from monitor.reports.as_pdf import as_pdf
from monitor.reports.document import Document, Section

ROWS = (("nas-1", "=1+1", "12 h"), ("nas-2", "clear", "0 h"))
DOCUMENT = Document(
    "Månadens rapport",
    "Vendor AB",
    "sv",
    ("Inget var öppet.",),
    (
        Section("Vad som inte sågs", ("Allt sågs.",)),
        Section("Täckning", (), ("Tillgång", "Utfall", "Längsta lucka"), ROWS),
        Section("Öppet", ("Text före en tabell.",), tuple("abcdefghi"), (tuple("123456789"),) * 120),
    ),
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return as_pdf(DOCUMENT, "the end", date(2026, 12, 1))


@pytest.fixture
def pdf(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def elements(node: Any) -> Iterator[DictionaryObject]:
    """The elements of the structure tree in reading order."""
    node = node.get_object()
    for one in node if isinstance(node, list) else [node]:
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, DictionaryObject):
            if "/S" in one:
                yield one
            if "/K" in one and "/MCID" not in one:
                yield from elements(one["/K"])


def kinds(pdf: PdfReader) -> list[str]:
    return [str(one["/S"]) for one in elements(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])]


def test_it_says_that_it_is_tagged_in_which_language_and_by_which_standards(pdf: PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == DOCUMENT.title
    said = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert not pdf.is_encrypted


def test_its_headings_are_in_order_and_none_is_passed_over(pdf: PdfReader) -> None:
    levels = [int(kind[2:]) for kind in kinds(pdf) if kind[1] == "H" and kind[2:].isdigit()]
    assert levels == [1, 2, 2, 2]


def test_each_table_is_one_with_heads_that_say_what_they_head(pdf: PdfReader) -> None:
    assert kinds(pdf).count("/Table") == 2, "a table over several pages is one"
    heads = [one for one in elements(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]) if one["/S"] == "/TH"]
    assert len(heads) == 3 + 9
    for one in heads:
        given = one["/A"].get_object()
        scopes = [each.get_object().get("/Scope") for each in (given if isinstance(given, list) else [given])]
        assert "/Column" in scopes
    assert kinds(pdf).count("/TD") == 2 * 3 + 120 * 9
    assert "/Figure" not in kinds(pdf), "what is a picture needs a text"


def test_every_page_goes_by_its_structure_and_every_font_is_in_it(pdf: PdfReader) -> None:
    assert len(pdf.pages) > 2
    for one in pdf.pages:
        assert one["/Tabs"] == "/S"
        for font in one["/Resources"]["/Font"].values():
            below = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())
            assert "/ToUnicode" in font.get_object()


def test_it_is_read_in_its_order(pdf: PdfReader) -> None:
    text = "".join(page.extract_text() for page in pdf.pages)
    told = [DOCUMENT.title, DOCUMENT.summary[0], "Vad som inte sågs", "Täckning", "nas-1", "nas-2", "Öppet", "the end"]
    places = [text.index(one) for one in told]
    assert places == sorted(places)


def test_each_table_is_attached_as_csv_in_which_nothing_is_a_formula(pdf: PdfReader) -> None:
    assert set(pdf.attachments) == {"table-2.csv", "table-3.csv"}
    (body,) = pdf.attachments["table-2.csv"]
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows == [["Tillgång", "Utfall", "Längsta lucka"], ["nas-1", "'=1+1", "12 h"], ["nas-2", "clear", "0 h"]]
    associated = [one.get_object() for one in pdf.trailer["/Root"]["/AF"]]
    assert {one["/AFRelationship"] for one in associated} == {"/Data"}
    assert {one["/Desc"] for one in associated} == {"Täckning", "Öppet"}


def test_it_has_the_same_bytes_on_the_same_day(made: bytes) -> None:
    assert as_pdf(DOCUMENT, "the end", date(2026, 12, 1)) == made
