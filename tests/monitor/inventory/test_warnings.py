"""What is allowed and warned of: ended permissions, parties without a route, what is open by intent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from monitor.inventory.load import check
from tests.monitor.inventory.samples import of, text

TODAY = date(2026, 11, 21)


def _warnings(tmp_path: Path, written: str, today: date = TODAY) -> list[str]:
    path = tmp_path / "inventory.yaml"
    path.write_text(written, encoding="utf-8")
    return [f"{one.line}: {one.text}" for one in check(path, today).warnings]


def test_permissions_and_intents_that_ended_are_warned_of(tmp_path: Path) -> None:
    written = text("host: a.example, public: [{path: /pub/, reason: r, until: 2026-11-20}]")
    assert _warnings(tmp_path, written) == [
        "12: '/pub/' was open by intent until 2026-11-20: from now on it counts as exposed"
    ]
    assert _warnings(tmp_path, written, date(2026, 10, 20)) == [], "more than thirty days ahead"
    for day, when in ((date(2026, 11, 20), "on"), (date(2026, 11, 17), "in 3 days, on")):
        assert _warnings(tmp_path, written, day) == [
            f"12: '/pub/' is open by intent and ends {when} 2026-11-20: then it counts as exposed"
        ]
    under = written.replace("host: a.example", "host: a.example, contract: c1")
    for day, when in (
        (date(2028, 1, 1), "ended on 2027-12-31: 1 asset is"),
        (date(2027, 12, 1), "ends in 30 days, on 2027-12-31: then 1 asset is"),
    ):
        said = f"7: contract 'c1' {when} NO LONGER CHECKED: renew it"
        assert said in _warnings(tmp_path, under, day), day


def test_g5_a_party_without_a_route_is_warned_of(tmp_path: Path) -> None:
    written = text("host: a.example, data: recordings, contract: c1")
    assert _warnings(tmp_path, written) == []
    assert _warnings(tmp_path, written.replace("party: vendor,", "party: region,")) == [
        "12: asset 'a0' has 'data: recordings' and these parties have no channel: vendor"
    ]
    assert (
        _warnings(
            tmp_path, written.replace("data: recordings", "data: static").replace("party: vendor,", "party: region,")
        )
        == []
    )
    assert "and no 'contract': nobody says" in _warnings(tmp_path, written.replace(", contract: c1", ""))[0]


def test_nobody_to_tell_of_a_blind_round_is_warned_of(tmp_path: Path) -> None:
    (warning,) = _warnings(tmp_path, text("host: a.example").replace(", operator: true", ""))
    assert "nobody is told of a blind round" in warning


def test_a_secret_that_all_can_read_is_warned_of(tmp_path: Path) -> None:
    secret = tmp_path / "oncall"
    secret.write_text("json://127.0.0.1")
    written = text("host: a.example").replace("env:VENDOR", f"file:{secret}")
    secret.chmod(0o644)
    (warning,) = _warnings(tmp_path, written)
    assert warning == f"10: {secret} can be read by every user of this machine: chmod o-r"
    secret.chmod(0o600)
    assert _warnings(tmp_path, written) == []


def test_a_subcontract_that_does_not_join_the_one_above_is_warned_of(tmp_path: Path) -> None:
    written = (
        text("host: a.example")
        .replace(
            "channels:\n",
            "  - {id: c2, controller: other, processor: vendor, under: c1, authorised_by: x,"
            " authorised_until: 2027-12-31}\nchannels:\n",
            1,
        )
        .replace("contracts:\n", "  - {id: other, name: O, role: processor}\ncontracts:\n")
    )
    (warning,) = _warnings(tmp_path, written)
    assert warning == "9: contract 'c2' is for 'other', who is no side of 'c1' above it"


def test_what_is_open_by_intent_covers_its_folder_and_nothing_beside_it() -> None:
    asset = of(
        "host: a.example, public: [{path: /pub/, reason: r, until: 2026-11-21},"
        " {path: /x.pdf, reason: r, until: 2027-01-01}]"
    ).assets[0]
    for path in ("/pub/", "/pub/a/b.pdf", "/%70ub/", "/pub/?C=M", "/x.pdf", "/x.pdf?v=1"):
        assert asset.public_at(path, TODAY) is not None, path
    for path in ("/", "/pub", "/public/", "/pub/../secret/", "/pub/%2e%2e/secret/", "/x.pdf/", "/x.pdf.bak"):
        assert asset.public_at(path, TODAY) is None, path
    assert asset.public_at("/pub/", date(2026, 11, 22)) is None


def test_a_path_that_looks_like_a_file_is_warned_of_and_one_with_a_query_is_sent_as_written(tmp_path: Path) -> None:
    written = text("host: a.example, paths: [/rec/call.wav, /a.wav/, /rec/2018, '/recapi?filedir=monitor']")
    assert _warnings(tmp_path, written) == [
        "12: '/rec/call.wav' looks like a file: it is looked at as one; files belong under files",
        "12: '/a.wav/' looks like a file: it is looked at as a folder; files belong under files",
    ]
    assert of("host: a.example, paths: ['/recapi?filedir=monitor']").assets[0].paths == ("/recapi?filedir=monitor",)  # type: ignore[union-attr]


def test_an_operators_channel_of_another_party_is_said_with_the_way_out(tmp_path: Path) -> None:
    written = text("host: a.example").replace("party: vendor,", "party: vendor, operator: true,", 1)
    (said,) = [one for one in _warnings(tmp_path, written) if "those who run leftopen" in one]
    assert "add 'party: vendor' to organisation" in said


def test_the_same_declared_twice_is_warned_of_and_another_path_or_port_is_not(tmp_path: Path) -> None:
    twice = "asset 'a1' declares the same as 'a0': it is looked at twice, and told twice"
    for one, other, warned in (
        ("host: a.example", "host: a.example", True),
        ("host: a.example, ports: [8443]", "host: a.example, ports: [8443], contract: c1", True),
        ("host: a.example", "host: a.example, paths: [/b/]", False),
        ("host: a.example", "host: a.example, ports: [8443]", False),
        ("host: a.example", "host: b.example", False),
    ):
        assert (f"13: {twice}" in _warnings(tmp_path, text(one, other))) is warned, (one, other)


def test_an_inventory_without_any_channel_says_that_nobody_is_told(tmp_path: Path) -> None:
    written = text("host: a.example").replace(", channels: [region-security]", "")
    without = "\n".join(line for line in written.splitlines() if "url:" not in line and "channels:" not in line)
    told = _warnings(tmp_path, without)
    assert [one.partition(": ")[2] for one in told] == [
        "no channel is declared: nobody is told of anything, whatever is open"
    ]
