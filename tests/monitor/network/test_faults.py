"""Every way in which a server goes wrong, through the real driver and probes: never clear, never a false find."""

from __future__ import annotations

import asyncio
import time

import pytest

from monitor.findings.observation import Observation
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import LIMITS, look, target, verdict_word
from tests.servers.faulty import FAULTS, faulty

WAITED_FOR = {
    *("429-after-first", "429-date", "429-seconds", "503-retry", "canary-hangs", "silent", "slow-body", "slow-drip"),
    *("stalls-in-body", "tar-pit", "tls-hangs", "twin-slow"),
}
"""What these do takes seconds and nothing of the processor: they are looked at side by side."""
FOLDERS = [name for name, fault in FAULTS.items() if not fault.file]
FILES = [name for name, fault in FAULTS.items() if fault.file]


async def seen(name: str, *, file: bool) -> tuple[Observation, float]:
    """One look at one fault, and how much of the processor it took."""
    fault = FAULTS[name]
    async with faulty(name) as server:
        place = {"paths": (fault.path,), "declared": (fault.path,)} if not file else {"files": (fault.path,)}
        at = target(server, tls=fault.tls, **place)
        begun = time.process_time()
        observation = await look(HTTP_MEDIA if file else HTTP_LISTING, at)
        took = time.process_time() - begun
        for hit in server.hits:
            assert hit.method in ("GET", "HEAD", "PROPFIND")
    return observation, took


TRULY_OPEN = {"wrong-charset"}
"""Open disks that a careful reader reads all the same: its own byte order mark says UTF-16, and the files answer."""


def judged(name: str, observation: Observation, took: float) -> None:
    """The verdict is a right one, of one verdict, within the dialogue's bounds."""
    assert len(observation.verdicts) == 1
    verdict = observation.verdicts[0]
    fits = FAULTS[name].fits(verdict_word(verdict)) or (name in TRULY_OPEN and verdict_word(verdict) == "exposed")
    assert fits, f"{name}: {verdict_word(verdict)}, {verdict.why.value} ({FAULTS[name].says})"
    assert verdict.why.value != "bug-of-ours", verdict
    assert len(observation.asked) <= LIMITS.requests
    assert took < LIMITS.seconds + 2


@pytest.mark.parametrize("name", [name for name in FOLDERS if name not in WAITED_FOR])
async def test_a_fault_of_a_folder_is_judged_rightly(name: str) -> None:
    judged(name, *await seen(name, file=False))


@pytest.mark.parametrize("name", FILES)
async def test_a_fault_of_a_file_is_judged_rightly(name: str) -> None:
    judged(name, *await seen(name, file=True))


async def test_faults_that_are_waited_for_are_judged_rightly() -> None:
    assert set(FOLDERS) >= WAITED_FOR
    names = sorted(WAITED_FOR)
    for name, (observation, took) in zip(
        names, await asyncio.gather(*(seen(name, file=False) for name in names)), strict=True
    ):
        judged(name, observation, took)


NOT_OURS = {name for name, fault in FAULTS.items() if fault.expect in ("unknown", "not-clear")}


async def never_clear_for_silence(name: str) -> None:
    """A look at a file of ours behind that server."""
    fault = FAULTS[name]
    async with faulty(name) as server:
        observation = await look(HTTP_MEDIA, target(server, tls=fault.tls, files=("/call.wav",)))
    verdict = observation.verdicts[0]
    assert verdict.why.value != "bug-of-ours", verdict
    if verdict_word(verdict) == "clear":
        # These answer in order, and refuse the file: a clear look at it, whatever is wrong with the folder.
        assert verdict.why.value in (
            "not-found", "forbidden", "login-demanded", "client-certificate-demanded", "leads-elsewhere",
            "looked-at-there",  # it leads to the root, which has a verdict of its own
        ), verdict  # fmt: skip
        assert any(a.outcome[:2] in ("30", "40", "41") for a in observation.asked), observation.asked


@pytest.mark.parametrize("name", sorted(NOT_OURS & set(FOLDERS) - WAITED_FOR))
async def test_a_file_behind_a_broken_server_is_never_clear_for_silence(name: str) -> None:
    await never_clear_for_silence(name)


async def test_a_file_behind_a_server_that_is_waited_for_is_never_clear_for_silence() -> None:
    await asyncio.gather(*(never_clear_for_silence(name) for name in sorted(NOT_OURS & WAITED_FOR)))
