"""Reading an inventory: every problem at once, each on its line, and nothing secret repeated."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.inventory import consistency
from monitor.inventory.load import Problems, load, loads
from tests.monitor.inventory import samples
from tests.monitor.inventory.samples import HEAD, host_in, lines, of, text, wrong

TODAY = date(2026, 11, 21)


def test_a_typo_has_a_line_number_the_known_words_and_the_nearest_one(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(HEAD + "assets:\n  - id: a\n    host: nas.example\n    owner: vendor\n    intervall: 15m\n")
    with pytest.raises(Problems) as raised:
        load(path)
    (problem,) = raised.value.problems
    assert (problem.line, problem.column, problem.path) == (15, 5, "assets[0].intervall")
    assert str(raised.value).startswith(f"{path}:15: unknown key 'intervall' (known: id, host, ")
    assert str(raised.value).endswith("retire_after): did you mean 'interval'?")


def test_every_problem_is_reported_at_once() -> None:
    written = """\
leftopen: 2
organisation: {id: Practice One, name: "", contact: nobody}
vantage:
parties:
  - {id: region, name: Region, role: controler, channels: [region-secrity]}
channels:
  - {id: region-security, party: region, url: env:X, minimum: hihg}
assets:
  - id: call-recorder
    host: nas.vendor.example:80
    ports: [80, 70000, a]
    paths: [medicall, '/a#b']
    owner: vendr
    owner: region
    contract: c9
    budget: {requests: 0, byts: 3}
    data: recording
  - id: call-recorder
    ports: 443
  - nas.example
"""
    assert [line.removeprefix("inventory.yaml:") for line in lines(written)] == [
        "1: leftopen: '2' is no version of the format that is read here (known: 1)",
        "2: id: 'Practice One' is not an id (lower-case letters, digits, '.', '_' and '-', at most 64)",
        "2: name: is empty: give a value or leave the key out",
        "2: contact: 'nobody' is not an e-mail address",
        "3: vantage is empty: give a value or leave the key out",
        "5: role: 'controler' is none of controller, processor, sub-processor: did you mean 'controller'?",
        "5: channels 'region-secrity' is no declared channel (known: region-security): did you mean 'region-security'?",
        "7: minimum: 'hihg' is none of low, medium, high, critical: did you mean 'high'?",
        "10: host: 'nas.vendor.example:80' holds a port: ports belong under ports",
        "11: ports: '70000' is not a port (1 to 65535)",
        "11: ports: 'a' is not a port (1 to 65535)",
        "12: paths: 'medicall' does not begin with /",
        "12: paths: '/a#b' holds one of ? # \\: a path has no query and no fragment",
        "13: owner 'vendr' is no declared party (known: region)",
        "14: key 'owner' is already given on line 13",
        "15: contract 'c9' is no declared contract (known: none is declared)",
        "16: requests: '0' is not a whole number from 1 to 10000",
        "16: unknown key 'byts' (known: requests, bytes, seconds): did you mean 'bytes'?",
        "17: data: 'recording' is none of recordings, patient, personal, backups, documents, static, unknown: "
        "did you mean 'recordings'?",
        "18: asset 2 needs the key 'host' or 'bucket'",
        "18: asset 2 needs the key 'owner'",
        "18: asset 'call-recorder' is declared twice (also assets[0])",
        "19: ports: must be a list, such as [a, b]",
        "20: asset 3 must be a mapping of id, host, bucket, also, ports, by_address, paths, files, eservices, roles, "
        "access_log, dispatch, recorder_paths, services, addresses, networks, data, owner, contract, reach, public, "
        "interval, pace, concurrency, budget, timeouts, survey, clear_looks, clear_minutes, retire_after",
    ]


def test_a_whole_inventory_is_frozen_and_holds_no_list() -> None:
    inventory = of(
        "host: nas.example, ports: [80, 80, 8443], paths: [/a], public: [{path: /p/, reason: r, until: 2027-01-01}]"
    )
    asset = host_in(inventory)
    assert asset.ports == (80, 8443)
    assert asset.paths == ("/a",)
    assert inventory.assets[0].public[0].until == date(2027, 1, 1)
    assert isinstance(hash(inventory), int)
    with pytest.raises(ValueError, match="frozen"):
        asset.host = "other.example"


def test_what_is_left_out_is_filled_from_the_defaults() -> None:
    inventory = of(
        "host: a.example, pace: 0.5, budget: {requests: 7}",
        "host: b.example",
        more="defaults: {interval: 2h, pace: 9, budget: {seconds: 2m, bytes: 1MiB}, timeouts: {read: 1.5},"
        ' resolvers: ["127.0.0.1:5353", "[::1]:53", 192.0.2.53]}\n',
    )
    own, common = inventory.settings(inventory.assets[0]), inventory.settings(inventory.assets[1])
    assert (own.pace, own.interval, own.budget.requests) == (0.5, timedelta(hours=2), 7)
    assert (own.budget.bytes, own.budget.seconds) == (2**20, 120.0)
    assert (common.pace, common.budget.requests, common.timeouts.read, common.timeouts.connect) == (9.0, 80, 1.5, 5.0)
    assert common.clear_looks == 3
    assert [str(one) for one in common.resolvers] == ["127.0.0.1:5353", "[::1]:53", "192.0.2.53:53"]


# What YAML itself would make of a word never changes it.


@pytest.mark.parametrize("word", ["no", "on", "yes", "true", "0142", "12e3", "2027-12-31", "1.10", "22"])
def test_an_id_is_what_was_written(word: str) -> None:
    assert of(f"id: {word}, host: a.example").assets[0].id == word


def test_yaml_reads_nothing_into_numbers() -> None:
    assert "'22:22' is not a port" in wrong("host: a.example, ports: [22:22]")
    assert "'0x50' is not a port" in wrong("host: a.example, ports: [0x50]")
    assert "'8_0' is not a port" in wrong("host: a.example, ports: [8_0]")
    assert of("host: a.example, ports: [0080, '443']").assets[0].ports == (80, 443)
    assert of("host: a.example, by_address: on").assets[0].by_address is True
    assert host_in(of("host: a.example, recorder_paths: 'no'")).recorder_paths is False
    assert "'1' is neither true nor false" in wrong("host: a.example, by_address: 1")


@pytest.mark.parametrize(
    ("asset", "says"),
    [
        ("host: a.example, interval: 900", "'900' is not a time span with its unit"),
        ("host: a.example, interval: 0s", "from 1s to 366d"),
        ("host: a.example, interval: -5m", "'-5m' is not a time span"),
        ("host: a.example, pace: 0", "'0' is not a number of requests a second"),
        ("host: a.example, pace: nan", "'nan' is not a number"),
        ("host: a.example, pace: 1e9", "'1e9' is not a number"),
        ("host: a.example, budget: {bytes: 8Mb}", "'8Mb' is not a size"),
        ("host: a.example, budget: {bytes: 2TiB}", "'2TiB' is not a size"),
        ("host: a.example, timeouts: {read: 0}", "above 0 to 3600"),
        ("host: a.example, public: [{path: /, reason: r, until: 2027-02-30}]", "'2027-02-30' is not a day"),
        ("host: a.example, public: [{path: /, reason: r, until: 20270101}]", "'20270101' is not a day"),
        ("host: a.example, public: [{path: /, reason: r}]", "entry 1 needs the key 'until'"),
        ("host: a.example, ports: []", "ports: is an empty list"),
        ("host: a.example, ports: [0]", "'0' is not a port"),
        ("host: a.example, ports: [80,]", ""),
        ("host: a.example, ports: [80, ~]", "is empty"),
        ("host: a.example, ports: {80: 443}", "must be a list"),
        ("host: [a.example]", "host: must be text"),
        ("host: '*.example'", "is a pattern"),
        ("host: https://a.example/", "is a URL"),
        ("host: a.example/x", "is a URL"),
        ("host: a_b.example", ""),
        ("host: -a.example", "not a host name"),
        ("host: a..example", "not a host name"),
        ("host: a b.example", "not a host name"),
        ("host: 127.1", "neither a whole address nor a host name"),
        ("host: '2130706433'", "neither a whole address nor a host name"),
        ("host: 0x7f.0.0.1", "neither a whole address nor a host name"),
        ("host: 0177.0.0.1", "neither a whole address nor a host name"),
        ("host: fe80::1%eth0", "a zone"),
        ("host: a.example, also: [192.0.2.1]", "belongs under addresses"),
        ("host: a.example, addresses: [b.example]", "is not an address"),
        ("host: a.example, addresses: ['192.0.2.1:80']", "is not an address"),
        ("host: a.example, addresses: [0.0.0.0]", "not an address of one machine"),
        ("host: a.example, addresses: [224.0.0.1]", "not an address of one machine"),
        ("host: a.example, addresses: ['ff02::1']", "not an address of one machine"),
        ("host: a.example, networks: [10.0.0.1/8]", "bits are set behind the prefix"),
        ("host: a.example, networks: [10.0.0.0/33]", "is not a network"),
        ("host: a.example, paths: ['//other.example/']", "names another host"),
        ("host: a.example, paths: [/a/../b/]", ". or .. as a folder"),
        ("host: a.example, paths: [/a/%2e%2E/b/]", ". or .. as a folder"),
        ("host: a.example, paths: ['/a#b']", "no query and no fragment"),
        ("host: a.example, paths: ['/a\\b']", "no query and no fragment"),
        ("host: a.example, paths: [/100%/]", "begins no escape"),
        ("host: a.example, paths: [/a%0d%0ab/]", "escaped control character"),
        ('host: a.example, paths: ["/a\\r\\nX: y"]', "line break or a control character"),
        ('host: a.example, paths: ["/a\\u2028b"]', "line break or a control character"),
        ("host: a.example, files: [/a/]", "belongs under paths"),
        ("host: a.example, files: [a.wav]", "neither a path"),
        ("host: a.example, files: ['ftp://a.example/x']", "neither a path"),
        ("host: a.example, files: ['https://a.example/']", "a whole host"),
        ("host: a.example, files: ['https://a.example:99999/x']", "cannot be read"),
        ("host: a.example, files: ['https://a.example/x#y']", "no fragment"),
        ("host: a.example, files: ['https://b.example/x']", "a file on another host"),
        ("host: a.example, files: ['https://a.example:8443/x']", "port 8443, which is not under ports"),
        ("host: a.example, ports: [80], files: ['https://a.example/x']", "port 443, which is not under ports"),
        ("host: a.example, files: ['HTTPS://A.example./x?y=1']", ""),
        ("host: a.example, addresses: ['2001:db8::1'], files: ['http://[2001:db8::1]/x']", ""),
        ("host: a.example, reach: the world", "is not an id"),
        ("host: a.example, contract: c2", "contract 'c2' is no declared contract (known: c1)"),
    ],
)
def test_a_bad_value_says_what_would_be_good(asset: str, says: str) -> None:
    if says:
        assert says in wrong(asset)
    else:
        assert wrong(asset) == ""


def test_an_unspecified_host_is_refused() -> None:
    assert "not an address of one machine" in wrong("host: '::'")
    assert "not an address of one machine" in wrong("host: 0.0.0.0")


def test_names_have_one_form() -> None:
    asset = host_in(of("host: NAS.Sjukvård.Example., also: [Files.Example., files.example]"))
    assert asset.host == "nas.xn--sjukvrd-ixa.example"
    assert asset.also == ("files.example",)
    assert of("host: '[2001:DB8::1]'").assets[0].host == "2001:db8::1"
    assert of("host: '::ffff:192.0.2.1'").assets[0].host == "192.0.2.1"


@pytest.mark.parametrize("name", ["straße.example", "ａ.example", "a。example", "℀.example", "a\u200db.example"])
def test_letters_that_could_lead_to_another_host_are_refused(name: str) -> None:
    assert "host" in wrong(f"host: '{name}'")


def test_paths_are_percent_encoded_once() -> None:
    asset = host_in(of("host: a.example, paths: [/Ljud filer/å/, /a%20b/], files: ['/x y.wav?a=b c&d=/../']"))
    assert asset.paths == ("/Ljud%20filer/%C3%A5/", "/a%20b/")
    assert asset.files[0].path == "/x%20y.wav?a=b%20c&d=/../"
    other = host_in(of("host: a.example, paths: [/Ljud%20filer/%c3%a5/, /%61%20b%2f/], files: ['/x%20%79.wav?a=%62']"))
    assert other.paths == ("/Ljud%20filer/%C3%A5/", "/a%20b%2F/"), "one place, however it is spelled"
    assert other.files[0].path == "/x%20y.wav?a=%62", "a query belongs to its script"


# References.


def test_contracts_may_not_hang_in_a_circle() -> None:
    written = samples.text("host: a.example").replace(
        "  - {id: c1,",
        "  - {id: c2, under: c1, controller: vendor, processor: region, authorised_by: x,"
        " authorised_until: 2027-01-01}\n  - {id: c1, under: c2,",
    )
    assert lines(written) == [
        "inventory.yaml:7: contract 'c2' hangs under itself",
        "inventory.yaml:8: contract 'c1' hangs under itself",
    ]


def test_a_channel_of_another_party_is_refused() -> None:
    written = samples.text("host: a.example").replace("channels: [region-security]", "channels: [vendor-oncall]")
    assert lines(written) == ["inventory.yaml:4: channel 'vendor-oncall' reaches another party ('vendor')"]


def test_a_channel_reaches_somebody() -> None:
    written = samples.text("host: a.example", more="").replace("party: vendor, url: env:VENDOR", "url: env:VENDOR")
    assert "a channel reaches a party, the operator (operator: true), or both" in lines(written)[0]


def test_the_chain_goes_from_the_owner_to_the_controller() -> None:
    more = """\
  - {id: c2, controller: vendor, processor: storage, under: c1, authorised_by: x, authorised_until: 2027-12-31}
"""
    written = text("host: a.example, owner: storage, contract: c2")
    written = written.replace("channels:\n", more + "channels:\n").replace(
        "contracts:\n", "  - {id: storage, name: S, role: sub-processor}\ncontracts:\n"
    )
    inventory = loads(written)
    assert [party.id for party in inventory.chain(inventory.assets[0])] == ["storage", "vendor", "region"]
    assert [channel.id for channel in inventory.channels_of(inventory.party("vendor"))] == ["vendor-oncall"]
    assert inventory.channels_of(inventory.party("storage")) == ()
    assert [channel.id for channel in inventory.operator_channels()] == ["region-security"]


def test_anchors_work_and_their_problems_point_at_the_anchor() -> None:
    written = HEAD + "assets:\n  - {id: a, host: a.example, owner: vendor, ports: &p [80, 0]}\n"
    written += "  - {id: b, host: b.example, owner: vendor, ports: *p}\n"
    assert lines(written) == ["inventory.yaml:12: ports: '0' is not a port (1 to 65535)"] * 2
    assert loads(written.replace("0]", "1]")).assets[1].ports == (80, 1)


def test_the_work_is_linear_in_parties_and_channels() -> None:
    """There may be a channel for each of a thousand parties: what is declared of all of them is read once."""

    def calls(count: int) -> int:
        tree = {
            "parties": [{"id": f"p{n}", "channels": [f"c{n}"]} for n in range(count)],
            "channels": [{"id": f"c{n}", "party": f"p{n}", "fallback": f"c{n - n % 2}"} for n in range(count)],
        }
        made = 0

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal made
            made += event == "call"

        sys.setprofile(note)
        try:
            list(consistency.faults(tree))
        finally:
            sys.setprofile(None)
        return made

    assert calls(160) < 4.5 * calls(40)


def test_of_a_file_that_is_something_else_a_thousand_problems_are_told_and_the_rest_counted() -> None:
    with pytest.raises(Problems) as raised:
        loads(HEAD + "assets: []\n" + "".join(f"key{number}: 1\n" for number in range(3000)))
    assert len(raised.value.problems) == 1001
    assert any(one.text.startswith("and 200") and one.text.endswith("more problems") for one in raised.value.problems)
