"""A channel's address that leads to where no receiver is: metadata, link-local, files, others behind a redirect."""

from __future__ import annotations

import os
from contextlib import nullcontext

import pytest

from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess, Sent
from monitor.inventory.values.keep_out import WHY, KeptOut
from monitor.store.messages.queued import Outcome
from probes.recognise.people.masking import mask_text
from tests.servers.listener import Listener
from tests.servers.webhook import Webhook

_SECRET = "hemligt-ord-8812"  # noqa: S105  what must be said nowhere


async def _sent(url: str) -> Sent:
    message = OutgoingMessage("c", url, mask_text("the title"), mask_text("the body"), "opened", "LO-TEST", None)
    return await OwnProcess(20, os.environ)(message)


@pytest.mark.parametrize(
    "url",
    [
        f"json://hooks.example:{_SECRET}@169.254.169.254/latest/",
        f"leftopen://{_SECRET}@169.254.169.254/latest",
        f"leftopen://{_SECRET}@100.100.100.200/",
        f"leftopen://{_SECRET}@0xa9fea9fe/",
        f"leftopen://{_SECRET}@2852039166/",
        f"mailto://{_SECRET}:x@169.254.169.254:25?to=a@b.example",
    ],
)
async def test_no_message_goes_to_a_metadata_service_or_a_link_local_address(url: str) -> None:
    sent = await _sent(url)
    assert (sent.outcome, sent.reason) == (Outcome.MISCONFIGURED, WHY)


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("169.254.169.254", True),
        ("::ffff:169.254.169.254", True),
        ("64:ff9b::a9fe:a9fe", True),
        ("2002:a9fe:a9fe::1", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("127.0.0.1", False),  # a mail server of the same machine
        ("10.0.0.5", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
    ],
)
def test_what_is_connected_to_is_judged_however_it_is_written(host: str, refused: bool) -> None:
    guard = KeptOut()
    for event in ("socket.connect", "socket.sendto"):
        with pytest.raises(PermissionError) if refused else nullcontext():
            guard(event, (None, (host, 80)))
    guard("socket.bind", (None, (host, 80)))
    guard("socket.connect", (None, "/run/a.socket"))
    assert guard.times == 2 * refused


@pytest.mark.parametrize("url", [f"{scheme}{_SECRET}" for scheme in ("file:///etc/", "gopher://127.0.0.1:25/")])
async def test_what_is_no_channel_is_refused_and_not_repeated(url: str) -> None:
    sent = await _sent(url)
    assert sent.outcome is Outcome.MISCONFIGURED
    assert _SECRET not in sent.reason


async def test_userinfo_leads_nowhere_else_and_no_redirect_is_followed(hook: Webhook, never: Listener) -> None:
    for scheme, more in (("json", ""), ("leftopen", ""), ("json", "?redirect=yes")):
        for status in (302, 307):
            if not more:
                hook.redirect(f"http://127.0.0.1:{never.port}/latest/meta-data/", status)
        before = len(hook.received)
        sent = await _sent(f"{scheme}://127.0.0.1%3A{never.port}:{_SECRET}@127.0.0.1:{hook.port}/hook{more}")
        assert sent.outcome in (Outcome.REFUSED, Outcome.MISCONFIGURED)
        assert len(hook.received) == before + (not more and sent.outcome is Outcome.REFUSED)
        assert _SECRET not in sent.reason
        hook.queued.clear()
    assert never.connections == []
