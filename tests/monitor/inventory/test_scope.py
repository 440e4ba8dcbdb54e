"""The scope as an attacker meets it: names, addresses and ports that were never declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.inventory.values.addresses import address_of, routable
from tests.monitor.inventory.samples import of

_PUBLIC = "198.41.0.4"
_PUBLIC_6 = "2001:503:ba3e::2:30"


def _resolved(address: str, asset: str = "host: nas.example") -> bool:
    """Whether a name server may lead us to `address`, and the socket then opens."""
    inventory = of(asset)
    scope = Scope(inventory)
    refused = scope.admit(inventory.assets[0], "nas.example", address)
    if refused is not None:
        assert not scope.allows("nas.example", address, 443)
    return refused is None and scope.allows("nas.example", address, 443)


def test_a_routable_answer_is_admitted_for_its_name_and_ports_alone() -> None:
    inventory = of("host: nas.example, ports: [443]", "host: other.example, ports: [22]")
    scope = Scope(inventory)
    assert not scope.allows("nas.example", _PUBLIC, 443)
    assert scope.admit(inventory.assets[0], "nas.example", _PUBLIC) is None
    assert scope.allows("nas.example", _PUBLIC, 443)
    for host, address, port in (
        ("nas.example", _PUBLIC, 80),
        ("nas.example", _PUBLIC, 22),  # another asset's port
        ("nas.example", "198.41.0.5", 443),
        ("other.example", _PUBLIC, 443),
        ("other.example", _PUBLIC, 22),  # declared, but never led there
        ("nas.example.evil.example", _PUBLIC, 443),
        ("xnas.example", _PUBLIC, 443),
        ("", _PUBLIC, 443),
        (None, _PUBLIC, 443),  # by_address was not declared
        (_PUBLIC, _PUBLIC, 443),
        ("nas.example:443", _PUBLIC, 443),
        ("user@nas.example", _PUBLIC, 443),
        ("nas.example\x00.evil.example", _PUBLIC, 443),
        ("nas.example", _PUBLIC + "%eth0", 443),
        ("nas.example", "", 443),
        ("nas.example", "nas.example", 443),
        ("nas.example", _PUBLIC, 443 + 65536),
        ("nas.example", _PUBLIC, -443),
    ):
        assert not scope.allows(host, address, port), (host, address, port)


def test_a_name_is_itself_in_any_case_with_a_final_dot_and_in_letters() -> None:
    inventory = of("host: nås.example")
    scope = Scope(inventory)
    assert scope.admit(inventory.assets[0], "NÅS.example.", _PUBLIC) is None
    for name in ("nås.example", "NÅS.EXAMPLE", "xn--ns-yia.example.", "XN--NS-Yia.Example"):
        assert scope.allows(name, _PUBLIC, 80), name
    assert not scope.allows("nas.example", _PUBLIC, 80)
    assert not scope.allows("nås.example..", _PUBLIC, 80)
    # Å as a letter and a ring composes to the same letter only after a normalisation that we do not do by guess.
    assert not scope.allows("na\u030as.example", _PUBLIC, 80)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "100.100.100.200", "192.0.0.192", "192.88.99.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1",
        "2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1",
        "::127.0.0.1", "::7f00:1", "::198.41.0.4",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::198.41.0.4",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:1::1", "2002:c058:6301::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1",
        "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "localhost", "", "1.2.3.4.5", "198.41.0.4 ",
        "١.١.١.١",
    ],
)  # fmt: skip
def test_a_name_server_cannot_lead_inside(address: str) -> None:
    assert not _resolved(address)


@pytest.mark.parametrize(
    "address",
    [_PUBLIC, _PUBLIC_6, "::ffff:198.41.0.4", "64:ff9b::198.41.0.4", "2002:c629:4::1", "2a00:1450:400f::1"],
)
def test_the_public_internet_is_admitted(address: str) -> None:
    assert _resolved(address)


@pytest.mark.parametrize(
    ("networks", "address", "admitted"),
    [
        ("[10.0.0.0/8]", "10.1.2.3", True),
        ("[10.0.0.0/8]", "11.1.2.3", True),  # public
        ("[10.0.0.0/8]", "192.168.0.1", False),
        ("[10.0.0.0/8]", "::ffff:10.1.2.3", True),
        ("[10.0.0.0/8]", "64:ff9b::10.1.2.3", False),
        ("[0.0.0.0/0]", "10.1.2.3", True),
        ("[0.0.0.0/0]", "127.0.0.1", False),
        ("[0.0.0.0/0]", "169.254.169.254", False),
        ("[0.0.0.0/0]", "100.100.100.200", False),
        ("[0.0.0.0/0]", "0.0.0.0", False),
        ("[0.0.0.0/0]", "239.1.1.1", False),
        ("['::/0']", "::1", False),
        ("['::/0']", "::ffff:127.0.0.1", False),
        ("['::/0']", "fe80::1", False),
        ("['::/0']", "fd00:ec2::254", False),
        ("['::/0']", "fd12::1", True),
        ("['fd00::/8']", "fd00:ec2::254", False),
        ("[100.64.0.0/10]", "100.100.100.200", False),
        ("[100.64.0.0/10]", "100.64.0.9", True),
        ("[127.0.0.0/8]", "127.0.0.1", True),
        ("[127.0.0.1/32]", "127.0.0.1", True),
        ("[127.0.0.1/32]", "127.0.0.2", False),
        ("[126.0.0.0/7]", "127.0.0.1", False),
        ("[169.254.0.0/16]", "169.254.169.254", True),
        ("[224.0.0.0/4]", "224.0.0.1", False),
        ("['::ffff:0:0/96']", "127.0.0.1", False),
    ],
)
def test_networks_stand_for_what_lies_in_them(networks: str, address: str, admitted: bool) -> None:
    assert _resolved(address, f"host: nas.example, networks: {networks}") is admitted


def test_a_network_of_one_asset_is_none_of_another() -> None:
    inventory = of("host: a.example, networks: [10.0.0.0/8]", "host: b.example")
    scope = Scope(inventory)
    assert scope.admit(inventory.assets[0], "b.example", "10.0.0.1") is not None
    assert scope.admit(inventory.assets[1], "b.example", "10.0.0.1") is not None
    assert scope.admit(inventory.assets[0], "a.example", "10.0.0.1") is None
    assert not scope.allows("b.example", "10.0.0.1", 80)


def test_pins_need_no_name_server_and_nothing_else_is_admitted() -> None:
    inventory = of("host: nas.example, also: [files.example], addresses: [127.0.0.1, '2001:db8::1'], ports: [8443]")
    scope = Scope(inventory)
    for name in ("nas.example", "files.example"):
        for address in ("127.0.0.1", "::ffff:127.0.0.1", "2001:db8::1", "2001:0db8:0::0001"):
            assert scope.allows(name, address, 8443)
            assert scope.admit(inventory.assets[0], name, address) is None
    refused = scope.admit(inventory.assets[0], "nas.example", _PUBLIC)
    assert refused is not None
    assert "none of them" in str(refused)
    assert not scope.allows("nas.example", _PUBLIC, 8443)
    assert not scope.allows(None, "127.0.0.1", 8443)


def test_bare_addresses_where_they_are_declared() -> None:
    by_address = Scope(of("host: nas.example, addresses: [192.0.2.1], by_address: true"))
    assert by_address.allows(None, "192.0.2.1", 80)
    assert by_address.allows("192.0.2.1", "192.0.2.1", 80)
    assert not by_address.allows("192.0.2.1", "192.0.2.2", 80)
    assert not by_address.allows("192.0.2.2", "192.0.2.1", 80)
    host = Scope(of("host: '2001:db8::1', also: [nas.example]"))
    assert host.allows(None, "2001:db8::1", 443)
    assert host.allows("[2001:db8::1]", "2001:DB8::1", 443)
    assert not host.allows("nas.example", "2001:db8::1", 443)
    inventory = of("host: nas.example, by_address: true")
    scope = Scope(inventory)
    assert scope.admit(inventory.assets[0], "nas.example", _PUBLIC) is None
    assert scope.allows(None, _PUBLIC, 80)


def test_each_round_begins_with_nothing_resolved() -> None:
    inventory = of("host: nas.example")
    first = Scope(inventory)
    assert first.admit(inventory.assets[0], "nas.example", _PUBLIC) is None
    # Rebinding: what was admitted in one round opens nothing in the next.
    assert not Scope(inventory).allows("nas.example", _PUBLIC, 80)
    assert not first.anew().allows("nas.example", _PUBLIC, 80)
    assert first.allows("nas.example", _PUBLIC, 80)


def test_only_assets_of_this_inventory_are_admitted() -> None:
    mine, theirs = of("host: a.example"), of("host: b.example")
    widened = mine.assets[0].model_copy(update={"ports": (22,)})
    scope = Scope(mine)
    for asset, name in ((theirs.assets[0], "b.example"), (widened, "a.example")):
        refused = scope.admit(asset, name, _PUBLIC)
        assert refused is not None
        assert refused.reason == "the asset is not declared"
    assert not scope.allows("a.example", _PUBLIC, 22)


def test_controls_are_in_scope_and_nothing_around_them() -> None:
    scope = Scope(
        of(
            "host: nas.example",
            more="controls: {open: {address: 127.0.0.1, port: 8001, host: open.example},"
            " closed: {address: '::1', port: 8002, tls: true}}\n",
        )
    )
    assert scope.allows("open.example", "127.0.0.1", 8001)
    assert scope.allows(None, "::1", 8002)
    assert not scope.allows(None, "127.0.0.1", 8001)
    assert not scope.allows("open.example", "::1", 8002)
    assert not scope.allows("open.example", "127.0.0.1", 8002)
    assert not scope.allows("nas.example", "127.0.0.1", 8001)


def test_a_refusal_says_what_and_why() -> None:
    scope = Scope(of("host: nas.example"))
    assert str(scope.refusal("nas.example", "127.0.0.1", 80)) == "nas.example at 127.0.0.1 port 80: not declared"
    assert str(scope.refusal(None, "::1", 80)) == "the bare address at ::1 port 80: not declared"


_SCOPED: Inventory = of("host: nas.example, addresses: [192.0.2.1], ports: [443]")


@given(
    st.one_of(st.none(), st.text(max_size=20)),
    st.one_of(st.text(max_size=20), st.ip_addresses().map(str)),
    st.integers(),
)
def test_nothing_else_is_ever_allowed(host: str | None, address: str, port: int) -> None:
    allowed = Scope(_SCOPED).allows(host, address, port)
    assert not allowed or (host is not None and "nas.example" in host.lower() and port == 443)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_no_verdict(address: object) -> None:
    inside = address_of(str(address))
    assert routable(address_of(f"::ffff:{inside}")) is routable(inside)
    assert routable(address_of(f"64:ff9b::{inside}")) is routable(inside)
