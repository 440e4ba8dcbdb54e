"""Numbers, sizes, spans and times as text, the same in messages, drafts and on the console.

A size is told in units of 1000 bytes (SI; IEC 80000-13 calls those of 1024 KiB), as disks and file managers count them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts.messages.catalogue import say
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import parse_finding_id
from probes.recognise.people.masking import Masked, mask_text

HIDDEN = "…"
FIRST_LINE = 120
"""Characters that a phone shows of a message."""

_SIZES = ("bytes", "KB", "MB", "GB", "TB", "PB")


def id_of(finding: str) -> Masked:
    """A finding's id, whole: it is made of a hash, so it holds nothing of anybody's; masked it would lead nowhere."""
    known = parse_finding_id(finding)
    return Masked(known) if known is not None else mask_text(finding)


def ref_of(finding: str, sequence: int) -> Masked:
    """The name of one message in a finding's life, by which a repeat can be recognised."""
    return Masked(f"{id_of(finding)}/{sequence}")


def short(title: Masked) -> Masked:
    """A first line that fits a phone."""
    return title if len(title) <= FIRST_LINE else Masked(title[: FIRST_LINE - 1] + HIDDEN)


def joined(parts: list[Masked], between: str = ", ") -> Masked:
    """Masked parts in a row."""
    return Masked(between.join(parts))


def count(number: int, language: Language) -> Masked:
    """A count with its thousands apart, as the language writes it."""
    return Masked(f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}"))


def plural(language: Language, key: str, number: int, **values: Masked) -> Masked:
    """A sentence about a number of things: `key.one` for one, else `key.other`, in which `{count}` is the number."""
    return say(language, f"{key}.one" if number == 1 else f"{key}.other", count=count(number, language), **values)


def size(amount: int, language: Language) -> Masked:
    """Bytes, in the unit that leaves one to three digits before the point."""
    value, unit = float(amount), 0
    while value >= 1000 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    if unit == 0:
        return Masked(f"{amount} {'bytes' if language == 'en' else 'byte'}")
    text = f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return Masked(f"{text if language == 'en' else text.replace('.', ',')} {_SIZES[unit]}")


def time(at: datetime) -> Masked:
    """A time in UTC, to the minute."""
    return Masked(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"))


def day(at: datetime) -> Masked:
    """A date in UTC."""
    return Masked(at.astimezone(UTC).strftime("%Y-%m-%d"))


def span(seconds: float, language: Language) -> Masked:
    """How long, in its two largest units: minutes alone below two hours, since half of "0 hours" is no help."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return say(language, "span.under")
    if minutes < 120:
        return say(language, "span.minutes", count=Masked(str(minutes)))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "days"), (hours, "hours"), (minutes, "minutes")][0 if days else 1 :][:2]
    return joined([say(language, f"span.{unit}", count=count(n, language)) for n, unit in parts if n], " ")


def duration(seconds: float) -> str:
    """How long, for the console and `health`: as `span`, but in seconds below a minute."""
    return f"{seconds:.0f} s" if seconds < 60 else str(span(seconds, "en"))
