"""Folders whose page shows a part of them: the others that it links to are read as well, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from monitor.store.tables.surveys import FoundFolders
from monitor.surveys.web.counted_page import CountedPage
from monitor.surveys.web.frontier import Folder

MOST_PAGES = 1000
"""Pages of one folder that are read; a script may make up as many as it likes."""
REPEATED = "a page shows what another page of its folder showed"
PAGED = "paged"


class Turned:
    """The pages of folders that were met beside their first ones."""

    def __init__(self, doubts: Counter[str]) -> None:
        """`doubts` counts why there is more than was counted."""
        self._doubts = doubts
        self._pages: dict[str, str] = {}
        """The path of a further page, and that of its folder."""
        self._shown: dict[str, set[bytes]] = {}
        self._count: Counter[str] = Counter()

    @property
    def left(self) -> list[Any]:
        """What is needed to go on later, as JSON values."""
        shown = {base: [one.hex() for one in digests] for base, digests in self._shown.items()}
        return [self._pages, shown]

    def go_on(self, left: Iterable[Any]) -> None:
        """Go on where an earlier part of a survey was."""
        pages, shown = left
        # Earlier releases kept the paths alone: each was that of its folder with a query.
        self._pages = dict(pages) if isinstance(pages, dict) else {one: one.partition("?")[0] for one in pages}
        self._shown = {base: {bytes.fromhex(one) for one in digests} for base, digests in shown.items()}
        self._count = Counter(self._pages.values())

    def is_further(self, path: str) -> bool:
        """Whether a path is that of a further page of a folder, which is no folder of its own."""
        return path in self._pages

    def read(self, folder: Folder, page: CountedPage, add: Callable[[Folder], bool], found: list[FoundFolders]) -> bool:
        """Take the further pages of a folder that are to be read now, by `add`, and note them in `found`. What the page
        counts is mended: it is no folder of its own where it is not the first, and not cut short where all the others
        are read. A further page that links to no other one, and says that there are some, stays cut short.

        False where it shows what another page of its folder did: it must not be counted, and there may be more.
        """
        further = folder.path in self._pages
        if not page.turns and not further:
            return True
        base = self._pages.get(folder.path) or folder.path.partition("?")[0]
        shown = self._shown.setdefault(base, set())
        if further and page.digest in shown:
            self._doubts[REPEATED] += 1
            return False
        shown.add(page.digest)
        page.tally.folders -= further
        new = [path for path in page.turns if path not in self._pages and path != folder.path]
        read = new[: max(0, MOST_PAGES - self._count[base])]
        self._count[base] += len(read)
        self._pages.update(dict.fromkeys(read, base))
        taken = [path for path in read if add(Folder(path, "", folder.depth, folder.above, folder.path))]
        if taken:
            found.append(FoundFolders(folder.path, folder.depth, folder.above, tuple((path, "") for path in taken)))
        if page.partial == PAGED and page.turns and read == new:
            page.partial, page.tally.cut = "", 0
        return True
