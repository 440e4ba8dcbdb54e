"""Our own webhook: signed as the manual says, in the form of its schema, and nothing that was learnt is in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.delivery.ended import Ended
from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess
from monitor.alerts.delivery.webhook import problem_of, send
from monitor.alerts.delivery.writing import letter_of
from monitor.alerts.messages.new_messages import ending_message, messages_for
from monitor.alerts.routing.recipients import Recipient
from monitor.findings.finding import Severity, Step
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.facts import Ends
from monitor.store.messages.queued import NewMessage, Outcome
from probes.api import Place
from probes.recognise.people.masking import mask_text
from tests.monitor.alerts.builders import NOON, change, finding, inventory
from tests.servers.webhook import Reply, Webhook, webhook

DOCS = Path(__file__).resolve().parents[3] / "docs"
SCHEMA = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))
SECRET = "correct-horse-battery"  # noqa: S105  of the test alone
LEARNT = "Anna-Andersson-0701740605"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as made:
        yield made


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "leftopen.db")
    yield made
    made.close()


def fields(ledger: Ledger, message: NewMessage) -> str:
    ledger.owe((message,), NOON)
    (due,) = events.messages(ledger, [message.key])
    return letter_of(ledger, inventory(paths=["/calls/"]), due).fields


def news(step: Step = Step.OPENED) -> NewMessage:
    found = replace(finding(), place=Place("nas.voice.example", 443, f"/calls/{LEARNT}/"))
    return messages_for(found, change(step), inventory(paths=["/calls/"]))[0]


def outgoing(hook: Webhook, text: str, secret: str = SECRET) -> OutgoingMessage:
    url = f"leftopen://{secret}@127.0.0.1:{hook.port}/hooks/x?tenant=1"
    said = mask_text("title")
    return OutgoingMessage("siem", url, said, said, "opened", "LO-TDE55YEECK", key="LO-TDE55YEECK/1/siem", fields=text)


def fits(value: Any, schema: dict[str, Any], at: str = "") -> None:
    """The part of JSON Schema that the manual's schema uses; nothing is allowed that it does not name."""
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    wanted = schema.get("type")
    if wanted is not None:
        names = [wanted] if isinstance(wanted, str) else wanted
        assert isinstance(value, tuple(kinds[name] for name in names)), (at, value)
    assert "const" not in schema or value == schema["const"], at
    assert "enum" not in schema or value in schema["enum"], (at, value)
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), (at, value)
    if isinstance(value, dict):
        assert set(schema["required"]) <= value.keys() <= schema["properties"].keys(), at
        for name, one in value.items():
            fits(one, schema["properties"][name], f"{at}.{name}")
    if isinstance(value, list):
        for one in value:
            fits(one, schema["items"], f"{at}[]")


def check_of_the_manual() -> Callable[[bytes, dict[str, str], bytes], bool]:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "webhook.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    room: dict[str, Any] = {}
    exec(compile(code, "webhook.md", "exec"), room)  # noqa: S102  our own manual
    found: Callable[[bytes, dict[str, str], bytes], bool] = room["is_from_leftopen"]
    return found


@pytest.mark.parametrize("step", [Step.OPENED, Step.CLEARED, Step.RETIRED])
def test_a_message_has_the_form_of_the_schema_and_holds_nothing_that_was_learnt(ledger: Ledger, step: Step) -> None:
    text = fields(ledger, news(step))
    value = json.loads(text)
    fits(value, SCHEMA)
    assert LEARNT not in text
    assert value["finding"]["place"].endswith("/calls/…")
    assert (value["event"], value["finding"]["asset"], value["finding"]["owner"]) == (step.value, "voice-nas", "voice")


def test_messages_about_ourselves_have_it_too(ledger: Ledger) -> None:
    facts = Ends("contract", "care", "2026-12-31", 14, ("voice-nas",))
    value = json.loads(fields(ledger, ending_message("ends/x", Recipient("ours", "", "Us"), Severity.MEDIUM, facts)))
    fits(value, SCHEMA)
    assert (value["finding"], value["party"], value["ends"]["days_left"]) == (None, None, 14)


@pytest.mark.parametrize("secret", [SECRET, "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()])
async def test_it_is_signed_as_the_manual_says(ledger: Ledger, hook: Webhook, secret: str) -> None:
    text = fields(ledger, news())
    sent = await OwnProcess()(outgoing(hook, text, secret.replace("=", "%3D").replace("+", "%2B")))
    assert (sent.outcome, sent.reason) == (Outcome.ACCEPTED, "")
    (got,) = hook.received
    assert (got.method, got.path) == ("POST", "/hooks/x?tenant=1")
    assert got.body.decode() == text
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    good = check_of_the_manual()
    assert good(key, got.headers, got.body)
    assert not good(key, got.headers, got.body + b" ")
    assert not good(b"another", got.headers, got.body)
    assert not good(key, got.headers | {"webhook-id": "x"}, got.body)


async def test_any_other_page_is_an_answer_as_any(hook: Webhook) -> None:
    hook.queued.append(
        Reply(200, (("Content-Type", "text/html; charset=utf-8"),), b"<p>Taken. Your password was right.</p>")
    )
    assert (await OwnProcess()(outgoing(hook, "{}"))).outcome is Outcome.ACCEPTED


async def test_a_message_that_stands_for_ten_thousand_findings_is_sent_whole(hook: Webhook) -> None:
    text = json.dumps({"text": "x" * (3 << 20)})
    assert (await OwnProcess()(outgoing(hook, text))).outcome is Outcome.ACCEPTED
    assert hook.received[0].body.decode() == text


async def test_every_try_of_one_message_has_the_same_id(ledger: Ledger, hook: Webhook) -> None:
    text = fields(ledger, news())
    hook.queued.append(Reply(503))
    assert (await OwnProcess()(outgoing(hook, text))).reason == "the webhook answered 503"
    assert (await OwnProcess()(outgoing(hook, text))).outcome is Outcome.ACCEPTED
    assert len({one.headers["webhook-id"] for one in hook.received}) == 1


@pytest.mark.parametrize(
    ("reply", "outcome", "permanent"),
    [
        (Reply(302, (("Location", "/login"),)), Outcome.REFUSED, False),
        (Reply(401), Outcome.REFUSED, False),
        (Reply(410), Outcome.REFUSED, True),
        (
            Reply(200, (("Content-Type", "text/html; charset=utf-8"),), b"<form><input name=p type='password'></form>"),
            Outcome.REFUSED,
            False,
        ),
        (Reply(drop=True), Outcome.MAYBE, False),
    ],
    ids=["redirect", "401", "gone", "login", "dropped"],
)
async def test_what_is_not_taken_is_no_success(hook: Webhook, reply: Reply, outcome: Outcome, permanent: bool) -> None:
    hook.queued.append(reply)
    sent = await OwnProcess()(outgoing(hook, "{}"))
    assert (sent.outcome, sent.permanent) == (outcome, permanent)
    assert len(hook.received) == 1
    assert SECRET not in sent.reason
    assert "127.0.0.1" not in sent.reason


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("leftopens://correct-horse-battery@siem.example/x", ""),
        ("leftopens://short@siem.example/x", "shorter than 16"),
        ("leftopens://siem.example/x", "shorter than 16"),
        ("leftopens://correct-horse-battery@/x", "has no host"),
        ("leftopens://whsec_not-base-64-at-all@siem.example/x", "not base64"),
        ("leftopens://correct-horse-battery@siem.example:port/x", "no URL"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_without_it(url: str, says: str) -> None:
    problem = problem_of(url)
    assert (says in problem) if says else problem == ""
    assert "siem.example" not in problem


def test_an_address_that_is_wrong_is_not_tried() -> None:
    ended = send({"url": "leftopen://short@127.0.0.1:1/x", "fields": "{}", "key": "k", "deadline": 5})
    assert ended == Ended(Outcome.MISCONFIGURED, "the secret before the @ is shorter than 16 characters")
