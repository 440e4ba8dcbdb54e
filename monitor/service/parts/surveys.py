"""Measures what was just found open, a few findings at a time, beside the looks: no alert waits for a survey."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application

AT_ONCE = 2
_NOTHING_TO_DO = 60.0


class Surveys:
    """The findings that wait to be measured. Each of `AT_ONCE` parts of the service calls `step`."""

    def __init__(self, app: Application, on_survey: Callable[[SurveyResult], None]) -> None:
        self._app = app
        self._on_survey = on_survey
        self._waiting: asyncio.Queue[Finding] = asyncio.Queue()
        self._known: set[str] = set()
        self._running: dict[Finding, asyncio.Task[SurveyResult | None]] = {}
        self._went_on = False

    def add(self, changed: Iterable[Finding]) -> None:
        """Measure those of the findings that are to be measured by themselves, once there is room."""
        for finding in self._app.surveyable(changed):
            if finding.id not in self._known:
                self._known.add(finding.id)
                self._waiting.put_nowait(finding)

    def reloaded(self, before: Inventory, after: Inventory) -> None:
        """Stop measuring at assets that are no longer declared as they were: what was allowed then may not be now."""
        was = {asset.id: asset for asset in before.assets}
        same = {asset.id for asset in after.assets if was.get(asset.id) == asset}
        for finding, task in self._running.items():
            if finding.asset not in same:
                task.cancel()

    async def step(self) -> float:
        """Measure the next finding. A survey that is broken off goes on where it was at the next start."""
        if not self._went_on:
            self.add(await self._app.left_unmeasured())
            self._went_on = True
        try:
            finding = await asyncio.wait_for(self._waiting.get(), _NOTHING_TO_DO)
        except TimeoutError:
            return 0.0
        task = asyncio.create_task(self._app.survey(finding))
        self._running[finding] = task
        try:
            await asyncio.wait({task})
            surveyed = None if task.cancelled() else task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._running.pop(finding, None)
            self._known.discard(finding.id)
        if surveyed is not None:
            self._on_survey(surveyed)
        return 0.0
