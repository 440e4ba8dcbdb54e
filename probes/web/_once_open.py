"""What is on file of a target against what a look sees: what was open and is closed now, and what is newly open."""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Certainty, Exposed, Known, Unknown, Verdict, WebTarget
from probes.reasons import UndecidedReason
from probes.recognise.media.kinds import NO_DATA, kind_of_name
from probes.recognise.pages.page_links import page_links
from probes.requests.http import Answer, Ask, Proven, Reply, Response
from probes.web._outcome import Undecided
from probes.web.proof.listing import still_open

_SEVERAL = 2
"""Links to files that are more than a remark about one."""


def known(target: WebTarget, path: str, kind: str) -> Known | None:
    """What is on file of a place that was seen open."""
    return next((known for known in target.known if (known.path, known.kind) == (path, kind)), None)


def half_fixed(target: WebTarget, path: str, kind: str) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """Whether files that were once seen open at `path` still are; None where all are refused, or none was."""
    before = known(target, path, kind)
    if before is None or not before.witnesses:
        return None
    return (yield from still_open(target, path, before.witnesses, kind))


def shown_still(target: WebTarget, path: str, kind: str, answer: Answer) -> Undecided | None:
    """What a page says that was seen open, and still links to files of the kinds that were: they lie elsewhere now."""
    before = known(target, path, kind)
    if before is None or not isinstance(answer, Response) or answer.status != 200:
        return None
    kinds = {kind_of_name(one) for one in before.witnesses} - NO_DATA
    links = page_links(answer.body, target.url(path), tuple(answer.headers))
    if sum(kind_of_name(one.path) in kinds for one in links) < _SEVERAL:
        return None
    return Undecided(UndecidedReason.ENTRY_UNPROVEN, "names of files are still shown, and lead elsewhere")


class News:
    """Tells, once in a look, what is proven open that is not on file as open: before all the rest is asked for."""

    def __init__(self, target: WebTarget) -> None:
        self._known = {known.path for known in target.known}
        self._open = {known.path for known in target.known if known.open}
        self._above = set(self._open)
        """Places that are open, as far as is known: what lies below one of them is a part of what is found there."""
        self._told = False

    def told(self, verdicts: tuple[Verdict, ...], left: tuple[str, ...]) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
        """The verdicts of a path, told already where they are news and other paths are `left`. What stands below one of
        those waits, and what stands below a place that is open: it may be a part of what is found there."""
        for one in verdicts:
            unseen = isinstance(one, Unknown) and one.place.path in self._known
            if unseen or isinstance(one, Exposed):
                self._above.add(one.place.path)
        proven = [one for one in verdicts if isinstance(one, Exposed) and one.certainty is Certainty.PROVEN]
        new = [one for one in proven if one.place.path not in self._open]
        news = [one for one in new if one.place.path not in left and not _below(one.place.path, (*left, *self._above))]
        if news and left and not self._told:
            self._told = True
            yield Proven(tuple(news))
        return verdicts


def _below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(folder) and path != folder for folder in folders if folder.endswith("/"))
