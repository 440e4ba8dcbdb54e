"""The parsers of what owners and portals hand over: letters, exported logs, lists of services, answers with tokens."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from contextlib import suppress

from monitor.network import certificate
from monitor.network.sources.imap import MailboxRefused
from monitor.network.sources.mailboxes import _of_json
from probes.recognise.buckets.oracle import public_level
from probes.recognise.buckets.swift import is_static_web
from probes.recognise.eservices import open_eplatform
from probes.recognise.eservices.canary_tokens import tokens_in
from probes.recognise.eservices.sign_in_form import handed_form, sign_in_form
from probes.recognise.eservices.sitemap import read_sitemap
from probes.recognise.letters import letter_content
from probes.recognise.listing.streaming.learned_rows import LearnedDialect, LearnedRows, Slot, learn
from probes.recognise.listing.unchanged import recognise_again
from probes.recognise.logs.lint import lint
from probes.recognise.logs.rows import FIELDS, LogForm, read_log
from probes.recognise.logs.times import read_time
from probes.recognise.stores import zookeeper
from probes.web._folder_page import awaits_rows, room_for_rows

TOKENS = {"alfa": "canary-alfa-0123456789", "beta": "canary-beta-0123456789"}
URL = "http://files.example/rec/"
_DIALECT = LearnedDialect("any", Slot(before=False, index=-1, attribute="", cut="last"), Slot(False, 0, "", "first"))
_COLUMNS = {name: name for name in FIELDS}


def _zip(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("word/document.xml", f"<w:t>{TOKENS['alfa']}</w:t>" * 20)
        archive.writestr("b.txt", "calls")
    return made.getvalue()


_PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Length 60 /Filter /FlateDecode >>\nstream\n"
    + zlib.compress(b"BT (canary-alfa-) Tj (0123456789) Tj <63616e617279> Tj ET")
    + b"\nendstream\nendobj\n"
)
_LETTER = (
    b"From: a@region.example\r\nSubject: case\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"canary-alfa-01234=\r\n56789\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\n"
    b"Content-Disposition: attachment; filename*=utf-8''%C3%A5.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(_zip(zipfile.ZIP_DEFLATED))
    + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext\r\n--b--\r\n"
)

DOCUMENTS = (
    *(_zip(method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
    _PDF, _LETTER,
    json.dumps(
        {"letters": [{"received": "2026-11-29T12:00:00+01:00", "text": TOKENS["beta"], "attachments": [{"name": "a"}]}]}
    ).encode(),
)  # fmt: skip
LOGS = (
    b"id;at;actor;activity;object;system;sequence\n1;2026-11-29 12:00:00;anna;read;19121212-1212;journal;1\n"
    b'2;2026-10-25T02:30:00+01:00;"an;na";read;;journal;3\n',
    b'{"id":"1","at":"2026-11-29T12:00:00Z","actor":"anna","activity":"read","object":"p","sequence":1}\n'
    b'{"id":"2","at":1764417600,"actor":{"a":1},"activity":"read"}\n',
    b'<l:GetLogs xmlns:l="urn:x"><l:log><l:logId>1</l:logId><l:activity><l:activityType>read</l:activityType>'
    b"<l:startDate>2026-11-29T12:00:00</l:startDate></l:activity><l:user><l:userId>anna</l:userId></l:user>"
    b'<l:resource><l:patientId extension="191212121212"/></l:resource></l:log></l:GetLogs>',
    "id,at,actor,activity\r\n1,29/11/2026 12:00,Åsa,Läsa\r\n".encode("utf-16"),
)
PORTALS = (
    b'<form method=POST action="/in?a=1&amp;b=2"><input name="u"><input type=password name=p>'
    b'<input type=hidden name=t value="a&quot;b"></form>',
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://portal.test/e/one</loc></url></urlset>',
    b'<html><head><meta name="generator" content="Open ePlatform"></head><body>'
    b'<section class="of-flow-type"><h2>Care</h2><ul><li data-flowid="12" data-typeid="3">'
    b'<a href="/oversikt/overview/12"><h3>Apply</h3></a>'
    b'<i class="of-internal">Log in</i></li></ul></section></body></html>',
    b'{"Flows":[{"flowID":"12","name":"Apply","requiresAuthentication":"true","url":"https://e.example/flow/12"}]}',
    b'<?xml version="1.0"?><Flows><Flow><flowID>12</flowID><name>Apply</name><requiresAuthentication>false'
    b"</requiresAuthentication></Flow></Flows>",
)


def read_documents(body: bytes) -> None:
    """Look for canary tokens as in an answer, a letter and a list of letters."""
    tokens_in(body, TOKENS)
    letter_content(body, TOKENS)
    with suppress(MailboxRefused):
        _of_json(body, 0, TOKENS)


def read_logs(body: bytes) -> None:
    """Read an export in each form, its times, and its faults."""
    for form in LogForm:
        log = read_log(body, form, _COLUMNS)
        for row in log.rows[:50]:
            read_time(row.at, None)
        lint(log, None, numbered=True)


def read_portals(body: bytes) -> None:
    """Read the list of a portal's services, from its page and its data."""
    for said in ("", "text/html; charset=iso-8859-1"):
        open_eplatform.read_page(body, said)
        open_eplatform.read_data(body, said)
    sign_in_form(body, "u", "p")
    handed_form(body)
    read_sitemap(body, "portal.test", "/e/")


def read_rest(body: bytes) -> None:
    """What is asked of an answer beside its main reading."""
    awaits_rows(body)
    room_for_rows(body)
    recognise_again(body, URL)
    for dialect in (_DIALECT, learn(body, URL)):
        if dialect is not None:
            rows = LearnedRows(dialect, "/rec/")
            for at in range(0, len(body), 1 << 16):
                rows.read(body[at : at + (1 << 16)], last=at + (1 << 16) >= len(body))
    public_level(body)
    is_static_web(body)
    with suppress(zookeeper.NotAReply):
        zookeeper.anyone_changes(body)
    certificate.ends_on(body)
