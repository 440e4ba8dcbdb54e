"""Open data in odd shapes is never an ordinary page, and ordinary pages stay ordinary."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

from typing import Final

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from probes.recognise.pages.page_kind import PageKind, page

KEPT: Final = (
    "This system keeps what the switchboard takes up so that staff can listen afterwards. It is kept for ninety days "
    "and is then removed by the retention plan, ask the administrator otherwise."
)
SHOP: Final = (
    "We are a small company in the north that makes furniture of birch and pine, by hand and to order. Our workshop is "
    "open to visitors on weekdays, and we are glad to show you how a chair is made from the tree to the table."
)
COOKIES: Final = (
    "We use cookies to give you the best experience on our site. By continuing to use it you agree to our use of "
    "cookies. You can read more about how we use them in our policy and change your choice whenever you like."
)


def html(body: str, title: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


OPEN: Final = {
    "names in a text": html(f"<p>{KEPT}</p><p>call-20240101-1.wav<br>call-20240101-2.wav</p>", "Recordings"),
    "names in a script": html(
        f"<p>{KEPT}</p><div id=x></div><script>var a=['c1','c2'];for(i in a)document.getElementById('x').innerHTML+='<b>'+a[i]+'.wav'</script>",
        "Calls",
    ),
    "rows fetched below a text": html(
        f"<p>{KEPT}</p><table id='rows'><tbody></tbody></table><script>fetch('/api/calls')</script>", "Calls"
    ),
    "rows drawn by a file": html(f"<p>{KEPT}</p><div id='rows'></div><script src='/js/calls.js'></script>", "Samtal"),
    "shell under a banner": html(f"<div>{COOKIES}</div><div id='list'></div><script src='/app.js'></script>", "Files"),
    "root over a foot": html(f"<div id='app'></div><footer>{SHOP}</footer><script src='/a.js'></script>", "Portal"),
    "custom element": html(
        f"<p>{KEPT}</p><file-list src='/api'></file-list><script type='module' src='/c.js'></script>", "Recordings"
    ),
    "htmx": html(f"<p>{KEPT}</p><div hx-get='/rows'></div><script src='https://unpkg.com/htmx.org'></script>", "Calls"),
    "blazor": html(f"<p>{KEPT}</p><app>Loading...</app><script src='_framework/blazor.webassembly.js'></script>", "X"),
    "embedded page": html(f"<p>{KEPT}</p><object data='/archive/list.html'></object>", "Archive"),
    "thumbnails": html("<h1>Exams</h1><img src='t/1001.jpg'><img src='t/1002.jpg'><img src='t/1003.jpg'>", "Exams"),
    "viewer by number": html("<h1>Studies</h1><a href='v?s=1001'>A</a> <a href='v?s=1002'>B</a>", "PACS"),
    "people by number": html(
        "<table><tr><td><a href='p/1'>Anna Berg</a></td></tr><tr><td><a href='p/2'>Bo Ek</a></td></tr></table>",
        "Patients",
    ),
    "buttons": html(
        "<ul><li>10:11 <button data-id='17'>Play</button><li>11:12 <button data-id='18'>Play</button></ul>", "Calls"
    ),
    "players": html("<h1>Calls</h1><video src='/v/17041' controls></video><video src='/v/17042' controls></video>"),
    "players of data": html("<h1>Calls</h1><audio src='data:audio/wav;base64,UklGRg==' controls></audio>", "Calls"),
    "script below It works": html("<h1>It works!</h1><div id='list'></div><script>fetch('ls.json')</script>"),
    "csv of people": "id,name,born\n1,Anna Berg,1950-01-02\n2,Bo Ek,1960-01-02\n3,Eva Alm,1970-01-02\n",
    "cards": "BEGIN:VCARD\nFN:Anna Berg\nEND:VCARD\nBEGIN:VCARD\nFN:Bo Ek\nEND:VCARD\n",
    "laboratory message": "MSH|^~\\&|LAB|HOSP|EPJ|HOSP|20240102||ORU^R01|1|P|2.3\rPID|1||19500102-1234||BERG^ANNA\r",
    "dump": "-- MySQL dump 10.13\nCREATE TABLE patient (id int);\nINSERT INTO patient VALUES (1,'Anna'),(2,'Bo');\n",
    "log": "2024-01-02 10:11:12 call from 0701234567 to 101\n2024-01-02 10:12:12 call from 0707654321 to 102\n",
    "one patient": '{"patient": "Anna Berg", "born": "1950-01-02", "diagnosis": "J45"}',
    "an address of a recording": '{"latest": "http://10.0.0.2/rec/1704190271.11", "status": "ok"}',
}

ORDINARY: Final = {
    "home": html(f"<nav><a href='/'>Home</a></nav><h1>Welcome</h1><p>{SHOP}</p>", "Furniture"),
    "home with scripts": html(f"<h1>Welcome</h1><p>{SHOP}</p><script src='/js/menu.js'></script>", "Furniture"),
    "home with a film behind": html(f"<video autoplay muted loop src='/b.mp4'></video><p>{SHOP}</p>", "Furniture"),
    "newsletter": html(f"<p>{SHOP}</p><div id='msg'></div><script>fetch('/n',{{method:'POST'}})</script>", "Furniture"),
    "shop": html(f"<a href='/p/1'>Chair</a> <a href='/p/2'>Table</a><p>{SHOP}</p>", "Chairs"),
    "maintenance": html("<h1>Under maintenance</h1><p>Back soon.</p>", "Maintenance"),
    "application": html(
        "<div id='root'></div><script src='/a.js'></script>",
        "Garage",
        "<meta name='description' content='Book a time for your car at our garage, change it, or cancel it.'>",
    ),
    "documentation": html("<div id='swagger-ui'></div><script src='./swagger-ui-bundle.js'></script>", "Swagger UI"),
    "form": html("<h1>Contact</h1><form action=/send><input name=name><textarea name=t></textarea></form>", "Contact"),
    "answer": "healthy",
    "answer in a sentence": "Unauthorized: a token is needed for this interface. See https://docs.example/token for help.",
    "json": '{"name": "api", "version": "1.2.3", "healthy": true}',
    "problem": '{"type": "https://tools.example/html/rfc7231#section-6.5.1", "title": "Bad", "status": 400}',
}


def kind_of(body: str) -> PageKind:
    content = "text/html" if body[:1] == "<" else "application/json" if body[:1] == "{" else "text/plain"
    return page(body.encode(), content, 200).kind


@pytest.mark.parametrize("name", OPEN)
def test_open_data_is_never_ordinary(name: str) -> None:
    if not isinstance(recognise(OPEN[name].encode(), "http://nas.test/rec/"), Listing):
        assert kind_of(OPEN[name]) in {PageKind.SHELL, PageKind.DATA, PageKind.LEADS_ELSEWHERE}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_stays_ordinary(name: str) -> None:
    assert kind_of(ORDINARY[name]) is PageKind.ORDINARY
