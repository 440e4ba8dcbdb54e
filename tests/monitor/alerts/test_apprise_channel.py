"""What the sending process makes of an address, of a text that is too long, and of what apprise says."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import apprise
import pytest
from apprise.manager_plugins import NotificationManager
from apprise.result import AppriseResult, AppriseResultStatus

from monitor.alerts.delivery.apprise_channel import MODULES, REFUSED_WORDS, ended, fit, keyed, problem_of, send
from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess
from monitor.store.messages.queued import Outcome
from probes.recognise.people.masking import mask_text
from tests.servers.webhook import Webhook

ROOT = Path(__file__).resolve().parents[3]


def outgoing(url: str, step: str = "opened", storage: Path | None = None) -> OutgoingMessage:
    return OutgoingMessage("c", url, mask_text("the title"), mask_text("the body"), step, "LO-TEST", storage)


@pytest.mark.parametrize(
    "url",
    [
        *(f"json://127.0.0.1:9/?{word}=yes" for word in REFUSED_WORDS),
        "json://127.0.0.1:9/?OPTIONAL=yes",
        "json://127.0.0.1:9/?a=b&%6fptional=yes",
        "json://127.0.0.1:9/?a=b;optional=yes",
        "http://127.0.0.1:9/apprise.yaml",
        "file:///etc/apprise.yaml",
        "include://127.0.0.1/x",
        "nonsense",
        "",
        "opsgenie://00000000-0000-0000-0000-000000000000",
    ],
)
async def test_an_address_that_must_not_be_is_refused_unsent_and_unsaid(url: str) -> None:
    sent = await OwnProcess(20, os.environ)(outgoing(url))
    assert sent.outcome is Outcome.MISCONFIGURED
    assert "127.0.0.1" not in sent.reason
    assert "/etc" not in sent.reason


@pytest.mark.parametrize(("step", "kind"), [("cleared", "success"), ("reopened", "failure"), ("drill", "warning")])
async def test_what_the_service_is_told_that_it_is(hook: Webhook, step: str, kind: str) -> None:
    sent = await OwnProcess(20, os.environ)(outgoing(hook.apprise, step))
    assert sent.outcome is Outcome.ACCEPTED
    assert hook.received[0].json()["type"] == kind


def test_the_service_of_an_address_is_imported_alone_and_any_other_with_all_of_them() -> None:
    program = """
import sys
from monitor.alerts.delivery.apprise_channel import problem_of
for url in ("json://127.0.0.1:9/", "mailto://127.0.0.1/?from=c@b.example&to=a@b.example", "json://127.0.0.1:10/"):
    assert not problem_of(url), url
assert "apprise.plugins.pushover" not in sys.modules and "apprise.plugins.slack" not in sys.modules
assert not problem_of("tgram://123456789:abcdefg_hijklmnop/12315544/"), "one of which we know no module"
assert not problem_of("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#oncall")
assert not problem_of("mailto://127.0.0.1/?from=c@b.example&to=a@b.example")
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_where_no_file_can_be_written_a_message_is_sent_all_the_same(tmp_path: Path) -> None:
    program = f"""
import sys, tempfile
from monitor.alerts.delivery.apprise_channel import problem_of
tempfile.tempdir = {str(tmp_path / "gone")!r}
assert not problem_of("json://127.0.0.1:9/")
assert "apprise.plugins.pushover" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_what_is_imported_for_a_scheme_is_what_serves_it_and_the_manual_names_no_other() -> None:
    assert problem_of("no-scheme-of-theirs://x"), "of what is not known all is imported"
    services = NotificationManager()  # type: ignore[no-untyped-call]
    assert {name: services[name].__module__.split(".")[2] for name in MODULES} == dict(MODULES)
    named = set(re.findall(r"`([\w]+)://", (ROOT / "docs" / "channels.md").read_text("utf-8")))
    assert named - {"leftopens"} <= set(MODULES)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("json://127.0.0.1:9/", "could not be connected to"),
        ("json://no-such-host.invalid/", "could not be connected to"),
    ],
)
async def test_who_was_never_reached_has_surely_got_nothing(url: str, reason: str) -> None:
    sent = await OwnProcess(20, os.environ)(outgoing(url))
    assert (sent.outcome, sent.reason) == (Outcome.REFUSED, reason)


async def test_tls_that_cannot_be_verified_is_a_refusal(hook: Webhook) -> None:
    sent = await OwnProcess(20, os.environ)(outgoing(hook.apprise.replace("json:", "jsons:")))
    assert sent.outcome is Outcome.REFUSED
    assert "TLS" in sent.reason


async def test_markup_arrives_as_the_text_that_it_is(hook: Webhook) -> None:
    hostile = OutgoingMessage(
        "c", hook.apprise, mask_text("t"), mask_text("<b>x</b> [y](http://z) @channel \x1b[31m"), "opened", "", None
    )
    await OwnProcess(20, os.environ)(hostile)
    assert hook.received[0].json()["message"].strip() == "‹b›x‹/b› (y)(http://z) (at)channel"


def test_the_logger_that_holds_everything_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    order = {
        "url": "json://127.0.0.1:9/secret",
        "title": "t",
        "body": "b",
        "step": "opened",
        "finding": "",
        "storage": None,
    }
    logger = logging.getLogger("apprise")
    before = logger.handlers[:], logger.propagate, logger.level
    try:
        sent = send(order | {"deadline": 5})
    finally:
        logger.handlers[:], logger.propagate = before[0], before[1]
        logger.setLevel(before[2])
    assert (sent.outcome, sent.reason) == (Outcome.REFUSED, "could not be connected to")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("status", "lines", "outcome"),
    [
        (AppriseResultStatus.SUCCESS, (), Outcome.ACCEPTED),
        (AppriseResultStatus.TIMEOUT, (), Outcome.MAYBE),
        (AppriseResultStatus.PARTIAL, (), Outcome.MAYBE),
        (AppriseResultStatus.NOMATCH, (), Outcome.MISCONFIGURED),
        (AppriseResultStatus.FAILURE, (), Outcome.REFUSED),
        (AppriseResultStatus.FAILURE, ("Failed to send: error=503.",), Outcome.REFUSED),
        (AppriseResultStatus.FAILURE, ("Socket Exception: Read timed out. (read timeout=4.0)",), Outcome.MAYBE),
        (AppriseResultStatus.FAILURE, ("A Connection error occurred sending JSON",), Outcome.MAYBE),
    ],
)
def test_a_failure_is_not_yet_undelivered(
    status: AppriseResultStatus, lines: tuple[str, ...], outcome: Outcome
) -> None:
    assert ended(AppriseResult(status), list(lines)).outcome is outcome


def test_a_text_is_cut_at_its_lines_and_keeps_the_last() -> None:
    body = "\n".join(f"line {number} " + "x" * 60 for number in range(40)) + "\nMore: leftopen show LO-TEST"
    title = "CRITICAL: something (LO-TEST/1)"
    assert fit(title, body, 250, 32768) == (title, body)
    cut_title, cut = fit(title, body, 0, 1024)
    assert cut_title == title
    assert len(cut_title) + len(cut) + 4 <= 1024
    assert cut.endswith("\n…\nMore: leftopen show LO-TEST")
    assert cut.startswith("line 0 ")
    # A text message: the first line alone, whole.
    assert fit(title, body, 0, 160) == ("", title)


def test_paging_services_fold_all_messages_of_a_finding_into_one_incident() -> None:
    url = keyed("pagerduty://key@api?region=eu", "pagerduty", frozenset({"region"}), "LO-TEST")
    service: Any = apprise.Apprise.instantiate(url)
    assert (service.action, service.dedup) == ("map", "LO-TEST")
    url = keyed("opsgenie://00000000-0000-0000-0000-000000000000", "opsgenie", frozenset(), "LO-TEST")
    service = apprise.Apprise.instantiate(url)
    assert (service.action, service.alias) == ("map", "LO-TEST")
    assert keyed("json://host", "json", frozenset(), "LO-TEST") == "json://host"
    assert keyed("pagerduty://k@a?dedup=x&action=map", "pagerduty", frozenset({"dedup", "action"}), "LO") == (
        "pagerduty://k@a?dedup=x&action=map"
    )


async def test_a_paging_service_is_told_of_every_incident_that_ends(
    hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apprise.plugins.pagerduty.PAGERDUTY_API_LOOKUP", {"us": hook.url, "eu": hook.url})
    order = {
        "url": "pagerduty://integration@token", "title": "t", "body": "b", "step": "opened", "finding": "G-abc",
        "closes": ["LO-A", "LO-B"], "storage": None, "deadline": 20,
    }  # fmt: skip
    for step in ("opened", "cleared", "retracted"):
        assert (
            send(order | {"step": step, "closes": [] if step == "opened" else order["closes"]}).outcome
            is Outcome.ACCEPTED
        )
    said = [(one.json()["event_action"], one.json()["dedup_key"]) for one in hook.received]
    ends = [("resolve", "G-abc"), ("resolve", "LO-A"), ("resolve", "LO-B")]
    assert said == [("trigger", "G-abc"), *ends, *ends]
    hook.answer(200, 500)
    sent = send(order | {"step": "cleared"})
    outcome, reason = sent.outcome, sent.reason
    assert (outcome, reason) == (Outcome.MAYBE, "an incident that it ends was not closed: answered 500")
    # Whoever has given a key of their own has one incident for all, and closes it themselves.
    before = len(hook.received)
    send(order | {"step": "cleared", "url": "pagerduty://integration@token?dedup=mine&action=map"})
    assert len(hook.received) == before + 1
