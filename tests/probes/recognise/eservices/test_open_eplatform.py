"""Catalogues of Open ePlatform: page, JSON and XML, in either charset, and whatever is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.eservices.catalogue import Service
from probes.recognise.eservices.open_eplatform import read_data, read_page
from tests.servers.portal import Portal


def test_the_page_tells_each_service_with_its_mark() -> None:
    catalogue = read_page(Portal().catalogue())
    assert catalogue is not None
    assert [(one.id, one.login, one.external) for one in catalogue.services] == [
        ("1201", True, False),
        ("1202", False, False),
        ("1203", True, False),
        ("1204", True, False),
        ("1205", None, True),
        ("1206", True, False),
    ]
    assert {one.name for one in catalogue.services if one.sensitive} == {
        "Orosanmälan för barn",
        "Begäran om patientjournal",
        "Ansökan om försörjningsstöd",
    }


def test_a_page_of_version_1_marks_logins_by_a_title() -> None:
    row = '<li data-flowid="7"><a href="/overview/9"><h3>Bygglov</h3></a>{}</li>'
    mark = '<i data-icon-before="u" title="Denna e-tjänst kräver inloggning."></i>'
    for more, login in ((mark, True), ("", False)):
        catalogue = read_page(f"<html><ul>{row.format(more)}</ul></html>".encode("iso-8859-1"))
        assert catalogue is not None
        assert catalogue.services == (Service("9", "Bygglov", login),)


def test_a_popular_service_that_stands_twice_has_the_login_that_either_row_shows() -> None:
    row = '<li data-flowid="7"><h3><a href="/oversikt/overview/9">Bygglov</a></h3>{}</li>'
    body = f"<ul>{row.format('')}{row.format('<i class=icon-person></i>')}{row.format('')}</ul>".encode()
    catalogue = read_page(body)
    assert catalogue is not None
    assert catalogue.services == (Service("9", "Bygglov", True),)


FLOWS = [
    {"ID": 11, "FlowFamilyID": 1, "Name": "Orosanmälan", "Enabled": True},
    {"ID": 12, "FlowFamilyID": 2, "Name": "Parkering", "RequiresAuthentication": "true"},
    {"ID": 13, "FlowFamilyID": 3, "Name": "Skola", "ExternalLink": "https://elsewhere.example/"},
]
READ = (Service("1", "Orosanmälan", None), Service("2", "Parkering", True), Service("3", "Skola", None, True))


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_b5_data_are_read_in_either_charset(charset: str) -> None:
    as_json = json.dumps({"Flows": FLOWS}, ensure_ascii=False).encode(charset)
    rows = "".join(
        f"<Flow>{''.join(f'<{key}>{value}</{key}>' for key, value in flow.items())}</Flow>" for flow in FLOWS
    )
    as_xml = f'<?xml version="1.0" encoding="{charset}"?><Flows>{rows}</Flows>'.encode(charset)
    for body, type_ in ((as_json, f"application/json; charset={charset}"), (as_xml, "text/xml")):
        catalogue = read_data(body, type_)
        assert catalogue is not None
        assert catalogue.services == READ
        assert [service.name for service in catalogue.services if service.sensitive] == ["Orosanmälan"]


def test_what_is_no_catalogue_is_none() -> None:
    for body in (
        b"",
        b"{}",
        b"[]",
        b"<html><ul><li>a</li></ul></html>",
        b'{"Flows": [{"ID": {}, "Name": 1}]}',
        b"\xff",
    ):
        assert read_page(body) is None
        assert read_data(body) is None


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_read_without_an_error(body: bytes, content_type: str) -> None:
    for whole in (body, Portal().catalogue()[:400] + body, b'{"Flows":[' + body):
        read_page(whole, content_type)
        read_data(whole, content_type)
