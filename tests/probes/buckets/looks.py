"""A probe's dialogue held with a real server, or with a script: what both kinds of test of the bucket probes share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from probes.api import BucketTarget, Clear, Dialect, Exposed, Known, Place, Probe, Unknown, Verdict
from probes.requests.http import Answer, Ending, Headers, Request, Response
from probes.testing import play
from tests.probes.buckets.live.states import State
from tests.servers.launch import Server
from tests.servers.stored import send

NONCE = "x4c1d9e77a0b35f26"


def target(dialect: Dialect, root: str, host: str = "store.test", **changed: Any) -> BucketTarget:
    """The bucket at `root`, filed under its own name."""
    bucket = root.rsplit("/", 1)[-1]
    values: dict[str, Any] = {
        "asset": "calls", "dialect": dialect, "host": host, "port": 443, "tls": True, "bucket": bucket, "root": root,
        "filed": Place(host, 443, f"{root}/"), "nonce": NONCE, **changed,
    }  # fmt: skip
    return BucketTarget(**values)


def declared(state: State, server: Server) -> BucketTarget:
    """The target that a state makes when its prefix, key and origins are declared."""
    return target(
        Dialect(state.dialect), state.root, server.host, port=server.port, tls=False, prefixes=(state.prefix,),
        keys=(state.key,), referers=state.referers, account=state.account,
    )  # fmt: skip


def real(server: Server) -> Callable[[Request], Answer]:
    """What a running server answers, cut at what the question would take."""

    def answer(request: Request) -> Answer:
        status, told, body = send(server, request.method, request.path, dict(request.headers), request.body or None)
        ending = Ending.WHOLE if len(body) <= request.take else Ending.CUT
        return Response(status, Headers(tuple(told.items())), body[: request.take], ending, len(body))

    return answer


def decent(asked: list[Request], most: int = 500) -> None:
    """What holds for every question: it reads, it takes little, it carries no credential of ours."""
    assert len(asked) <= most, [request.said or request.path for request in asked]
    for request in asked:
        assert request.method in ("GET", "HEAD")
        assert not request.body
        assert not request.signed
        assert request.take <= 1 << 20
        assert request.path.startswith("/")
        assert request.path.isascii()
        assert not {name.lower() for name, _ in request.headers} & {"authorization", "x-auth-token", "cookie"}
        if "Range" in dict(request.headers):
            assert request.take <= 512


def look(
    probe: Probe[BucketTarget], where: BucketTarget, script: Callable[[Request], Answer], most: int = 40
) -> tuple[Verdict, dict[str, tuple[str, str]], tuple[Verdict, ...], list[Request]]:
    """The bucket's verdict, its checks as verdict and reason, the verdicts beside it, and what was asked."""
    verdicts, asked = play(probe, where, script)
    decent(asked, most)
    first, *rest = verdicts
    assert (first.kind, first.place) == ("bucket", where.filed)
    return first, {check.name: (check.verdict, check.why.value) for check in first.checks}, tuple(rest), asked


def verdict_word(verdict: Verdict) -> str:
    """The word of a verdict."""
    return {Exposed: "exposed", Clear: "clear", Unknown: "unknown"}[type(verdict)]


def known(where: BucketTarget, *witnesses: str) -> tuple[Known, ...]:
    """An exposure of the bucket on file."""
    return (Known(where.filed.path, witnesses),)
