"""Values to words that may leave: numbers, sizes, spans and times, and free text with every name taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.alerts.messages.words import CATALOGUE, TOLD_BY_US
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import is_finding_id
from probes.api import Place
from probes.recognise.people.masking import Masked, mask_name, mask_text

HIDDEN = "…"
FIRST_LINE = 120
"""Characters that a phone shows of a message."""

# Letters, perhaps with a hyphen, or a short number: no slash, dot, underscore or percent sign inside, so no path and no
# file name with its extension can be one of these.
_WORD = re.compile(r"[^\W\d_]{1,24}(?:[-’][^\W\d_]{1,24}){0,3}|\d{1,3}(?:,\d{3}){0,3}|%|[-+=]|…")
_AROUND = re.compile(r"^([(“”’‹]*)(.*?)([)“”’›,.;:!?]*)$", re.DOTALL)
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?Z?|20\d\d-\d\d-\d\d(?:T\d\d:\d\dZ?)?")
_SIZES = ("bytes", "KB", "MB", "GB", "TB", "PB")


def say(language: Language, key: str, **values: Masked) -> Masked:
    """A sentence of the catalogue with its gaps filled: nothing but masked values gets into one."""
    # Catalogue text is ours and every value is masked already, so the whole is. It is not masked once more: a count
    # or a finding's id is no number of a person's, though it may look like one.
    return Masked(CATALOGUE[language][key].format(**values))


def id_of(finding: str) -> Masked:
    """A finding's id, whole: it is made of a hash, so it holds nothing of anybody's; masked it would lead nowhere."""
    return Masked(finding) if is_finding_id(finding) else mask_text(finding)


def ref_of(finding: str, sequence: int) -> Masked:
    """The name of one message in a finding's life, by which a repeat can be recognised."""
    return Masked(f"{id_of(finding)}/{sequence}")


def short(title: Masked) -> Masked:
    """A first line that fits a phone."""
    return title if len(title) <= FIRST_LINE else Masked(title[: FIRST_LINE - 1] + HIDDEN)


def known(language: Language, key: str) -> bool:
    """Whether the catalogue has this sentence."""
    return key in CATALOGUE[language]


def joined(parts: list[Masked], between: str = ", ") -> Masked:
    """Masked parts in a row."""
    return Masked(between.join(parts))


def count(number: int, language: Language) -> Masked:
    """A count with its thousands apart, as the language writes it."""
    return Masked(f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}"))


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
    """How long, in its two largest units."""
    minutes = int(seconds // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return say(language, "span.days", days=count(days, language), hours=Masked(str(hours % 24)))
    if hours:
        return say(language, "span.hours", hours=Masked(str(hours)), minutes=Masked(str(minutes % 60)))
    if minutes:
        return say(language, "span.minutes", minutes=Masked(str(minutes)))
    return say(language, "span.under")


def plain(text: str, place: Place | None = None) -> Masked:
    """Free text of ours with all taken out that could be a name, a number or a path.

    The probes promise not to put a page's words there. This holds when one of them breaks its promise: a token that is
    neither a word nor a short number is hidden, and so is every word of the place's own path.
    """
    private = frozenset(_words_of(place.path)) if place is not None else frozenset()
    out: list[str] = []
    for token in mask_text(text).split():
        match = _AROUND.match(token)
        before, core, after = match.groups() if match else ("", token, "")
        masked = core.strip("x") == "" and len(core) > 1  # what is left of a number that was masked
        fits = not core or ((_WORD.fullmatch(core) or _CLOCK.fullmatch(core)) and not masked)
        if not fits or core.casefold() in private:
            core = HIDDEN
        elif core.isdigit() and len(core) > 1 and out and out[-1].isdigit():
            # A number of a person's written in groups: `070 174 06 05`.
            out[-1] = core = HIDDEN
        if core == HIDDEN and out and out[-1] == HIDDEN and not before:
            out[-1] = HIDDEN + after
            continue
        out.append(f"{before}{core}{after}")
    # Masked above; what was done since only takes away.
    return Masked(" ".join(out).rstrip(". "))


def translated(text: str, language: Language, place: Place | None = None) -> Masked:
    """A sentence of a probe's or a round's in the reader's language, as far as the catalogue knows it."""
    if language == "sv":
        for pattern, words in TOLD_BY_US:
            if match := re.fullmatch(pattern, text):
                return Masked(words.format(*(plain(group, place) for group in match.groups())))
    return plain(text, place)


def _words_of(path: str) -> Iterator[str]:
    for word in re.findall(r"[^\W_]{3,}(?:-[^\W_]+)*", path):
        if HIDDEN in mask_name(word):
            yield word.casefold()
