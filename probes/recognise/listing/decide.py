"""Whether what was read of a page makes it a listing: structure decides, never a word."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from probes.recognise.listing.doubts.lack import lack_in_family, lie_by_days, why_no_listing
from probes.recognise.listing.doubts.partial import CUT, TWINS, why_partial
from probes.recognise.listing.doubts.unlike import made_when_asked
from probes.recognise.listing.empty import empty
from probes.recognise.listing.family import Family
from probes.recognise.listing.fields.links import Elsewhere, Target, to_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.parents import are_kept_apart, are_parted
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.html.settled import entries, own_folder, settle, shows_path
from probes.recognise.listing.model import Listing, NoListing, Strength
from probes.recognise.listing.points import is_plain, opens, points_of, share
from probes.recognise.media.kinds import DATA, kind_of_name


def judge(page: Page, reading: Reading, family: Family | None, marks: tuple[str, ...] = ()) -> Listing | NoListing:
    """The verdict on one reading of `page`. `marks` is the structure of `family` that the page shows."""
    made_for_us = made_when_asked(reading)
    if made_for_us:
        reading = replace(reading, found=[one for one in reading.found if all(one is not made for made in made_for_us)])
    found = reading.found
    if family is None and found and len(found) < 3 and not any(one.named and is_plain(one) for one in found):
        # A link for uploading beside an empty list is no entry.
        bare = replace(reading, found=[], beyond=[])
        if (seen := empty(page, bare)) and page.names_path and opens(page) and not any(one.spelt for one in found):
            return Listing(reading.kind, (), "" if page.whole else CUT, seen)
    folder, _ = own_folder(found, page.place)
    own = folder in page.place.folders
    # Folders may be shown at a path beside that of their files (`/browse/2024`, `/download/a.wav`).
    spread = family is None and lie_by_days(page, found)
    parted = family is None and (are_parted(page, found) or are_kept_apart(page, found))
    own |= spread or parted
    children = [
        one
        for one in found
        if one.target.parent == folder
        or (spread or parted)
        or (not own and (_beside(one, folder) or _in_script(page, one)))
    ]
    beyond = _beyond(page, reading.beyond, children)
    rows = len(found) + reading.foreign + len(beyond)
    name = family.name if family else reading.kind or "unknown"
    if not children and not beyond:
        partial = "" if page.whole else CUT
        if family is not None and (family.empty(page) and not found):
            return Listing(name, (), partial, (*marks, "no entry"))
        if family is None and not found and (seen := empty(page, reading)):
            return Listing(name, (), partial, seen)
        return NoListing("no link leads to a direct child of the path asked for")
    certain = bool(family and marks and not lack_in_family(page, len(children) / rows, own))
    shown = children + beyond
    for one in shown:
        # A file of a known ending may stand in an element of its folder's.
        unsaid = one.directory is None and not one.folder and kind_of_name(one.target.name) not in DATA
        if unsaid and one.target.path in page.folders:
            one.directory = one.marked = True
    points, said = points_of(page, reading, shown)
    reasons = (*marks, *said, *_counted(reading, children, beyond, rows, page.left_out))
    strength = Strength.CERTAIN
    if not certain:
        lack = why_no_listing(page, reading, shown, children, own, points)
        if lack and not _worth_trying(shown, rows):
            return NoListing(lack)
        named = page.names_path or reading.sort_links >= 2
        strength = Strength.WEAK if lack else Strength.CERTAIN if named and not beyond else Strength.LIKELY
        reasons = (*reasons, lack) if lack else reasons
    whole = [*shown, *_implied(page, found, folder)]
    framed = page.names_path and reading.parent
    made = entries(settle(whole, reading.unit, known=family is not None, framed=framed))
    partial = why_partial(page, made, [*shown, *made_for_us], folder)
    return Listing(name, made, "" if spread and partial == TWINS else partial, reasons, strength)


def _implied(page: Page, found: list[Found], folder: tuple[bytes, ...]) -> list[Found]:
    """The folders that lie between `folder` and what the page links to below it, where rows show paths
    (`2024/jan/a.wav`) or the page shows a whole tree, with each folder's name over what is in it."""
    known = {one.target.name for one in found if one.target.parent == folder}
    made: dict[str, Found] = {}
    shown = [(one.target, shows_path(one)) for one in found]
    for target, told in (*shown, *((target, False) for target, _ in page.children.values())):
        parts = target.parent
        if len(parts) <= len(folder) or parts[: len(folder)] != folder or "?" in target.path:
            continue
        name = to_text(parts[len(folder)])
        if name not in known and name not in made and (told or name in page.summaries):
            path = "/".join(target.path.split("/")[: len(folder) + 2]) + "/"
            made[name] = Found(Target(name, path, folder, True), name, directory=True)
    return list(made.values())


def _beyond(page: Page, rows: list[Found], children: list[Found]) -> list[Found]:
    """The rows that lead elsewhere on the same origin, of the folder that most of them lie in."""
    if not rows or _one_place(page, rows):
        return []
    count = Counter(one.target.parent for one in rows)
    folder = count.most_common(1)[0][0]
    if count[folder] * 2 > len(rows) or len({parent[:-1] for parent in count}) > 1:
        rows = [one for one in rows if one.target.parent == folder or _beside(one, folder)]
    # Else each lies in a folder of its own, below one that all have in common.
    if sum(is_plain(one) or one.sized for one in rows) * 2 < len(rows):
        return []
    # A few links to elsewhere among many children are navigation.
    return rows if len(rows) * 4 >= len(children) or all(one.sized and one.dated for one in rows) else []


def _one_place(page: Page, rows: list[Found]) -> bool:
    """Whether links of several texts all lead to one place, as those of a log's lines do."""
    if len({one.target.path for one in rows}) > 1:
        return False
    wheres = ((page.place.resolve(href, text), text) for href, text in page.links)
    texts = {
        text
        for where, text in wheres
        if isinstance(where, Elsewhere) and where.target is not None and where.target.path == rows[0].target.path
    }
    return len(texts) > 2


def _beside(one: Found, folder: tuple[bytes, ...]) -> bool:
    return bool(one.directory and one.spelt and folder and one.target.parent[:-1] == folder[:-1] and one.target.parent)


def _in_script(page: Page, one: Found) -> bool:
    """Whether a row is a folder that the page's own script shows, where its files lie at a path of their own."""
    return bool(one.target.folderish and one.spelt and one.target.parent in page.place.folders)


def _worth_trying(rows: list[Found], total: int) -> bool:
    """Whether the links of what is no listing may be tried all the same: half of the rows name what they lead to, or
    lead to recordings, documents, archives and the like."""
    several = len(rows) > 1
    named = sum(one.named or (several and kind_of_name(one.target.name) in DATA) for one in rows)
    return named * 2 >= len(rows) and named * 2 >= total


def _counted(reading: Reading, children: list[Found], beyond: list[Found], rows: int, left_out: int) -> tuple[str, ...]:
    parts = [part for part, test in (("date", "dated"), ("size", "sized")) if share(children + beyond, test) >= 0.6]
    said = [
        f"{len(children) + len(beyond) + left_out} rows of "
        + (" and ".join(["link", *parts]) if len(parts) < 2 else "link, date and size"),
        f"{len(children) + left_out} of {rows + left_out} links lead to direct children",
    ]
    if beyond:
        said.append(f"{len(beyond)} lead to another path of the same origin")
    return tuple(said)
