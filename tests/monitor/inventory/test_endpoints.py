"""From assets to endpoints: every name, address, port and way of speaking, always in one order."""

from __future__ import annotations

from itertools import permutations

from monitor.inventory.endpoints import control_targets, endpoints, estimate, names_to_resolve
from monitor.inventory.scope import Scope
from monitor.rounds.pace_groups import PaceGroups
from probes.api import Known
from tests.monitor.inventory.samples import host_in, of

_RESOLVED = {"a.example": ("2001:db8::2", "192.0.2.20", "192.0.2.3"), "b.example": ("192.0.2.3",)}


def test_every_name_address_and_port_is_spoken_to_both_ways() -> None:
    inventory = of("host: a.example, also: [b.example], ports: [80, 8443], recorder_paths: false")
    targets = endpoints(host_in(inventory), _RESOLVED, inventory)
    assert [str(target) for target in targets] == [
        f"{way}://{name}:{port}@{address}"
        for name, address in (
            ("a.example", "192.0.2.3"),
            ("a.example", "192.0.2.20"),
            ("a.example", "2001:db8::2"),
            ("b.example", "192.0.2.3"),
        )
        for port in (80, 8443)
        for way in ("http", "https")
    ]
    assert {target.host for target in targets} == {"a.example"}
    assert {target.paths for target in targets} == {("/",)}


def test_a_bare_address_is_looked_at_where_declared() -> None:
    inventory = of("host: a.example, also: [b.example], ports: [80], by_address: true")
    bare = [t.address for t in endpoints(host_in(inventory), _RESOLVED, inventory) if t.name is None and not t.tls]
    assert bare == ["192.0.2.3", "192.0.2.20", "2001:db8::2"]


def test_a_host_that_is_an_address_is_looked_at_bare() -> None:
    inventory = of("host: 192.0.2.9, ports: [443]")
    targets = endpoints(host_in(inventory), {}, inventory)
    assert [(t.name, t.address, t.tls) for t in targets] == [(None, "192.0.2.9", False), (None, "192.0.2.9", True)]
    assert names_to_resolve(inventory.assets[0]) == ()


def test_pins_stand_for_every_name_and_no_name_server_is_asked() -> None:
    inventory = of("host: a.example, also: [b.example], addresses: [192.0.2.7, 192.0.2.6], ports: [80]")
    asset = host_in(inventory)
    assert names_to_resolve(asset) == ()
    targets = endpoints(asset, {"a.example": ("198.51.100.1",)}, inventory)
    assert [(t.name, t.address) for t in targets if t.tls] == [
        ("a.example", "192.0.2.6"),
        ("a.example", "192.0.2.7"),
        ("b.example", "192.0.2.6"),
        ("b.example", "192.0.2.7"),
    ]


def test_a_name_without_an_address_has_no_endpoint() -> None:
    inventory = of("host: a.example")
    assert endpoints(host_in(inventory), {}, inventory) == ()
    assert names_to_resolve(inventory.assets[0]) == ("a.example",)


def test_the_order_does_not_hang_on_the_name_servers() -> None:
    inventory = of("host: a.example, by_address: true")
    made = {
        endpoints(host_in(inventory), {"a.example": answer}, inventory)
        for answer in permutations(("2001:db8::2", "192.0.2.20", "192.0.2.3", "192.0.2.3"))
    }
    assert len(made) == 1


def test_nothing_is_looked_at_twice() -> None:
    inventory = of(
        "host: 192.0.2.9, addresses: [192.0.2.9, '::ffff:192.0.2.9'], by_address: true, ports: [80, 80, 443]"
    )
    targets = endpoints(host_in(inventory), {}, inventory)
    assert len(targets) == len(set(targets)) == 4


def test_folders_come_in_order_and_once() -> None:
    inventory = of(
        "host: 192.0.2.9, paths: [/medicall, /rec/, /call.wav], public: [{path: /pub/, reason: r, until: 2027-01-01},"
        " {path: /x.pdf, reason: r, until: 2027-01-01}]",
        "host: 192.0.2.9, recorder_paths: false",
    )
    paths = {t.paths for t in endpoints(host_in(inventory), {}, inventory, recorder_paths=("/rec/", "/calls/"))}
    assert paths == {("/", "/medicall", "/rec/", "/pub/", "/calls/")}
    # What is called like a recording is asked for as a file, however it was declared.
    assert {t.files for t in endpoints(host_in(inventory), {}, inventory)} == {("/call.wav",)}
    named = {(t.declared, t.ports) for t in endpoints(host_in(inventory), {}, inventory, recorder_paths=("/calls/",))}
    assert named == {(("/", "/medicall", "/rec/", "/pub/"), (80, 443))}
    paths = {t.paths for t in endpoints(host_in(inventory, 1), {}, inventory, recorder_paths=("/rec/", "/calls/"))}
    assert paths == {("/",)}


def test_of_a_declared_repository_the_file_that_is_always_there_is_asked_for() -> None:
    """Its folder may refuse, or show no list, while each file is given."""
    inventory = of("host: a.example, addresses: [192.0.2.1], paths: [/.git/, /app/.svn, /x/.git/config, /git/]")
    found = ("/x/.git/config", "/.git/HEAD", "/app/.svn/wc.db")
    assert {t.files for t in endpoints(host_in(inventory), {}, inventory)} == {found}


def test_files_are_looked_for_where_they_were_declared() -> None:
    inventory = of(
        "host: a.example, also: [b.example], addresses: [192.0.2.1], by_address: true, ports: [80, 8443],"
        " files: [/db.sql.gz, 'https://a.example:8443/x.wav?id=1', 'http://192.0.2.1/y.wav']"
    )
    files = {(t.name, t.port): t.files for t in endpoints(host_in(inventory), {}, inventory) if not t.tls}
    assert files == {
        ("a.example", 80): ("/db.sql.gz", "/y.wav"),
        ("a.example", 8443): ("/db.sql.gz", "/x.wav?id=1"),
        ("b.example", 80): ("/db.sql.gz", "/y.wav"),
        ("b.example", 8443): ("/db.sql.gz",),
        (None, 80): ("/db.sql.gz", "/y.wav"),
        (None, 8443): ("/db.sql.gz", "/x.wav?id=1"),
    }


def test_what_is_on_file_goes_to_its_port_and_the_default_ports_are_one_place() -> None:
    inventory = of("host: 192.0.2.9, ports: [80, 443, 8080]")
    root, deep, other = Known("/"), Known("/a/", ("/a/x",)), Known("/b/")
    targets = endpoints(
        host_in(inventory), {}, inventory, known={80: (root,), 443: (root, deep), 8080: (other,)}, nonce="n0nce"
    )
    assert {(t.port, t.known) for t in targets} == {(80, (root, deep)), (443, (root, deep)), (8080, (other,))}
    assert {t.nonce for t in targets} == {"n0nce"}


def test_every_endpoint_is_in_scope() -> None:
    inventory = of(
        "host: a.example, also: [b.example], by_address: true, networks: [192.0.2.0/24, '2001:db8::/32']",
        "host: '2001:db8::7', also: [c.example], ports: [8000]",
        "host: d.example, addresses: [127.0.0.1]",
        more="controls: {open: {address: 127.0.0.1, port: 1},"
        " closed: {address: 127.0.0.1, port: 2, host: x.example}}\n",
    )
    scope = Scope(inventory)
    for name, addresses in _RESOLVED.items():
        for address in addresses:
            assert scope.admit(inventory.assets[0], name, address) is None
    targets = [target for n in range(3) for target in endpoints(host_in(inventory, n), _RESOLVED, inventory)]
    targets += control_targets(inventory) or ()
    assert len(targets) == 36
    for target in targets:
        assert scope.allows(target.name, target.address, target.port), target


def test_controls_become_targets() -> None:
    assert control_targets(of("host: a.example")) is None
    more = (
        "controls: {open: {address: 127.0.0.1, port: 1, path: /open},"
        " closed: {address: '::1', port: 2, host: x.example, tls: on}}\n"
    )
    pair = control_targets(of("host: a.example", more=more), nonce="n")
    assert pair is not None
    opened, closed = pair
    assert (opened.asset, opened.host, opened.name, opened.paths, opened.tls) == (
        "control:open", "127.0.0.1", None, ("/open/",), False,
    )  # fmt: skip
    assert (closed.asset, closed.host, closed.name, closed.address, closed.tls) == (
        "control:closed", "x.example", "x.example", "::1", True,
    )  # fmt: skip


def test_the_cost_is_told_before_anything_is_asked() -> None:
    inventory = of(
        "host: a.example, also: [b.example], paths: [/m/], files: [/x.wav], interval: 1h, pace: 2,"
        " recorder_paths: false",
        "host: a.example, budget: {requests: 2}, interval: 1d",
    )
    told = estimate(inventory.assets[0], inventory)
    # Two names, an assumed address each, two ports, both ways; each a canary, two folders by two asks, one of
    # them in its other form as well, a file by two.
    assert (told.endpoints, told.asks, told.assumed) == (8, 8 * 8, True)
    assert (told.seconds, told.rounds_a_day, told.asks_a_day) == (32.0, 24.0, 24 * 64)
    assert not told.over_budget
    assert told.most_asks == 8 * 2 * 80
    known = estimate(inventory.assets[0], inventory, addresses=_RESOLVED)
    assert (known.endpoints, known.assumed) == (16, False)
    assert estimate(inventory.assets[1], inventory).asks == 4 * 2
    assert estimate(inventory.assets[1], inventory).over_budget


def test_assets_on_one_host_share_one_pace() -> None:
    assets = (
        "id: one, host: a.example, pace: 3",
        "id: two, host: b.example, also: [a.example], pace: 2, concurrency: 1",
        "id: three, host: c.example, addresses: [192.0.2.1]",
        "id: four, host: 192.0.2.1",
        "id: five, host: e.example",
    )
    for order in permutations(assets):
        inventory = of(*order)
        groups = PaceGroups(inventory)
        assert {key: group.key for key, group in groups.items()} == {
            "one": "a.example",
            "two": "a.example",
            "three": "192.0.2.1",
            "four": "192.0.2.1",
            "five": "e.example",
        }
        assert (groups["one"].pace, groups["one"].concurrency) == (2.0, 1)
        joined = PaceGroups(inventory, {"a.example": ("192.0.2.1",), "e.example": ("192.0.2.2",)})
        assert {key for key, group in joined.items() if group.key == "192.0.2.1"} == {"one", "two", "three", "four"}


def test_the_other_ports_of_an_asset_and_its_services_stand_beside_each() -> None:
    inventory = of("host: 192.0.2.9, ports: [80, 443], services: [ftp]")
    targets = endpoints(host_in(inventory), {}, inventory)
    assert {(one.port, one.beside) for one in targets} == {(80, (443, 21)), (443, (80, 21))}
