"""A first inventory: a list of hosts is read row by row, and what is written is a whole inventory."""

from __future__ import annotations

import pytest

from monitor.inventory.first import HostRow, ImportFaults, first_inventory, id_from, read_hosts
from monitor.inventory.load import loads


def test_a_host_a_line() -> None:
    assert read_hosts("nas.example.org\n\n# a remark\nhttps://web.example.org/\n192.0.2.7:8443\n") == (
        HostRow("nas.example.org"),
        HostRow("web.example.org"),
        HostRow("192.0.2.7", (8443,)),
    )


def test_two_ports_of_one_host_as_they_stand_in_addresses() -> None:
    assert read_hosts("192.0.2.7:8443\nnas.example.org\n192.0.2.7:443\n192.0.2.7:8443") == (
        HostRow("192.0.2.7", (8443, 443)),
        HostRow("nas.example.org"),
    )
    with pytest.raises(ImportFaults, match=r"row 2: 192\.0\.2\.7 stands in row 1 too; give all its ports in one row"):
        read_hosts("192.0.2.7:8443\n192.0.2.7")


def test_addresses_of_ipv6_with_a_port_and_without() -> None:
    assert read_hosts("2001:db8::7\n[2001:db8::8]:8443") == (
        HostRow("2001:db8::7"),
        HostRow("2001:db8::8", (8443,)),
    )


@pytest.mark.parametrize("text", ["nas.example.org:http", "nas.example.org:80:81", "nas.example.org:-1", "[::1]x"])
def test_what_is_no_port_is_never_left_out_without_a_word(text: str) -> None:
    with pytest.raises(ImportFaults):
        read_hosts(text)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_with_the_separators_of_spreadsheets(mark: str) -> None:
    text = "\ufeffhost,ports,owner,data\nnas.example.org,80 8443,vendor,recordings\nweb.example.org,,,\n"
    first, second = read_hosts(text.replace(",", mark))
    assert (first.ports, first.more) == ((80, 8443), {"owner": "vendor", "data": "recordings"})
    assert second == HostRow("web.example.org")


def test_every_fault_is_told_with_its_row() -> None:
    rows = ("nas.example.org,99999,", ",80,", "a b,80,", "web.example.org,,", "web.example.org,,")
    with pytest.raises(ImportFaults) as caught:
        read_hosts("\n".join(("host,ports,colour", *rows)))
    faults = caught.value.faults
    assert [fault.split(":")[0] for fault in faults] == ["row 1", "row 2", "row 3", "row 4", "row 6"]
    assert "colour" in faults[0]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_a_list_without_a_host_is_no_list(text: str) -> None:
    with pytest.raises(ImportFaults):
        read_hosts(text)


def test_what_is_written_is_a_whole_inventory() -> None:
    hosts = read_hosts("host,ports,data\nnas.example.org,8443,recordings\nnas-example-org,,\n")
    inventory = loads(first_inventory('Region "Västra" {x}', "security@region.example", "env:HOOK", hosts, "sv"))
    assert {party.language for party in inventory.parties} == {"sv"}
    assert [asset.id for asset in inventory.assets] == ["nas-example-org", "nas-example-org-2"]
    assert inventory.assets[0].ports == (8443,)
    assert inventory.organisation.name == 'Region "Västra" {x}'
    assert inventory.own_parties() == {"region-vastra-x"}
    assert [channel.operator for channel in inventory.channels] == [True]


@pytest.mark.parametrize(
    ("name", "id_"), [("Region Örebro län", "region-orebro-lan"), ("!!!", "own"), ("A" * 90, "a" * 40)]
)
def test_an_id_is_made_of_a_name(name: str, id_: str) -> None:
    assert id_from(name) == id_


def test_every_fault_of_a_list_stands_at_its_row() -> None:
    rows = ("host;owner;data;id", "a.example;printers;recordings;a", "b.example;Bad Owner;;b", "c.example;;secrets;c")
    text = "\n".join((*rows, "d.example;;;a"))
    with pytest.raises(ImportFaults) as failed:
        read_hosts(text)
    assert [fault.partition(":")[0] for fault in failed.value.faults] == ["row 3", "row 4", "row 5"]
    assert "is none of" in failed.value.faults[1]
    with pytest.raises(ImportFaults, match="row 2: a contract says who allowed the looking"):
        read_hosts("host,contract\na.example,care\n")


def test_owners_of_a_list_become_parties() -> None:
    rows = read_hosts("host,owner,data\na.example,printers,recordings\nb.example,,\nc.example,printers,\n")
    declared = loads(first_inventory("Region Exempel", "it@region.example", "env:X", rows))
    assert [(party.id, party.role.value) for party in declared.parties] == [
        ("region-exempel", "controller"),
        ("printers", "processor"),
    ]
    assert [asset.owner for asset in declared.assets] == ["printers", "region-exempel", "printers"]
