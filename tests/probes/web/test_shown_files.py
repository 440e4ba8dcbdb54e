"""Names of files that a page shows and links to none of: they are tried in its folder, and never called ordinary."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.reasons import OpenReason, UndecidedReason
from probes.recognise.listing.drawn.shown_files import ShownFile, shown_files
from probes.recognise.media.kinds import SOUNDS
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, is_canary, sound, target

SAID = (
    "<p>This server keeps the material of the support line for ninety days, and it is emptied every Monday by the "
    "operator. Please write to the operations team if something is missing from this machine.</p>"
)
CALLS = ["2024-03-01_0712_0701740611.wav", "2024-03-01_0815_0701740612.wav", "2024-03-02_0901_0701740613.wav"]
LS = "total 912\n" + "\n".join(
    f"-rw-r--r-- 1 asterisk asterisk 30000{at} Mar  {at + 1} 07:1{at} {name}" for at, name in enumerate(CALLS)
)
DIR = "\n".join(f"2024-03-0{at + 1}  07:12    30000{at} {name}" for at, name in enumerate(CALLS))
SHAPES = {
    "ls in a pre": f"<pre>{LS}</pre>",
    "ls in a code": f"<pre><code>{LS}</code></pre>",
    "ls with breaks": f"<p>{LS.replace(chr(10), '<br>')}</p>",
    "dir": f"<pre>{DIR}</pre>",
    "names in a pre": f"<pre>{chr(10).join(CALLS)}</pre>",
    "items": "<ul>" + "".join(f"<li>{name}</li>" for name in CALLS) + "</ul>",
    "a table": "<table><tr><th>File</th><th>Size</th></tr>"
    + "".join(f"<tr><td>{name}</td><td>300 KB</td></tr>" for name in CALLS)
    + "</table>",
    "a sentence": f"<p>Saved {CALLS[0]} after the call, and {CALLS[1]}, too.</p>",
    "paths of the disk": "".join(f"<p>/var/spool/asterisk/monitor/{name}</p>" for name in CALLS),
}  # fmt: skip


def _look(body: str, served: Answer | bool, *, data: str = "recordings", type_: str = HTML) -> Verdict:
    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            page = f"<html><title>Server</title><h1>Server</h1>{SAID}{body}</html>" if type_ == HTML else body
            return says(200, page.encode(), content_type=type_)
        if request.path.removeprefix("/rec/") in CALLS and not is_canary(request):
            if isinstance(served, bool):
                return sound(request) if served else MISSING
            return served
        return MISSING

    verdicts, _ = play(HTTP_LISTING, target(port=80, paths=("/rec/",), declared=("/rec/",), data=data), answer)
    return verdicts[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_names_without_links_are_tried_in_the_folder_of_the_page(shape: str) -> None:
    told = _look(SHAPES[shape], True)
    assert isinstance(told, Exposed), told
    assert told.place.path == "/rec/"
    assert told.listing is not None
    assert {entry.name for entry in told.listing.entries} <= set(CALLS)


@pytest.mark.parametrize("shape", SHAPES)
def test_names_that_do_not_answer_are_neither_open_nor_clear(shape: str) -> None:
    assert isinstance(_look(SHAPES[shape], False), Unknown)


def test_files_that_are_there_and_refused_give_their_names_away() -> None:
    told = _look(SHAPES["ls in a pre"], says(403, content_type=HTML))
    assert (type(told), told.why) == (Exposed, OpenReason.NAMES_ONLY)
    # Where all is refused, nothing says that they are there.
    assert isinstance(_look(SHAPES["items"], says(403, content_type=HTML)), Unknown)


def test_lines_of_a_text_are_tried_whatever_sentences_stand_above() -> None:
    words = "This server keeps the material of the support line.\nThe owner may read it at any time of the day.\n"
    assert isinstance(_look(f"{words}{words}\n{chr(10).join(CALLS)}", True, type_="text/plain"), Exposed)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ("backups", ["nightly-2024-03-01.sql.gz", "nightly-2024-03-02.sql.gz"]),
        ("patient", ["remiss Karl P.pdf", "svar Eva P.pdf"]),
        ("recordings", ["samtal-17.wav", "samtal-18.wav"]),
    ],
)
def test_rows_of_names_beside_sentences_are_not_ordinary(data: str, names: list[str]) -> None:
    body = "<ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul>"
    told = _look(body, False, data=data)
    assert (type(told), told.why) == (Unknown, UndecidedReason.MEANING_UNKNOWN)
    # What others publish is for everybody.
    assert isinstance(_look(body, True, data="static"), Clear)


def test_what_is_written_about_files_stays_ordinary() -> None:
    told = "<p>We keep manual.pdf and the old archive.zip in the house. Ask for them in the reception, please.</p>"
    linked = "".join(f'<p><a href="https://example.org/{name}">{name}</a></p>' for name in CALLS)
    for body in (told, linked):
        assert isinstance(_look(body, False, data="recordings"), Clear)


def test_a_path_from_the_root_on_is_tried_there() -> None:
    """The status page of a server shows the requests of others (Apache's mod_status)."""
    rows = "".join(f"<tr><td>17</td><td>GET /recordings/{name} HTTP/1.1</td></tr>" for name in CALLS)

    def answer(request: Request) -> Answer:
        if request.path == "/server-status":
            page = f"<html><title>Apache Status</title><h1>Apache Server Status</h1>{SAID}<table>{rows}</table></html>"
            return says(200, page.encode(), content_type=HTML)
        folder, _, name = request.path.rpartition("/")
        return sound(request) if folder == "/recordings" and name in CALLS else MISSING

    at = target(port=80, paths=("/server-status",), declared=("/server-status",), data="recordings")
    verdicts, _ = play(HTTP_LISTING, at, answer)
    assert [one for one in verdicts if isinstance(one, Exposed)], verdicts


def test_names_are_read_as_they_are_shown() -> None:
    rows = [["Eva P 2024.wav"], ["saved in calls/a.wav, and b.wav."], ["/var/spool/c.wav", "33 s"], ["x@host.wav"]]
    assert shown_files(rows, SOUNDS) == [
        ShownFile("Eva P 2024.wav", True),
        ShownFile("2024.wav", True),
        ShownFile("calls/a.wav", False),
        ShownFile("b.wav", False),
        ShownFile("/var/spool/c.wav", True),
    ]
