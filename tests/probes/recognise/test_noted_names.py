"""Names of files as programs and people note them: arrays of PHP, YAML, Markdown."""

from __future__ import annotations

import time

import pytest

from probes.api import Exposed
from probes.recognise.listing.recognise import Kind, Listing, NoListing, recognise
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.recognise.builders import HOST
from tests.probes.web.builders import MISSING, sound, target
from tests.speed import within

NAMES = ["samtal_0701.wav", "samtal_0702.wav", "samtal 0703.wav"]
PRINTED = (
    "Array\n(\n    [0] => .\n    [1] => ..\n"
    + "".join(f"    [{n}] => {one}\n" for n, one in enumerate(NAMES, 2))
    + ")\n"
)
DUMPED = "array(3) {\n" + "".join(f'  [{n}]=>\n  string({len(one)}) "{one}"\n' for n, one in enumerate(NAMES)) + "}\n"
EXPORTED = "array (\n" + "".join(f"  {n} => '{one}',\n" for n, one in enumerate(NAMES)) + ")\n"
YAML = "---\npath: /rec\nfiles:\n" + "".join(
    f'  - name: "{one}"\n    size: {n}44\n    modified: 2026-11-2{n}T09:14:00Z\n' for n, one in enumerate(NAMES, 1)
)
YAML_NAMES = "recordings:\n" + "".join(f"- {one}\n" for one in NAMES)
TABLE = "# /rec\n\n| Namn | Storlek |\n|---|---|\n" + "".join(
    f"| [{one}](<{one.replace(' ', '%20')}>) | {n}44 kB |\n" for n, one in enumerate(NAMES, 1)
)
BULLETS = "## Filer\n\n" + "".join(f"* [{one}](./{one.replace(' ', '%20')})\n" for one in NAMES)
NOTED = {
    "print_r": PRINTED, "var_dump": DUMPED, "var_export": EXPORTED, "YAML of rows": YAML, "YAML of names": YAML_NAMES,
    "a table of Markdown": TABLE, "a list of Markdown": BULLETS,
}  # fmt: skip


@pytest.mark.parametrize("name", NOTED)
def test_names_that_are_noted_are_read(name: str) -> None:
    found = recognise(NOTED[name].encode(), HOST + "/rec/", (("content-type", "text/plain"),))
    assert isinstance(found, Listing), found
    assert [(one.name, one.kind) for one in found.entries] == [(one, Kind.FILE) for one in NAMES]
    # Rows with sizes or dates are a folder's; names alone may lie elsewhere, and are tried first.
    assert found.claimed == any(entry.size or entry.modified for entry in found.entries)


@pytest.mark.parametrize("name", NOTED)
@pytest.mark.parametrize("served", [True, False])
def test_they_are_open_where_one_of_them_answers(name: str, served: bool) -> None:
    text = f"<pre>{NOTED[name]}</pre>" if name == "print_r" else NOTED[name]

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, text.encode(), content_type="text/html" if name == "print_r" else "text/plain")
        if served and request.path.removeprefix("/").replace("%20", " ") in NAMES:
            return sound(request)
        return MISSING

    (verdict, *_), _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert isinstance(verdict, Exposed) is served, verdict


@pytest.mark.parametrize(
    "text",
    [
        "Array\n(\n    [0] => sv\n    [1] => en\n)\n",
        "Array\n(\n    [host] => db.example\n    [file] => app.sqlite\n)\n",
        "version: 3\nservices:\n  web:\n    image: nginx.conf\n    ports:\n      - 80:80\n      - 443:443\n",
        "steps:\n  - run: make\n    with:\n      - a.sh\n      - b.sh\n",
        "- sv\n- en\n- fi\n",
        "# Handbok\n\n- [Installera](install.md)\n- [Felsök](trouble.md)\n",
        "- [a.pdf](a.pdf)\n- [b.pdf](b.pdf)\n\nBlanketterna skickas till kommunen.\n",
        "| [a.pdf](b.pdf) | 1 |\n| [c.pdf](d.pdf) | 2 |\n",
    ],
)
def test_settings_and_texts_are_no_listings(text: str) -> None:
    found = recognise(text.encode(), HOST + "/rec/", (("content-type", "text/plain"),))
    assert isinstance(found, NoListing), found


@pytest.mark.parametrize("line", ["[0] => " + "(" * 2000, "- " + "a:" * 1000, "| [" + "[" * 3000 + "](" * 500])
def test_a_hostile_text_takes_no_longer(line: str) -> None:
    text = f"{line}\n".encode() * 400
    begun = time.process_time()
    recognise(text, HOST + "/", (("content-type", "text/plain"),))
    assert within(time.process_time() - begun, 2)


@pytest.mark.parametrize("before", ["2026-11-28 09:1{}\t070174060{}\t8001\t62", "28.11.2026 09:1{}\t{}12"])
def test_a_column_between_tabs_is_no_part_of_a_name(before: str) -> None:
    text = "".join(f"{before.format(n, n)}\t{one}\n" for n, one in enumerate(NAMES))
    found = recognise(text.encode(), HOST + "/rec/", (("content-type", "text/plain"),))
    assert isinstance(found, Listing), found
    assert [one.name for one in found.entries] == NAMES
