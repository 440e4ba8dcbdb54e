"""Free text, such as a probe's detail, with all taken out that could be a name, a number or a path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.alerts.messages.formatting import HIDDEN
from probes.api import Place
from probes.recognise.people.masking import Masked, mask_name, mask_text

# Letters, perhaps with a hyphen, or a short number: no slash, dot, underscore or percent sign inside, so no path and no
# file name with its extension can be one of these.
_WORD = re.compile(r"[^\W\d_]{1,24}(?:[-’][^\W\d_]{1,24}){0,3}|\d{1,3}(?:,\d{3}){0,3}|%|[-+=]|…")
_AROUND = re.compile(r"^([(“”’‹]*)(.*?)([)“”’›,.;:!?]*)$", re.DOTALL)
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?Z?|20\d\d-\d\d-\d\d(?:T\d\d:\d\dZ?)?")


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


def _words_of(path: str) -> Iterator[str]:
    for word in re.findall(r"[^\W_]{3,}(?:-[^\W_]+)*", path):
        if HIDDEN in mask_name(word):
            yield word.casefold()
