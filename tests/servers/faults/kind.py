"""What a fault is: a named way of answering, with the right verdict about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.servers.certificates import Kind
from tests.servers.raw import Hit, Serve, Talk

Expect: TypeAlias = Literal["unknown", "clear", "exposed", "not-exposed", "not-clear"]
Verdict: TypeAlias = Literal["unknown", "clear", "exposed"]

ALLOWED: dict[Expect, frozenset[Verdict]] = {
    "unknown": frozenset({"unknown"}),
    "clear": frozenset({"clear"}),
    "exposed": frozenset({"exposed"}),
    "not-exposed": frozenset({"clear", "unknown"}),
    "not-clear": frozenset({"exposed", "unknown"}),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of going wrong."""

    name: str
    expect: Expect
    """The right verdict on `path`."""
    says: str
    """What the server does, in one line."""
    serve: Serve
    path: str = "/"
    """Where to look."""
    file: bool = False
    """`path` is a declared file rather than a folder."""
    tls: bool = False
    """The client is to speak TLS to it."""
    certificate: Kind | None = None
    """The server speaks TLS itself, with such a certificate."""

    def fits(self, verdict: str) -> bool:
        """Whether a verdict is a right one."""
        return verdict in ALLOWED[self.expect]


FAULTS: dict[str, Fault] = {}
"""Every fault by name. `tests.servers.faulty` has imported them all."""

Answering: TypeAlias = Callable[[Talk, Hit], Awaitable[None]]


def fault(
    name: str,
    expect: Expect,
    says: str,
    *,
    path: str = "/",
    file: bool = False,
    tls: bool = False,
    certificate: Kind | None = None,
) -> Callable[[Serve], Serve]:
    """Register a fault that begins before any request is heard."""

    def keep(serve: Serve) -> Serve:
        assert name not in FAULTS
        FAULTS[name] = Fault(
            name, expect, says, serve, path=path, file=file, tls=tls or certificate is not None, certificate=certificate
        )
        return serve

    return keep


def answer(
    name: str, expect: Expect, says: str, *, path: str = "/", file: bool = False, certificate: Kind | None = None
) -> Callable[[Answering], Answering]:
    """Register a fault in the answer to each request."""

    def keep(say: Answering) -> Answering:
        async def serve(talk: Talk) -> None:
            hit = await talk.hear()
            if hit is not None:
                await say(talk, hit)

        fault(name, expect, says, path=path, file=file, certificate=certificate)(serve)
        return say

    return keep


def says(name: str, expect: Expect, what: str, data: bytes, *, path: str = "/", file: bool = False) -> None:
    """Register a fault that answers every request with the same bytes."""

    async def same(talk: Talk, hit: Hit) -> None:
        await talk.say(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if hit.method == "HEAD" else data)

    answer(name, expect, what, path=path, file=file)(same)
