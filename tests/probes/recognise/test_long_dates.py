"""Dates in words of many languages beside sizes, and numbers grouped by points."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from probes.recognise.listing.fields.dates import find_date, read_date
from tests.probes.recognise.test_kinds_of_pages import shown


@pytest.mark.parametrize(
    "text",
    [
        "martes, 12 de mayo de 2015    14:02",
        "12 de maig del 2015         14:02",
        "terça-feira, 12 de maio de 2015 14:02",
        "12 мая 2015 г.    14:02",
        "12. svibnja 2015.   14:02",
        "12. mája 2015 14:02",
        "2015. május 12.    14:02",
        "2015 m. gegužės 12 d. 14:02",
        "2015. gada 12. maijs 14:02",
        "98/05/12 14:02",
    ],
)
def test_a_date_in_words_is_read_with_its_time(text: str) -> None:
    year = 1998 if text.startswith("98") else 2015
    found = read_date(text)
    assert found is not None
    stamp = find_date(text)
    assert stamp is not None
    assert stamp.clock == (14, 2, 0)
    assert found.low <= datetime(year, 5, 12, 14, 2, tzinfo=UTC) <= found.high


@pytest.mark.parametrize("text", ["14 de cosas de 2015", "2015. gada 40. maijs", "98/40/40", "12 m. 2015 d."])
def test_words_and_numbers_that_are_no_date(text: str) -> None:
    assert find_date(text) is None


def iis(date: str, kind: str = "&lt;dir&gt;") -> str:
    """A folder and a file below a long date, as IIS writes them."""
    rows = (
        f'{date}    14:02        {kind} <A HREF="/rec/a/">a</A><br>'
        f'{date}     9:05         1204 <A HREF="/rec/web.config">web.config</A><br>'
    )
    head = "files.example - /rec/"
    return (
        f"<html><head><title>{head}</title></head><body><H1>{head}</H1><hr>"
        f'<pre><A HREF="/">[^]</A><br><br>{rows}</pre><hr></body></html>'
    )


@pytest.mark.parametrize(
    "date",
    [
        "martes, 12 de mayo de 2015",
        "12 พฤษภาคม 2558",
        "12 Tháng Năm 2015",
        "2015. gada 12. maijs",
        "otrdiena, 12. svibnja 2015.",
    ],
)
def test_the_size_beside_a_long_date_is_read_in_any_language(date: str) -> None:
    assert shown(iis(date)) == ["d a", "f web.config 1204"]


SIZES = ("2.048 KB", "31 KB", "1.204.112 KB")


@pytest.mark.parametrize("row", ["<tr><td>{0}<td>{1}", "<tr><td>{1}<td>{0}", "<tr><td>{0}<td>x<td>{1}"])
def test_points_before_three_digits_part_thousands_beside_whole_numbers(row: str) -> None:
    rows = "".join(row.format(f'<a href="{n}.zip">{n}.zip</a>', size) for n, size in zip("abc", SIZES, strict=True))
    page = f"<title>Index of /rec/</title><table><tr><th>Name<th>Size</tr>{rows}</table>"
    if row.startswith("<tr><td>{1}"):
        page = page.replace("<th>Name<th>Size", "<th>Size<th>Name")
    elif "x" in row:
        page = page.replace("<th>Size", "<th>Note<th>Size")
    assert shown(page) == [f"f a.zip {2048 << 10}", f"f b.zip {31 << 10}", f"f c.zip {1204112 << 10}"]


@pytest.mark.parametrize("other", ["1.2 KB", "3.500 KB", "0.500 KB"])
def test_points_are_decimals_where_the_column_says_so(other: str) -> None:
    named = (("a", "2.048 MB"), ("b", other), ("c", "9.1 MB"))
    rows = "".join(f'<tr><td><a href="{n}.zip">{n}.zip</a><td>{size}' for n, size in named)
    assert "f a.zip 2147484" in shown(f"<title>Index of /rec/</title><table><tr><th>Name<th>Size</tr>{rows}</table>")
