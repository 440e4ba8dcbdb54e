"""Open data in odd shapes is never an ordinary page, and ordinary pages stay ordinary."""

# ruff: noqa: E501  pages stand on one line

from __future__ import annotations

from typing import Final

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from probes.recognise.pages.held_data import declared_data, text_of_people
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


def table(*rows: str) -> str:
    """Rows of cells that a bar parts; the first is the head."""
    cells = [[f"<td>{cell}</td>" for cell in row.split("|")] for row in rows]
    return "<table>" + "".join(f"<tr>{''.join(row)}</tr>" for row in cells) + "</table>"


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
    "a table of patients": html(
        "<h1>List</h1>" + table("Namn|Personnummer", "Anna Ek|19121212-1212", "Bo Alm|19130101-1236")
    ),
    "patients in a page of text": html(
        f"<p>{SHOP * 4}</p><ol><li>Ek, Anna (19121212-1212)<li>Alm, Bo (19130101-1236)</ol>"
    ),
    "numbers of Denmark": html("<p>010250-4321<br>230461-9876<br>311299-7766</p>"),
    "numbers of Norway": html("<div>01015000232</div><div>01015000313</div>"),
    "numbers of Finland": html("<li>131052-308T<li>010150-3920"),
    "fields of one patient": html("<dl><dt>Personnummer<dd>19121212-1212<dt>Diagnos<dd>J06.9</dl>", "Journal"),
    "fields behind a colon": html("<p>Patient-ID: 4711-0815</p><p>Date of birth: 1912-12-12</p>"),
    "fields that are filled in": html(
        "<form><tr><td>Personnummer<td><input value='19121212-1212'><tr><td>Diagnos<td><input value=J06></form>"
    ),
    "numbers in a script": html(
        f"<p>{SHOP}</p><script>var p=[{{n:'Anna',p:'19121212-1212'}},{{n:'Bo',p:'19130101-1236'}}]</script>"
    ),
    "social security numbers": html(table("Name|No", "Ann|123-45-6789", "Bob|234-56-7890", "Eve|345-67-8901")),
    "what was said as subtitles": "WEBVTT\n\n00:01.000 --> 00:02.000\nHej, jag heter Anna\n",
    "a work list": html(table("Patient Name|MRN|Modality", "EK^ANNA|MRN0012|CT", "ALM^BO|MRN0013|CT"), "Worklist"),
    "names below patient": html(table("Patient|Rum|Diagnos", "Anna Ek|3|J06.9", "Bo Alm|4|I10")),
    "a calendar of patients": "BEGIN:VCALENDAR\nSUMMARY:Anna Ek 19121212-1212 prov\nSUMMARY:Bo Alm 19130101-1236 prov\nEND:VCALENDAR\n",
    "wounds": html("<a href='0.jpg'>Bild 0</a><a href='1.jpg'>Bild 1</a>", "Sårfoton avdelning 4"),
    "wound photos": html("<img src='w0.jpg'><img src='w1.jpg'><img src='w2.jpg'>", "Wound photos, ward 4"),
    "x-rays": html("<a href='i0.jpg'><img src='i0.jpg'></a><a href='i1.jpg'><img src='i1.jpg'></a>", "Röntgenbilder"),
    "one patient deep in an object": '{"data": {"me": {"name": "Anna Ek", "personnummer": "19121212-1212"}}}',
    "one patient": '{"patient": "Anna Berg", "born": "1950-01-02", "diagnosis": "J45"}',
    "an address of a recording": '{"latest": "http://10.0.0.2/rec/1704190271.11", "status": "ok"}',
}

INDICES = "green  open calls-2024   uUx3 1 1 120000 0  1.2gb 600mb\nyellow open patients     aBc9 1 1  54000 12 800mb\n"
OPEN.update(
    {
        "indices of a store": INDICES,
        "indices below a header": "health status index    uuid pri rep docs.count\n" + INDICES,
        "databases of Domino": html(
            "".join(
                f"<li><a href='/mail/{one}.nsf?OpenDatabase'>Mail of {one}</a></li>" for one in ("anna", "bo", "cai")
            )
        ),
    }
)

ORDINARY: Final = {
    "site made by Domino": html(
        f"<p>{SHOP}</p><a href='/web.nsf?Open'>Home</a> <a href='/web.nsf?OpenDatabase'>Home</a> <a href='/s.nsf'>Search</a>"
        "<a href='/web.nsf/pages/about?OpenDocument'>About</a> <a href='/web.nsf/pages/us?OpenDocument'>Us</a>"
    ),
    "states in words": "green open space\nin the town\n",
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
    "how a number is written": html(
        "<h1>Logga in</h1><p>Skriv ditt personnummer, till exempel 19121212-1212 eller 191212121212, så hjälper vi dig.</p>"
    ),
    "one number": html(f"<p>{SHOP}</p><p>Org.nr 121212-1212, org.nr 556677-8899</p>"),
    "numbers of articles": html(
        table("Artikel|Nummer", *(f"Stol|{n}0204-{n}{n}77" for n in range(3, 9)), "Bord|981399-8811")
    ),
    "times in names": html(
        "<p>20260301-1742</p><p>20260301-1743</p><p>260301-1742</p><p>260301-1743</p><p>260302-1743</p>"
    ),
    "numbers of diagnoses": html(table("Diagnos|Antal", "J06.9|1 204", "I10|3 410")),
    "rights of roles": html(table("Patient|Anhörig|Recept", "Boka tid|Läsa|Nej", "Läsa journal|Läsa|Nej")),
    "postal numbers": html(table("Namn|Pnr|Ort", "Eken|111 22|Stockholm", "Alen|903 25|Umeå")),
    "a field that is asked for": html(
        "<form action=/s>Personnummer: <input name=p> Födelsedatum: <input name=d></form>"
    ),
    "what is done with fields": html(table("Uppgift|Ändamål", "Personnummer|känna igen dig", "Diagnos|vård")),
    "json of a contact": '{"version": "1", "contact": {"phone": "0701234567", "email": "a@b.example"}}',
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


ROWS_OF_CALLS: Final = tuple(f"2026-03-01 08:1{n}|07012345{n}7|1177" for n in range(4))
DECLARED: Final = {
    "calls": table("Start|A|B", *ROWS_OF_CALLS),
    "German calls": table(*(f"01.03.26 08:1{n}|Müller|+49 30 12345{n}" for n in range(4))),
    "calls in cards": "".join(f"<div><div>{row.replace('|', '</div><div>')}</div></div>" for row in ROWS_OF_CALLS),
    "calls below text": f"<p>{SHOP * 4}</p>" + table(*ROWS_OF_CALLS),
    "buttons": "".join(
        f"<form method=post action=p><button>{row[:27]}</button></form>" for row in ROWS_OF_CALLS
    ).replace("|", " "),
    "a log": "\n".join(f"[{row[:16]}:02] Call from {row[17:27]} to 1177" for row in ROWS_OF_CALLS),
    "who called": table("A-nummer|B-nummer", "0701234567|086123456", "0701234568|086123456"),
    "Danish calls": table("Dato|Fra|Til", *(f"01-03-2026 08:1{n}|1234567{n}|1813" for n in range(4))),
    "messages": "".join(
        f"<p>2026-03-0{n} 08:15 +4670123456{n} Hej, din tid hos oss på mottagningen är bokad till i morgon klockan tio, kom gärna i "
        "god tid och ta med legitimation.</p>"
        for n in range(1, 5)
    ),
    "calls within the house": "<h1>Samtalslogg</h1>"
    + table(*(f"2026-03-01 08:1{n}|101|20{n}|02:12" for n in range(4))),
    "names of patients": "<h1>Väntelista</h1><ul><li>Anna Ek<li>Alm, Bo<li>BERG^EVA</ul>",
    "customers": "<h1>Kunder</h1>" + table("Namn|E-post", *(f"Anna {n}|anna{n}@mail.example" for n in range(4))),
    "turns": "<p>Agent: Hej och välkommen hit</p><p>Kund: Hej jag heter Anna</p><p>Agent: Vad kan jag göra?</p>",
    "from and to": table("Från|Till", "0701234567|08-612 34 56"),
    "what was said": "<p><b>0701234567:</b> Jag har ont i magen</p><p>1177: Var?</p><p><b>0701234567:</b> Till höger sedan</p>",
    "the path of a recording": "<p>Senaste fil: /var/spool/monitor/in-0046855123456-20260301-1742.wav</p><p>Kö: 3</p>",
    "pictures": "<h1>Bilder</h1><img src=/b/1><img src=/b/2><img src=/b/3>",
    "tables of a database": "<h1>Datasette</h1><h2><a href=/vard>vard</a></h2><p>4 012 rows in 2 tables</p>",
    "files of a media server": f"<h3>Media library</h3>{table('Audio files|44', 'Video files|0')}<p>{SHOP}</p>",
    "objects of a database": table("Filename|/srv/vard.db", "Objects|3 tables · 0 views"),
    "a list that scripts fill beside dialogs": "<script src=/remote.js></script><form action=#><label>Download to:</label><input name=dir>"
    + "".join(f"<label>Limit {n}</label><input name=n{n}>" for n in range(40))
    + "</form><ul id=torrent_list></ul>",
    "resources that scripts fill": "<h1>It runs!</h1><div id=resources></div><p>Use any method.</p><script src=script.js></script>",
    "a column of counts": table("Mapp|Antal inspelningar", "Sjukvården|17", "Växeln|0"),
}
OF_A_HOUSE: Final = {
    "contact": table("Enhet|Telefon", *(f"Enhet {n}|08-123 45 6{n}" for n in range(6))),
    "hours": table(*(f"Enhet {n}|08:00-17:00|08-123 45 6{n}" for n in range(6))),
    "news": "".join(
        f"<p>2026-03-0{n} Från och med i dag har vår mottagning vid torget ett nytt nummer till växeln, ring oss gärna på "
        f"08-123 45 6{n} om du har några frågor om detta.</p>"
        for n in range(1, 6)
    ),
    "staff": "<h1>Medarbetare</h1>"
    + table("Namn|Telefon", "Anna Ek|08-123 45 60", "Bo Alm|08-123 45 61", "Eva Berg|08-123 45 62"),
    "for patients": "<h1>För patienter</h1><ul><li><a href=/a>Boka tid</a><li><a href=/b>Förnya recept</a><li>Hitta oss</ul>",
    "questions": "<p>Fråga: Hur bokar jag tid?</p><p>Svar: Ring oss på dagen.</p><p>Fråga: Var finns ni?</p><p>Svar: Vid torget här.</p>",
    "versions": table("Version|Date|Size", *(f"1.{n}.0|2026-03-0{n} 08:15|12345678" for n in range(1, 5))),
    "writers": table("Namn|Född", "Selma Lagerlöf|1858-11-20", "August Strindberg|1849-01-22", "Karin Boye|1900-10-26"),
    "events": table("Datum|Föreläsning", *(f"2026-03-0{n}|Anmälan 08-123 45 60" for n in range(1, 6))),
    "when it is valid": table("Från|Till|Pris", "2026-01-01|2026-06-30|1 000 000", "2026-07-01|2026-12-31|1 100 000"),
    "trains": table("Från|Till", "Umeå 08:15|Luleå 10:20", "Luleå 11:15|Umeå 13:20"),
    "a directory": "<p>08-123 45 60: Växeln svarar dygnet runt</p><p>08-123 45 61: Mottagningen svarar på dagen</p>",
    "a greeting": "<p>Vi spelar vänta.wav medan du väntar.</p>",
    "nothing kept": table("Audio files|0", "Video files|0"),
    "counts in a sentence": "<p>12 000 patienter är listade hos oss.</p><p>Vi har 3 enheter.</p>",
    "pictures in text": f"<h1>Bilder</h1><p>{SHOP}</p><img src=/b/1><img src=/b/2><img src=/b/3>",
}


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_declared_to_be_kept_is_told_from_what_any_house_shows(name: str) -> None:
    why = declared_data(DECLARED[name], "patient")
    assert why
    assert not [word for word in ("0701234567", "in-0046", "Müller") if word in why], "content is never said"


def test_a_list_for_what_a_reader_searches_is_none_of_what_is_kept() -> None:
    page = "<script src=/search.js></script><p>Vi svarar i telefon.</p><ul id={}-results></ul>"
    assert declared_data(html(page.format("call")), "recordings")
    assert not declared_data(html(page.format("search")), "recordings")


@pytest.mark.parametrize("name", OF_A_HOUSE)
def test_what_any_house_shows_is_ordinary_wherever_it_stands(name: str) -> None:
    assert not declared_data(OF_A_HOUSE[name], "patient")
    assert kind_of(html(OF_A_HOUSE[name])) is PageKind.ORDINARY


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("namn;personnummer\nAnna Ek;19121212-1212\nBo Alm;19130101-1236\n", True),
        ("datum\tfrån\n2026-03-01\t0701234567\n2026-03-02\t0701234568\n2026-03-02\t0701234569\n", True),
        ("BEGIN:VCARD\nFN:Anna\nEND:VCARD\nBEGIN:VCARD\nFN:Bo\nEND:VCARD\n", True),
        ("MSH|^~\\&|LAB\rPID|1||4711||EK^ANNA\r", True),
        ('{"entry": [{"patientId": "4711", "birthDate": "1912-12-12"}]}', True),
        ("<?xml version='1.0'?><p><ssn>4711</ssn><dob>1912-12-12</dob></p>", True),
        ("BEGIN:VCARD\nFN:Mottagningen\nTEL:08-123 45 60\nEND:VCARD\n", False),
        ("tjänst;pris\nIntyg;300\nVaccin;400\n", False),
        ('{"patientId": "string", "birthDate": "string"}', False),
        ("User-agent: *\nDisallow: /\n", False),
        ("<html><p>19121212-1212<p>19130101-1236</html>", False),
    ],
)
def test_the_beginning_of_a_text_tells_whether_it_is_about_people(text: str, about: bool) -> None:
    assert text_of_people(text) is about
