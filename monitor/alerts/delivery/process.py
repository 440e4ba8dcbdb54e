"""One delivery in a short-lived process of its own: nothing that hangs, leaks or dies in it can touch another delivery.

The parent hands the apprise URL and the text over stdin (never argv or environment), reads one line of JSON, and kills
the whole process group at the deadline. Run as `python -m monitor.alerts.delivery.process` this file is the child.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from monitor.alerts.delivery import webhook
from monitor.alerts.delivery.ended import Ended
from monitor.alerts.delivery.webhook import is_ours
from monitor.inventory.values.keep_out import WHY, keep_out
from monitor.store.messages.queued import Outcome
from probes.recognise.people.masking import Masked, mask_text

if TYPE_CHECKING:
    import asyncio

DEADLINE = 30.0
"""Seconds for one delivery, from the start of its process to its result."""
MOST_MEMORY = 512 << 20
"""Bytes that a delivery's process may use; one takes 40 MiB. A mail server can answer lines without end."""
_MOST_OUTPUT = 16 * 1024
_LONGEST_REASON = 200
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message on its way to one channel. Its address is a secret and is not part of its repr."""

    channel: str
    url: str = field(repr=False)
    title: Masked
    body: Masked
    step: str
    finding: str
    storage: Path | None = None
    """A folder of the channel's own, for services that must remember what they opened in order to close it."""
    closes: tuple[str, ...] = ()
    """Further incidents of a paging service that end with this message, such as that of the group that opened it."""
    salt: str = field(default="", repr=False)
    """Of this message alone: addresses are told apart by their keyed digests, since they are stored."""
    link: str = field(default="", repr=False)
    """The one link to follow, for a service that takes the first line alone."""
    taken: tuple[str, ...] = ()
    """The digests of addresses that took it at an earlier try: they are not sent it again."""
    key: str = ""
    """The name of the message: the same at every try."""
    fields: str = ""
    """The message as JSON, for our own webhook."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a delivery ended, with a reason in our own words: never the address, a token or the text."""

    outcome: Outcome
    reason: Masked
    taken: tuple[str, ...] = ()
    """The digests of the addresses that took it, where the others did not."""
    permanent: bool = False
    """Whether the far end said that trying again is no use (SMTP 5xx, RFC 5321 section 4.2.1)."""
    wait: float = 0.0
    """Seconds for which the far end asked to be left alone (Retry-After); 0: it did not ask."""


class Sender(Protocol):
    """Whatever brings a message to its channel. It never raises for anything that the far end does."""

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent: ...


@dataclass(frozen=True, slots=True)
class OwnProcess:
    """The real sender."""

    deadline: float = DEADLINE
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        """Send it, and say how that ended."""
        order = {
            "url": outgoing.url,
            "title": outgoing.title,
            "body": outgoing.body,
            "step": outgoing.step,
            "finding": outgoing.finding,
            "closes": outgoing.closes,
            "salt": outgoing.salt,
            "taken": outgoing.taken,
            "link": outgoing.link,
            "key": outgoing.key,
            "fields": outgoing.fields,
            "storage": str(outgoing.storage) if outgoing.storage else None,
            "deadline": self.deadline,
        }
        try:
            return _read(await in_own_process("monitor.alerts.delivery.process", order, self.deadline, self.environ))
        except OSError as error:
            if isinstance(error, TimeoutError):
                return Sent(Outcome.MAYBE, mask_text(f"no result within {self.deadline:g} seconds: killed"))
            return Sent(Outcome.REFUSED, mask_text(f"no process could be started for it ({error.strerror})"))


async def in_own_process(
    module: str, order: Mapping[str, object], deadline: float, environ: Mapping[str, str]
) -> bytes:
    """Run a module of ours as a child with `order` on its stdin, and bring back what it said on stdout.

    Raises TimeoutError when it was killed at the deadline, and another OSError when it could not be started.
    """
    # Not above: the child waits for nothing side by side, and would take a third of its start to import it.
    import asyncio

    # -E and -s: no variable and no user's folder changes what the child runs.
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-E",
        "-s",
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_bare(environ),
        cwd=_ROOT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(deadline):
            # As it stands: to escape the letters of a long message takes many times as long, and holds the loop.
            return await _talk(child, json.dumps(order, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    finally:
        # The group and not the child alone: a service may have started a process of its own.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _talk(child: asyncio.subprocess.Process, order: bytes) -> bytes:
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  both are pipes
    with suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(order)
        await child.stdin.drain()
    child.stdin.close()
    got = b""
    while len(got) <= _MOST_OUTPUT and (more := await child.stdout.read(4096)):
        got += more
    return got


def _read(output: bytes) -> Sent:
    """What the child said. One that died without a word may have sent before it died."""
    try:
        told = json.loads(output[:_MOST_OUTPUT])
        taken = tuple(str(one) for one in told.get("taken", ()))
        permanent, wait = bool(told.get("permanent")), float(told.get("wait", 0.0))
        return Sent(Outcome(told["outcome"]), mask_text(str(told["reason"])[:_LONGEST_REASON]), taken, permanent, wait)
    except (ValueError, KeyError, TypeError):
        return Sent(Outcome.MAYBE, mask_text("the process ended without a result"))


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    """What a child may know: where programs and certificates are, and nothing else of ours."""
    bare = {key: environ[key] for key in ("PATH", "LANG", "SSL_CERT_FILE") if key in environ}
    if "SSL_CERT_FILE" in bare:
        bare["REQUESTS_CA_BUNDLE"] = bare["SSL_CERT_FILE"]  # requests knows it under this name alone
    # Without this the password of whoever runs us would be looked up in ~/.netrc for every host that is told.
    return bare | {"NETRC": os.devnull, "HOME": os.devnull}


def limit_memory() -> None:
    """This process alone fails when a peer fills its memory: it is the only program that reads what a service sends."""
    # Where no limit may be set the time limit remains.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def _result(ended: Ended) -> bytes:
    return json.dumps(asdict(ended)).encode()


def _send(order: dict[str, Any]) -> Ended:
    # Apprise takes most of a second to import.
    if is_ours(order["url"]):
        return webhook.send(order)
    from monitor.alerts.delivery.apprise_channel import send

    return send(order)


def main() -> None:
    """The child: one order on stdin, one result on stdout, then gone, whatever threads a service has left behind."""
    out = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what a service prints is not our result
    try:
        # All of it, however long: one message may stand for ten thousand findings, and nobody else writes here.
        order = json.loads(sys.stdin.buffer.read())
        # The parent kills us at the deadline; this is for the case that the parent itself was killed.
        signal.setitimer(signal.ITIMER_REAL, order["deadline"] + 2)
        limit_memory()
        refused = keep_out()
        ended = _send(order)
        if refused.times and ended.outcome not in (Outcome.ACCEPTED, Outcome.PARTLY):
            ended = Ended(Outcome.MISCONFIGURED, WHY)
    except Exception as error:  # noqa: BLE001  the process is the border: whatever failed here is a result
        os.write(out, _result(Ended(Outcome.MAYBE, f"a bug on our side: {type(error).__name__}")))
    else:
        os.write(out, _result(ended))
    os._exit(0)


if __name__ == "__main__":
    main()
