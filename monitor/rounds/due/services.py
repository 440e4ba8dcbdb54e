"""Which services a round asks: those declared by themselves, and of presets those whose port answered a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.findings.observation import Observation
from monitor.inventory.model.services import SWEEP_EVERY
from monitor.inventory.service_targets import ServicesAt
from monitor.network.budget import Limits
from monitor.rounds.run import Job
from probes.api import ServiceTarget
from probes.registry import service_probe
from probes.services import ports
from probes.services.ports import Sweeping


@dataclass(frozen=True, slots=True)
class LastSweep:
    """What the last sweep of an address found, and when."""

    at: datetime
    found: Sweeping


def service_jobs(
    services: Iterable[ServicesAt],
    sweeps: Mapping[str, LastSweep],
    now: datetime,
    job: Callable[[ServiceTarget], Job],
) -> tuple[tuple[Job, ...], dict[str, dict[int, Job]]]:
    """What is asked at once, and for each sweep that is due what is asked behind it, by port.

    `sweeps` are the last ones, by the sweep as a target. A port with an exposure on file is asked whatever a sweep
    finds: only a look at it can close it.
    """
    jobs: list[Job] = []
    behind: dict[str, dict[int, Job]] = {}
    for at in services:
        jobs += [job(target) for target in at.single]
        jobs += [job(target) for target in at.preset.values() if target.known]
        if at.sweep is None:
            continue
        rest = {port: job(target) for port, target in at.preset.items() if not target.known}
        last = sweeps.get(str(at.sweep))
        if last is not None and last.at <= now < last.at + SWEEP_EVERY and last.found.asked == {*at.sweep.beside}:
            jobs += [one for port, one in rest.items() if port in last.found.answered]
        else:
            jobs.append(job(at.sweep))
            behind[str(at.sweep)] = rest
    return tuple(jobs), behind


def following(behind: Mapping[str, Mapping[int, Job]], seen: Observation) -> tuple[Job, ...]:
    """What is asked behind a sweep: the services whose port answered it."""
    rest = behind.get(str(seen.target)) if behind else None
    if rest is None:
        return ()
    answered = {port for one in seen.verdicts for port in ports.found(one.facts).answered}
    return tuple(job for port, job in rest.items() if port in answered)


def job_of(target: ServiceTarget, key: str, limits: Limits) -> Job:
    """The look at one service."""
    speaks = "service-ports" if target.speaks == ports.KIND else target.speaks
    return Job(service_probe(speaks), target, key, limits)
