"""Lists and tables that people write say of each file what it is; lists of people's documents and of folders do not."""

from __future__ import annotations

import pytest

from tests.probes.recognise.test_unlike import claimed, table

SAID = {
    "fit-1.3.tar.gz": "Fits curves to measured data",
    "plot-0.9.tar.gz": "A small plotting tool for Unix",
    "mkrand.c": "Makes random numbers quickly",
}
PEOPLE = ("Anna Berg, nurse in the east", "Bo Ek, driver of the bus", "Eva Dal, cook at the school")
SHAPES = {
    "<ul>{}</ul>": '<li><a href="{0}">{0}</a> ({1} kB, 2 January 2004): {2}</li>',
    "<ol>{}</ol>": '<li>{2}. <a href="{0}">{0}</a> {1} kB</li>',
    "<pre>{}</pre>": '<a href="{0}">{0}</a>   {1}K   {2}\n',
    "<dl>{}</dl>": '<dt><a href="{0}">{0}</a> ({1} kB)</dt><dd>{2}</dd>',
}


def page(shape: str, said: dict[str, str], title: str = "Software") -> str:
    """A list of files with sizes, and what is said of each."""
    rows = "".join(SHAPES[shape].format(name, at + 88, text) for at, (name, text) in enumerate(said.items()))
    return f"<title>{title}</title><h1>{title}</h1>{shape.format(rows)}"


@pytest.mark.parametrize("shape", SHAPES)
def test_items_with_words_of_their_own_are_an_offer(shape: str) -> None:
    assert not claimed(page(shape, SAID), "/~jo/")
    assert claimed(page(shape, SAID, "Index of /~jo/"), "/~jo/")
    assert claimed(page(shape, SAID, "~jo"), "/~jo/")
    assert claimed(page(shape, dict.fromkeys(SAID, "changed by the program at night")), "/~jo/")
    assert claimed(page(shape, dict.fromkeys(SAID, "")), "/~jo/")


@pytest.mark.parametrize("shape", [one for one in SHAPES if one != "<pre>{}</pre>"])  # lines of words are sentences
def test_items_that_name_people_or_hold_recordings_stay_listings(shape: str) -> None:
    of_people = dict(zip(("berg_anna.pdf", "ek_bo.docx", "dal.pdf"), PEOPLE, strict=True))
    assert claimed(page(shape, of_people), "/in/")
    recorded = dict(zip(("a.wav", "b.sql", "c.wav"), SAID.values(), strict=True))
    assert claimed(page(shape, recorded), "/in/")


@pytest.mark.parametrize(
    "item",
    [
        '<li>{1}: <a href="{0}.pdf">{0}.pdf</a>, solutions <a href="{0}s.pdf">{0}s.pdf</a></li>',
        '<li><b>{1}</b> <a href="{0}.ps">{0}.ps</a> <a href="{0}.pdf">{0}.pdf</a></li>',
        '<li>{1} (<a href="{0}.csv">{0}.csv</a> | <a href="{0}.xls">{0}.xls</a>)</li>',
    ],
)
def test_items_that_name_several_files_behind_what_they_are_of(item: str) -> None:
    def body(labels: tuple[str, ...], title: str) -> str:
        rows = "".join(item.format(name, label) for name, label in zip(("ex1", "ex2", "ex3"), labels, strict=True))
        return f"<title>{title}</title><h1>{title}</h1><ul>{rows}</ul>"

    months = ("January 2008", "June 2008", "January 2009")
    assert not claimed(body(months, "Old exams"), "/~ek/")
    assert claimed(body(months, "Index of /~ek/"), "/~ek/")
    assert claimed(body(("Anna Berg", "Bo Ek", "Eva Dal"), "Papers"), "/~ek/")


@pytest.mark.parametrize("day", ["12/3/1999", "2004-02-0{}", "Mar 4, 2004"])
def test_descriptions_in_words_beside_days_are_of_people_and_beside_times_of_programs(day: str) -> None:
    def body(clock: str, said: tuple[str, ...] = tuple(SAID.values())) -> str:
        cells = '<td><a href="{0}">{0}</a></td><td>{1} kB</td><td>{2}{3}</td><td>{4}</td>'
        rows = [
            cells.format(name, at + 88, day.format(at + 1), clock, text)
            for at, (name, text) in enumerate(zip(("a.exe", "b.exe", "c.pdf"), said, strict=True))
        ]
        return table("Name,Size,Date,Notes", rows)

    assert not claimed(body(""), "/patches.htm")
    assert claimed(body(" 10:11"), "/patches.htm")
    assert claimed(body("", ("old", "old", "new")), "/patches.htm")


@pytest.mark.parametrize("head", ["Name,Position,File,Received", "Applicant,Post,File,Date", "Patient,Ward,File,Date"])
def test_tables_of_people_stay_listings(head: str) -> None:
    cells = '<td>{0}</td><td>{1}</td><td><a href="{2}">{2}</a></td><td>2020-01-0{3}</td>'
    people = (
        ("Anna Berg", "Nurse", "berg.pdf", 1),
        ("Bo Ek", "Driver", "ek.docx", 2),
        ("Eva Dal", "Cook", "dal.pdf", 3),
    )
    assert claimed(table(head, [cells.format(*one) for one in people]), "/in/")


@pytest.mark.parametrize("head", ["Agent", "Handläggare", "Queue"])
def test_sound_without_dates_beside_who_spoke_is_a_listing(head: str) -> None:
    cells = '<td>{0}</td><td><a href="{1}">{1}</a></td><td>331 kB</td>'
    rows = [cells.format(*one) for one in (("Anna", "call1.wav"), ("Bo", "call2.wav"), ("Eva", "call3.wav"))]
    assert claimed(table(f"{head},File,Size", rows), "/rec/")
