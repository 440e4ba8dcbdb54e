"""The section `web`: where it is served, who signs in, and what it refuses."""

from __future__ import annotations

import pytest

from monitor.inventory.load import Problems
from monitor.inventory.model.installation.web import WebRole
from tests.monitor.web.house import inventory


def web(**keys: str) -> str:
    said = {"listen": '"127.0.0.1:8480"', "url": "https://leftopen.region.example", **keys}
    return "web: {" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}\n"


@pytest.mark.parametrize(
    ("listen", "here"),
    [
        ('"127.0.0.1:8480"', True),
        ('"[::1]:8480"', True),
        ("unix:/run/leftopen/web.sock", True),
        ('"192.0.2.7:8480", in_clear: true', False),
    ],
)
def test_where_it_listens(listen: str, here: bool) -> None:
    declared = inventory(web(listen=listen)).web
    assert declared is not None
    assert declared.listen.only_here is here
    assert str(declared.listen) == listen.partition(",")[0].strip('"')


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (web(listen='"192.0.2.7:8480"'), "is reached by other machines, and is not TLS"),
        (web(listen='"0.0.0.0:8480"'), "is reached by other machines"),
        (web(listen="unix:web.sock"), "is no Unix socket"),
        (web(listen="unix:/" + "x" * 120), "at most 107 bytes"),
        (web(listen="8480"), "is no place to listen"),
        (web(url="http://leftopen.region.example"), "sign in without TLS"),
        (web(url="https://region.example/leftopen"), "a host of its own"),
        (web(grants="[{claim: groups, value: x, role: viewer, party: alfa}]"), "did you mean 'alpha'?"),
        (web(grants="[{claim: groups, value: x, role: admin, party: alpha}]"), "viewer"),
        (web(grants="[{claim: groups, value: x, role: operator, party: alpha}]"), "an operator is of the organisation"),
        (web(sign_in="{issuer: 'https://id.example', client_id: x, client_secret: hunter2}"), "env:NAME"),
    ],
)
def test_what_is_refused(section: str, said: str) -> None:
    with pytest.raises(Problems) as problems:
        inventory(section)
    assert said in str(problems.value)
    assert "hunter2" not in str(problems.value)


def test_a_grant_is_one_role_for_one_party() -> None:
    declared = inventory(web(grants="[{claim: groups, value: soc, role: operator, party: region}]")).web
    assert declared is not None
    (grant,) = declared.grants
    assert (grant.role, grant.party) == (WebRole.OPERATOR, "region")


def test_on_this_machine_no_tls_is_needed() -> None:
    assert inventory(web(url="http://127.0.0.1:8480")).web is not None
