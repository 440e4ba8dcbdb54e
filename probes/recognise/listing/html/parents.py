"""Whether rows that lie in several folders are one listing all the same: at two paths, or beside a script."""

from __future__ import annotations

from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.points import FILE


def are_parted(page: Page, found: list[Found]) -> bool:
    """Whether folders and files lie at two paths that differ by their first word alone (`/browse/2024` beside
    `/download/a.wav`), and what follows that word is the path of the page or ends it."""
    parents = {one.target.parent for one in found}
    if len(parents) != 2 or not all(parents):
        return False
    folders = {one.target.parent for one in found if one.directory or one.folder}
    files = {one.target.parent for one in found if FILE.search(one.target.name) and one.spelt}
    tails = {one[1:] for one in parents}
    own = page.place.own
    tail = own[1:] if own[:1] in {one[:1] for one in parents} else own
    return len(folders) == len(files) == 1 and folders != files and tails == {tail}


def are_kept_apart(page: Page, found: list[Found]) -> bool:
    """Whether the page's own script shows the folders (`?dir=a`), and all files lie in one other folder below its own
    (`store/a.pdf`): small scripts keep what they show beside themselves."""
    folders = [one for one in found if one.target.folderish and one.target.parent in page.place.folders]
    files = [one for one in found if all(one is not folder for folder in folders)]
    kept = {one.target.parent for one in files}
    return (
        bool(folders)
        and len(kept) == 1
        and kept.isdisjoint(page.place.folders)
        and all(one[: len(page.place.own)] == page.place.own for one in kept)
        and all(one.spelt and FILE.search(one.target.name) for one in files)
    )
