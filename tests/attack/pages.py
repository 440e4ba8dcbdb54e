"""Thousands of idle and hostile clients of the pages that people open: looks and alerts go on, and the page answers."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

from tests.attack.attack import Outcome
from tests.attack.kills import nothing_lost, whole
from tests.attack.recorders import Recorders, holds, recorders, watching
from tests.servers.launch import free_port

SEED = 20260101
_LINK = re.compile(rb"http://127\.0\.0\.1:\d+/[^\s\"\\<]+")
_HOSTILE = (
    b"GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: attacker.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + b"a" * (1 << 20),
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%00%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //attacker.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT attacker.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    bytes(4096),
)


def pages(amount: int, folder: Path) -> Outcome:
    """`amount` connections that say nothing, and hostile requests between them, while recorders open."""
    outcome = Outcome()
    chance = Random(SEED)
    port = free_port()
    with recorders(folder, 3, clear_looks=1) as made, ExitStack() as clients:
        value = json.loads(made.house.inventory.read_text())
        value["acknowledge"] = {"listen": f"127.0.0.1:{port}", "url": f"http://127.0.0.1:{port}/"}
        made.house.inventory.write_text(json.dumps(value))
        with watching(made, made.house.environment()) as process:
            made.toggle(0)
            outcome.check(holds(lambda: _links(made)), "no link came")
            calm = crowded = _rate(made) if amount >= _CROWD else 0.0
            for number in range(amount):
                if number % max(1, amount // 100) == 0:
                    _hostile(port, _HOSTILE[(number // max(1, amount // 100)) % len(_HOSTILE)], outcome)
                    _hostile(port, f"GET /{chance.randbytes(18).hex()} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), outcome)
                with suppress(OSError):
                    clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                outcome.tried += 1
            if amount >= _CROWD:
                crowded = _rate(made)
                if crowded < calm / 2:
                    outcome.too_slow.append(f"{crowded:.0f} requests a second by looks, and {calm:.0f} before")
            before = made.asked
            made.toggle(1)
            outcome.check(holds(lambda: made.asked > before + 40), "the looks stopped while idle connections were open")
            outcome.check(holds(lambda: len(_links(made)) > 1), "nothing was told while idle connections were open")
            outcome.check(holds(lambda: _answers(made)), "the page of a message did not answer")
            outcome.check(process.poll() is None, "the watch has ended")
            held = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
            outcome.check(held < 400, f"the watch holds {held} descriptors")
        clients.close()
        blind = made.house.ask("run", "inventory.yaml")
        outcome.check(blind.code == 1, f"a round afterwards: {blind.code} {blind.err[-200:]}")
        whole(str(made.house.database), outcome, "at the end")
        nothing_lost(str(made.house.database), made, outcome)
        said = (made.house.folder / "watch.log").read_text()
        at = said.find("Traceback")
        outcome.check(at < 0, said[max(0, at - 300) : at + 3000])
    outcome.measured = f"{held} descriptors held by the watch; the page of a message answered"
    outcome.measured += f"; looks asked {crowded:.0f} times a second, {calm:.0f} before" if crowded else ""
    return outcome


_CROWD = 1000
"""Connections from which on it is measured whether looks slow down."""


def _rate(made: Recorders) -> float:
    """Requests a second that the looks make now."""
    before, since = made.asked, time.monotonic()
    time.sleep(10)
    return (made.asked - before) / (time.monotonic() - since)


def _links(made: Recorders) -> set[bytes]:
    return {link for body in made.hook.bodies for link in _LINK.findall(body)}


def _answers(made: Recorders) -> bool:
    """Whether the page behind a link shows its button. Its own opener: no proxy of the environment."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for link in _links(made):
        with suppress(OSError), opener.open(link.decode(), timeout=20) as page:
            return b"<form" in page.read(1 << 20)
    return False


def _hostile(port: int, says: bytes, outcome: Outcome) -> None:
    """One request that nobody sends by mistake: refused, or closed; never let through, never repeated in an answer."""
    outcome.tried += 1
    got = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.settimeout(10)
        client.sendall(says)
        while len(got) < 65536 and (more := client.recv(4096)):
            got += more
            if b"\r\n\r\n" in got:
                break
    status = got.split(b" ")[1][:3] if got.startswith(b"HTTP/") else b"none"
    outcome.check(not status.startswith((b"2", b"3")), f"{says[:60]!r} was answered {status.decode()}")
    outcome.check(b"attacker.example" not in got and b"root:" not in got, f"{says[:60]!r} is in its answer")
