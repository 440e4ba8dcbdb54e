"""An access log as the inventory declares it: where its export is, how it is written, and the canary session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.inventory.model.base import Section, Some
from monitor.inventory.values.scalars import Asked, Id, Kind, Port, Reference, Span, Switch, Text, shown, text_of
from monitor.inventory.values.wall_times import Zone
from monitor.inventory.yaml_source import Fault, Loc, entries
from probes.access_log import AccessLog as DeclaredLog
from probes.access_log import CanaryStep, Performed

SignsIn = Literal["anonymous", "bearer", "basic", "cookie"]


def _place_of(value: object) -> str:
    text = text_of(value)
    if not text.startswith("/") or "\0" in text:
        raise ValueError(f"{shown(text)} is not an absolute path on this machine")
    return text


LocalPath = Annotated[str, Kind(_place_of, "absolute path on this machine", pattern="^/")]


class LogActor(Section):
    """An account that its owner made for this, and that does nothing but the canary session."""

    id: Id = Field(description="Short name, such as `clerk`.")
    logged_as: Reference = Field(description="Where the text is by which the log names it. `env:NAME` or `file:/path`.")
    kind: SignsIn = Field(
        default="anonymous",
        description="How leftopen signs in as it: by a token, user and password, or a cookie.",
    )
    credential: Reference | None = Field(
        default=None, description="Where its credential is; left out where its owner performs the session."
    )


class LogObject(Section):
    """A record of a made-up person that the owner keeps for this, and that nobody else opens."""

    id: Id = Field(description="Short name, such as `record-a`.")
    logged_as: Reference = Field(description="Where the text is by which the log names it. `env:NAME` or `file:/path`.")


class LogStep(Section):
    """One action of the canary session, and the row that it must leave."""

    id: Id = Field(description="Short name, such as `start-page`.")
    by: Id = Field(description="The account that acts.")
    get: Asked | None = Field(
        default=None, description="What leftopen asks for; left out: the owner acts, and writes it down in `written`."
    )
    activity: Text | None = Field(
        default=None, description="Activity of its row, as the log writes it; left out: it must leave no row."
    )
    object: Id | None = Field(default=None, description="Object of its row; left out: a row without one.")
    refused: Switch = Field(default=False, description="Whether the portal must refuse it.")


class LogColumns(Section):
    """How a table or JSON calls each field; in JSON, dots lead into an object."""

    id: Text = Field(default="id", description="Unique id of an entry.")
    at: Text = Field(default="at", description="When it was (ISO 8601).")
    actor: Text = Field(default="actor", description="Who acted.")
    activity: Text = Field(default="activity", description="What was done.")
    object: Text = Field(default="object", description="Whose record it was done to.")
    system: Text = Field(default="system", description="The system that logged it.")
    sequence: Text = Field(default="sequence", description="Running number of the entry.")

    def named(self) -> dict[str, str]:
        """The name of each field."""
        return dict(self.model_dump())


class AccessLog(Section):
    """The access log of a host, exported by its owner, held against what canary accounts did."""

    file: LocalPath | None = Field(
        default=None, description="File, or folder whose newest file is read: put whole files there, by renaming."
    )
    get: Asked | None = Field(default=None, description="Path on this host where the export is, in place of `file`.")
    kind: SignsIn = Field(default="anonymous", description="How leftopen signs in for the export.")
    credential: Reference | None = Field(default=None, description="Where the credential for the export is.")
    port: Port = Field(default=443, description="The port that is asked for the export and the session.")
    tls: Switch = Field(default=True, description="Whether it is asked in TLS; if not, credentials go in clear.")
    form: Literal["csv", "json-lines", "riv-ta"] = Field(
        default="csv", description="How the export is written; `riv-ta` is the XML of GetLogs."
    )
    columns: LogColumns = Field(default=LogColumns(), description="How a table or JSON calls each field.")
    zone: Zone | None = Field(default=None, description="Time zone of times that say none.")
    numbered: Switch = Field(default=False, description="Whether its sequence numbers must have no gap.")
    delay: Span = Field(
        default=timedelta(hours=24), description="How long it may take until an action is in the export, such as `24h`."
    )
    tolerance: Span = Field(
        default=timedelta(minutes=2), description="By how much the time of a row may differ from that of the action."
    )
    every: Span = Field(default=timedelta(days=1), description="How often leftopen performs the session.")
    actors: Annotated[tuple[LogActor, ...], Some] = Field(description="Canary accounts.")
    objects: tuple[LogObject, ...] = Field(default=(), description="Canary records.")
    session: Annotated[tuple[LogStep, ...], Some] = Field(description="What is done, step by step.")
    written: LocalPath | None = Field(
        default=None,
        description="File in which the owner writes what was done: CSV with columns `at` and `step`, or JSON lines.",
    )

    def value(self, performed: tuple[Performed, ...], due: bool) -> DeclaredLog:
        """The log as a probe knows it: without a secret."""
        steps = tuple(
            CanaryStep(one.id, one.by, one.get or "", one.activity or "", one.object or "", one.refused)
            for one in self.session
        )
        return DeclaredLog(steps, int(self.tolerance.total_seconds()), int(self.delay.total_seconds()), performed, due)


def faults(loc: Loc, written: Any) -> Iterator[Fault]:
    """What does not fit together in a log as it was written: names given twice or to nobody, credentials, places."""
    if not isinstance(written, dict):
        return
    if (written.get("file") is None) == (written.get("get") is None):
        yield Fault(loc, "an access log has either `file` or `get`")
    yield from _credential(loc, written)
    ids: dict[str, list[Any]] = {}
    for key in ("actors", "objects", "session"):
        ids[key] = [one.get("id") for _, one in entries(written, key)]
        for index, one in entries(written, key):
            if ids[key].count(one.get("id")) > 1:
                yield Fault((*loc, key, index, "id"), f"{shown(one.get('id'))} is declared twice")
    if ids["session"] and not any(step.get("activity") for _, step in entries(written, "session")):
        yield Fault((*loc, "session"), "no step leaves a row: say the `activity` of one, or the log proves nothing")
    for index, actor in entries(written, "actors"):
        yield from _credential((*loc, "actors", index), actor)
    for index, step in entries(written, "session"):
        at = (*loc, "session", index)
        if step.get("by") is not None and step["by"] not in ids["actors"]:
            yield Fault((*at, "by"), f"unknown actor {shown(step['by'])}")
        if step.get("object") is not None and step["object"] not in ids["objects"]:
            yield Fault((*at, "object"), f"unknown object {shown(step['object'])}")
        if step.get("object") is not None and step.get("activity") is None:
            yield Fault(at, "a row with an `object` has an `activity` too")
        if step.get("get") is None and written.get("written") is None:
            yield Fault(at, "a step without `get` is performed by the owner: say where it is `written`")


def _credential(loc: Loc, written: dict[str, Any]) -> Iterator[Fault]:
    if (written.get("kind", "anonymous") == "anonymous") != (written.get("credential") is None):
        yield Fault(loc, "a credential belongs to every kind but `anonymous`")
