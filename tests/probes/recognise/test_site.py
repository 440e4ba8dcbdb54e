"""A page of a site that shows documents, and a folder shown in a site's design: what announces the folder decides."""

from __future__ import annotations

import pytest

from tests.probes.recognise.test_unlike import claimed, table

FRAMES = (
    "<nav><a href='/'>Home</a></nav>{}<footer>Imprint</footer>",
    "<div role='navigation'><a href='/'>Home</a></div>{}<div role='contentinfo'>Imprint</div>",
    "<meta name='generator' content='A system 6.4'><nav><a href='/'>Home</a></nav>{}",
    "<form role='search'><input name='q'></form><article>{}</article>",
    "<header><input type='search' name='q'></header>{}<aside><a href='/news/'>News</a></aside>",
)
NAMES = ("agenda.pdf", "budget.xls", "plan.zip")
ROWS = {
    "<ul>{}</ul>": '<li><a href="{0}">{0}</a> (112 kB, 2020-01-02)</li>',
    "<table>{}</table>": '<tr><td><a href="{0}">{0}</a></td><td>112 kB</td><td>2020-01-02 10:11</td></tr>',
    "<div>{}</div>": '<p><a href="{0}">{0}</a> 112 kB 2020-01-02</p>',
}


TITLES = {"agenda.pdf": "Agenda of the meeting", "budget.xls": "Budget in figures", "plan.zip": "Plan with maps"}


def page(frame: str, form: str, names: tuple[str, ...] = NAMES, title: str = "Council", more: str = "") -> str:
    """Files with sizes and dates, in a frame."""
    rows = more + "".join(ROWS[form].format(name) for name in names)
    return f"<title>{title}</title>" + frame.format(f"<h1>{title}</h1>" + form.format(rows))


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("frame", FRAMES)
def test_titles_of_documents_on_a_page_of_a_site_are_published(frame: str, form: str) -> None:
    titled = page(frame, form)
    for name, title in TITLES.items():
        titled = titled.replace(f">{name}</a>", f">{title}</a>")
    assert not claimed(titled, "/council/papers")


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("frame", FRAMES)
def test_names_of_documents_with_dates_and_sizes_are_a_folder_in_any_design(frame: str, form: str) -> None:
    assert claimed(page(frame, form), "/council/papers")
    assert claimed(page(frame, form, ("contract-anna.pdf", "salaries.xls")), "/council/papers")


@pytest.mark.parametrize("frame", FRAMES)
def test_names_of_documents_alone_on_a_page_of_a_site_are_published(frame: str) -> None:
    rows = "".join(f'<tr><td><a href="{name}">{name}</a></td></tr>' for name in NAMES)
    assert not claimed(frame.format(f"<table>{rows}</table>"), "/council/papers")


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_folder_in_a_site_s_design_is_announced(frame: str, form: str) -> None:
    assert claimed(page(frame, form, title="Index of /council/papers/"), "/council/papers/")
    assert claimed(page(frame, form, title="/council/papers/"), "/council/papers/")
    assert claimed(page(frame, form, title="papers"), "/council/papers/")
    up = ROWS[form].format("../").replace("112 kB", "-")
    assert claimed(page(frame, form, more=up), "/council/papers/")
    folder = ROWS[form].format("old/").replace("112 kB", "-")
    assert claimed(page(frame, form, more=folder), "/council/papers/")


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("frame", FRAMES)
def test_recordings_and_dumps_are_claimed_in_any_design(frame: str, form: str) -> None:
    assert claimed(page(frame, form, ("a.wav", "b.sql", "mail.pst")), "/council/papers/")


@pytest.mark.parametrize(
    "part", ["<nav><a href='/up'>Upload</a></nav>", "<footer>v1.0</footer>", "<input type=search>"]
)
def test_one_part_alone_is_of_small_programs_as_well(part: str) -> None:
    assert claimed(page(part + "{}", "<table>{}</table>"), "/sd/")


@pytest.mark.parametrize("head", ["Lecture", "Composer", "Speaker"])
def test_what_was_said_or_sung_stands_beside_its_title(head: str) -> None:
    def body(head: str, names: tuple[str, ...]) -> str:
        cells = '<td>{0}</td><td>1{1} Oct 2009</td><td><a href="audio/{2}">{2}</a> (3{1} MB)</td>'
        said = ("Scepticism", "Induction", "Free will")
        rows = [cells.format(*one) for one in zip(said, (1, 2, 3), names, strict=True)]
        return table(f"{head},Date,Audio", rows)

    assert not claimed(body(head, ("lec1.mp3", "lec2.mp3", "lec3.mp3")), "/podcasts/")
    assert claimed(body("Agent", ("lec1.mp3", "lec2.mp3", "lec3.mp3")), "/podcasts/")
    assert claimed(body(head, ("20091012-101112.mp3", "20091013-101112.mp3", "20091014-101112.mp3")), "/podcasts/")
    assert claimed(
        body(head, ("lec1.mp3", "lec2.mp3", "lec3.mp3")).replace("Arkiv", "Index of /podcasts/"), "/podcasts/"
    )


@pytest.mark.parametrize("link", ["/t/+/refs/heads/main/{}", "/r/tree/{}?h=refs/heads/main", "/x/refs/tags/v1/{}"])
def test_links_that_name_a_branch_are_of_source_code(link: str) -> None:
    def body(link: str) -> str:
        rows = "".join(
            f'<li><a href="{link.format(one)}">{one}</a></li>' for one in ("docs/", "src/", "a.md", "main.c")
        )
        return f"<title>tool</title><h1>tool</h1><ul>{rows}</ul>"

    assert not claimed(body(link), "/t/+/refs/heads/main")
    assert claimed(body("{}"), "/t/")
