"""Hours of sound from sizes: a few files' headers tell how many bytes a second of each format takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import unquote_to_bytes

from monitor.findings.reach.tally import Hours, Tally
from monitor.network.survey.pages import Pages
from monitor.surveys.progress import Sample
from probes.recognise.media.identify import MOST_PREFIX, tell
from probes.recognise.media.kinds import MediaKind, kind_of_name
from probes.requests.http import Request, Response

EACH = 4
"""Headers that are read of each extension, spread over the folders where it was met."""
_MOST_EXTENSIONS = 6


Rate = Callable[[Sample], Awaitable[float | None]]
"""Tells the bytes a second of one file, from its own header; None when it does not tell."""


async def hours_of(tally: Tally, samples: Iterable[Sample], rate_of: Rate) -> Hours | None:
    """An estimate of the hours of sound in `tally`; None when no header told a rate.

    At most 512 bytes of a file are asked for; they are looked at in memory and dropped. A call that lies there as wav
    and as mp3 counts once: only distinct sounds count.
    """
    rates: dict[str, list[float]] = {}
    count = 0
    for extension, chosen in _chosen(samples).items():
        for sample in chosen:
            rate = await rate_of(sample)
            if rate is not None:
                rates.setdefault(extension, []).append(rate)
                count += 1
    if not rates:
        return None
    best = low = high = 0.0
    files = 0
    every = [rate for found in rates.values() for rate in found]
    for extension, (number, size) in tally.by_extension.items():
        if kind_of_name(f"x.{extension}") is not MediaKind.AUDIO or not size:
            continue
        files += number
        # A format of which no header was read lies somewhere between the others.
        found = rates.get(extension, every)
        best += size * len(found) / sum(found)
        low += size / max(found)
        high += size / min(found)
    share = min(1.0, tally.sounds / files) if files and tally.sounds else 1.0
    doubt = 1.0 if tally.sized and tally.exact == tally.sized else 1.05
    return Hours(best * share / 3600, low * share / doubt / 3600, high * share * doubt / 3600, count)


def _chosen(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    by_extension: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_extension[sample.extension].append(sample)
    ordered = sorted(by_extension.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_EXTENSIONS]
    return {extension: found[:: max(1, len(found) // EACH)][:EACH] for extension, found in ordered}


def by_range(pages: Pages) -> Rate:
    """Rates from files of a web server or a store: by Range, and only where HEAD announced ranges."""

    async def rate(sample: Sample) -> float | None:
        head = await pages.read(Request("HEAD", sample.path, said="{sound}"))
        if not isinstance(head, Response) or "bytes" not in head.headers.get("accept-ranges").lower():
            return None
        answer = await pages.read(
            Request("GET", sample.path, MOST_PREFIX, (("Range", f"bytes=0-{MOST_PREFIX - 1}"),), said="{sound}")
        )
        if not isinstance(answer, Response) or answer.status != 206:
            return None
        return _rate(answer.body, sample, answer.type, head.length or 0)

    return rate


def by_first_bytes(first_bytes: Callable[[bytes, int], Awaitable[bytes]]) -> Rate:
    """Rates from files of a file service, whose first bytes are had by their path and how many are wanted."""

    async def rate(sample: Sample) -> float | None:
        body = await first_bytes(unquote_to_bytes(sample.path), MOST_PREFIX)
        return _rate(body, sample, "", sample.size)

    return rate


def _rate(body: bytes, sample: Sample, media_type: str, length: int) -> float | None:
    if not body or not length:
        return None
    told = tell(body, f"x.{sample.extension}", media_type, length)
    return length / told.seconds if told.seconds and told.confirmed else None
