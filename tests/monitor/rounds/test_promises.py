"""Broken promises, by whole rounds: found, told, and closed when they are kept again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.alerts.delivery.writing import preview
from monitor.findings.finding import Severity, State
from monitor.findings.handling import Action, ActionKind, TriageStatus, fold, signature_of
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application
from monitor.store import queries
from monitor.store.tables import actions
from tests.monitor.network.nameserver import name_server
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

CONTRACT = {
    "id": "care",
    "controller": "vendor",
    "processor": "vendor",
    "authorised_by": "the board",
    "authorised_until": "2099-01-01",
}


def declared(port: int, promises: dict[str, Any], timeouts: dict[str, float] | None = None, **asset: Any) -> Inventory:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [port], "contract": "care", **asset}
    mail = {"id": "vendor-mail", "party": "vendor", "url": "env:NONE"}
    defaults = {"resolvers": ["127.0.0.1:9"], **({"timeouts": timeouts} if timeouts else {})}
    return inventory(nas, channels=[mail], contracts=[{**CONTRACT, "promises": promises}], defaults=defaults)


async def told(app: Application, at: datetime) -> list[tuple[str, str, str]]:
    due = await app.ledger(lambda ledger: ledger.due(at + timedelta(days=1)))
    texts = [preview(app.inventory, one.owed) for one in due]
    return [
        (one.owed.step, one.owed.severity, f"{text.title}\n{text.body}") for one, text in zip(due, texts, strict=True)
    ]


async def test_a_name_of_a_closed_network_that_answers_here_is_found_told_and_closed(tmp_path: Path) -> None:
    at, disk, silent = datetime.now(UTC), Disk({}), False

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None and not silent:
            await talk.say(disk.answer(hit))
        await talk.hang()

    async with listening(serve) as nas:
        async with application(declared(nas.port, {}, reach="sjunet"), tmp_path / "a.db", lambda: at) as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert (finding.kind, finding.severity, finding.state) == ("promise-network", Severity.HIGH, State.EXPOSED)
            ((step, level, text),) = await told(app, at)
            assert (step, level) == ("opened", "high")
            assert "closed network" in text
        # Only what is silent is waited for briefly: an answer has all the time that a busy machine needs.
        silent, brief = True, {"connect": 0.2, "read": 0.2, "ask": 1}
        quiet = declared(nas.port, {}, timeouts=brief, reach="sjunet")
        async with application(quiet, tmp_path / "a.db", lambda: at) as app:
            for _ in range(4):
                at += timedelta(minutes=15)
                await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert finding.state is State.CLEARED


async def test_clear_text_where_tls_was_promised_is_a_finding_and_an_open_folder_breaks_the_promise_of_a_login(
    tmp_path: Path,
) -> None:
    disk = Disk()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with (
        listening(serve) as nas,
        application(declared(nas.port, {"tls": True, "login": True}), tmp_path / "a.db") as app,
    ):
        await app.round()
        kinds = {finding.kind: finding.severity for finding in await app.ledger(lambda ledger: ledger.findings())}
        assert kinds.keys() == {"listing", "promise-tls"}
        assert kinds["promise-tls"] is Severity.MEDIUM
        texts = [text for _, _, text in await told(app, datetime.now(UTC))]
        assert sum("nothing is readable without a login" in text for text in texts) == 1
        assert sum("nothing but TLS was promised" in text for text in texts) == 1


async def test_g4_a_name_of_a_closed_network_with_a_public_address_is_found_and_closed_when_it_is_gone(
    tmp_path: Path,
) -> None:
    at = datetime.now(UTC)
    async with name_server({("nas.test", "A"): ("127.0.0.1",)}) as names:
        nas = {"id": "nas", "host": "nas.test", "ports": [9], "reach": "sjunet", "networks": ["127.0.0.0/8"]}
        asked = {"resolvers": [f"127.0.0.1:{names.port}"]}
        async with application(inventory(nas, defaults=asked), tmp_path / "a.db", lambda: at) as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert (finding.kind, finding.severity, finding.state) == ("promise-name", Severity.MEDIUM, State.EXPOSED)
            names.zone.clear()
            for _ in range(4):
                at += timedelta(minutes=15)
                done = await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert finding.state is State.CLEARED
            assert {line.verdict.why.value for line in done.lines} == {"not-resolved"}, (
                "the promise is kept: no unknown"
            )


async def test_a_name_server_that_fails_says_nothing_of_a_closed_name(tmp_path: Path) -> None:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [9], "reach": "sjunet"}
    async with (
        name_server({}, rcode=2) as names,
        application(inventory(nas, defaults={"resolvers": [f"127.0.0.1:{names.port}"]}), tmp_path / "a.db") as app,
    ):
        (line,) = [one for one in (await app.round()).lines if one.verdict.kind == "promise-name"]
        assert line.verdict.why.value == "dns-failed"


async def test_a_name_that_is_meant_for_the_internet_is_not_judged(tmp_path: Path) -> None:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [9]}
    async with application(inventory(nas), tmp_path / "a.db") as app:
        assert not [one for one in (await app.round()).lines if one.verdict.kind == "promise-name"]


async def test_a_promise_that_leaves_the_inventory_ends_its_findings_and_is_not_told_as_mended(tmp_path: Path) -> None:
    at, disk = datetime.now(UTC), Disk({})

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async def stands(app: Application) -> tuple[State, TriageStatus, list[str], int]:
        (finding,) = await app.ledger(lambda ledger: ledger.findings())
        done = await app.ledger(lambda ledger: actions.of_finding(ledger, finding.id))
        changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
        counted = await app.ledger(actions.still_open)
        return finding.state, fold(done, finding).standing, [one.step.value for one in changes], len(counted)

    async with listening(serve) as nas:
        kept, gone = declared(nas.port, {}, reach="sjunet"), declared(nas.port, {})
        async with application(kept, tmp_path / "a.db", lambda: at) as app:
            await app.round()
            assert await stands(app) == (State.EXPOSED, TriageStatus.NEW, ["opened"], 1)
            for one in await app.ledger(lambda ledger: ledger.due(at + timedelta(days=1))):
                assert one.owed.step == "opened"
        at += timedelta(minutes=15)
        async with application(gone, tmp_path / "a.db", lambda: at) as app:
            for _ in range(6):
                await app.round()
                at += timedelta(minutes=15)
            assert await stands(app) == (State.EXPOSED, TriageStatus.UNPROMISED, ["opened", "unpromised"], 0)
            steps = [(step, text) for step, _, text in await told(app, at)]
            assert [step for step, _ in steps] == ["opened", "unpromised"], "once, to whoever heard of it"
            assert "No longer promised" in steps[1][1]
            assert "not seen mended" in steps[1][1]
        async with application(kept, tmp_path / "a.db", lambda: at) as app:
            await app.round()
            assert await stands(app) == (State.EXPOSED, TriageStatus.NEW, ["opened", "unpromised", "returned"], 1)


async def test_a_promise_that_is_kept_in_the_inventory_or_dismissed_is_not_ended(tmp_path: Path) -> None:
    at, disk = datetime.now(UTC), Disk({})

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with listening(serve) as nas:
        # The contract still promises its network; another promise of it has left the inventory.
        kept = declared(nas.port, {"network": "sjunet", "tls": True})
        async with application(kept, tmp_path / "a.db", lambda: at) as app:
            await app.round()
        at += timedelta(minutes=15)
        async with application(declared(nas.port, {"network": "sjunet"}), tmp_path / "a.db", lambda: at) as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert not await app.ledger(lambda ledger: actions.of_finding(ledger, finding.id))
            why = Action(ActionKind.DISMISSED, at, "Ada", reason="a test", signature=signature_of(finding))
            await app.ledger(lambda ledger: actions.act(ledger, finding.id, lambda *_: why))
        at += timedelta(minutes=15)
        async with application(declared(nas.port, {}), tmp_path / "a.db", lambda: at) as app:
            await app.round()
            done = await app.ledger(lambda ledger: actions.of_finding(ledger, finding.id))
            assert [one.act for one in done] == [ActionKind.DISMISSED], "people have ended it themselves"
