"""Places that were once seen open: what is asked of them when they are closed now, and what their page still shows."""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Exposed, Known, WebTarget
from probes.reasons import UndecidedReason
from probes.recognise.media.kinds import NO_DATA, kind_of_name
from probes.recognise.pages.page_links import page_links
from probes.requests.http import Answer, Ask, Reply, Response
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
