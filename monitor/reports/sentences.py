"""The sentences of a report in one language, and how its figures are written."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.messages import formatting
from monitor.alerts.messages.catalogue import say, sentences
from monitor.alerts.messages.text.reason import why_text
from monitor.alerts.routing.recipients import Language
from monitor.inventory.model.assets import DataKind
from monitor.reports.document import Section


class ReportSentences:
    """Sentences of a report in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._sentences = sentences(language, "monitor.reports")

    def __call__(self, key: str, **values: object) -> str:
        return self._sentences[key].format(**values)

    def head(self, key: str) -> tuple[str, ...]:
        """The heads of a table's columns."""
        return tuple(self(f"{key}.head").split("|"))

    def limits(self, *which: str) -> Section:
        """What the report does not prove: it stands on the first page."""
        return Section(self("limits"), tuple(self(f"limit.{one}") for one in which))

    def data(self, kind: DataKind) -> str:
        """What an asset is declared to hold."""
        return str(say(self.language, f"data.{kind.value}"))

    def gap_reason(self, outcome: str) -> str:
        """Why a slot is not conclusive, in words."""
        return why_text(outcome.rpartition(":")[2], self.language)

    def percent(self, part: int, whole: int) -> str:
        """A share, rounded down: 100 % is said of all alone."""
        if not whole:
            return self("nothing")
        text = f"{1000 * part // whole / 10:.1f} %"
        return text if self.language == "en" else text.replace(".", ",")

    def span(self, seconds: float | None) -> str:
        """How long, or a dash."""
        return self("nothing") if seconds is None else str(formatting.span(seconds, self.language))

    def gap(self, length: timedelta) -> str:
        """How long a gap is, or a dash."""
        return self.span(length.total_seconds() or None)


def minute(at: datetime) -> str:
    """A time in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}"
