"""What was counted of one folder's page: a value that passes between processes, and is added up by a crawl."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from monitor.findings.reach.folder_count import FolderCount
from monitor.findings.reach.tally import Tally
from probes.recognise.listing.streaming.rows import MOST_FOLDERS, spelled
from probes.recognise.listing.streaming.whole_page import read_whole


@dataclass(frozen=True, slots=True)
class WholePageOrder:
    """A page that is to be read as a whole, without its body."""

    url: str
    path: str
    headers: tuple[tuple[str, str], ...]
    status: int
    whole: bool
    """Whether its body came to its end."""
    key: bytes
    """Keys the digest of its names."""
    sampled: int
    """In how many names identifiers are looked for."""
    weak: bool = False
    """Whether links that nothing makes a listing count too: the place was proven by such a page."""

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "url": self.url,
            "path": self.path,
            "headers": self.headers,
            "status": self.status,
            "whole": self.whole,
            "key": self.key.hex(),
            "sampled": self.sampled,
            "weak": self.weak,
        }

    @classmethod
    def load(cls, value: dict[str, Any]) -> Self:
        """The order that `dump` wrote."""
        headers = tuple((name, text) for name, text in value["headers"])
        return cls(**{**value, "headers": headers, "key": bytes.fromhex(value["key"])})


@dataclass(slots=True)
class CountedPage:
    """The counts of one page. `folders` are the paths and times of the folders in it; `family` is empty when the page
    is no listing, and `partial` says why there is more on it than was counted."""

    tally: Tally
    family: str = ""
    partial: str = ""
    claimed: bool = True
    digest: bytes = b""
    """Of the names in the folder, of files and of folders."""
    folders: list[tuple[str, str]] = field(default_factory=list)
    samples: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By extension the path and size of a sound whose header may be asked for."""
    turns: tuple[str, ...] = ()
    """Further pages of the same folder, where the page is one of several."""

    @property
    def empty(self) -> bool:
        """Whether the page shows neither a file nor a folder."""
        return not (self.tally.files or self.folders)

    @classmethod
    def of(cls, path: str, count: FolderCount, folders: list[tuple[str, str]]) -> Self:
        """What was counted of the folder at `path`."""
        base = path.partition("?")[0]
        base = base[: base.rfind("/") + 1]
        samples = {
            extension: (known or base + spelled(name), size) for extension, (name, known, size) in count.samples.items()
        }
        return cls(count.close(), digest=_digest(count.digest, folders), folders=folders, samples=samples)

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "tally": self.tally.dump(),
            "family": self.family,
            "partial": self.partial,
            "claimed": self.claimed,
            "digest": self.digest.hex(),
            "folders": self.folders,
            "samples": self.samples,
            "turns": self.turns,
        }

    @classmethod
    def load(cls, value: dict[str, Any]) -> Self:
        """The page that `dump` wrote."""
        return cls(
            Tally.load(value["tally"]),
            value["family"],
            value["partial"],
            value["claimed"],
            bytes.fromhex(value["digest"]),
            [(path, time) for path, time in value["folders"]],
            {extension: (path, size) for extension, (path, size) in value["samples"].items()},
            tuple(value["turns"]),
        )


def count_whole(order: WholePageOrder, body: bytes) -> CountedPage:
    """Read a page as a whole and count it. It may take long and much memory: see `page_worker`."""
    page = read_whole(body, order.url, order.headers, order.status, order.whole)
    if not page.family or not (page.claimed or order.weak):
        return CountedPage(Tally(closed=1))
    count = FolderCount(order.key, order.path.partition("?")[0], order.sampled)
    count.add(page.rows)
    counted = CountedPage.of(order.path, count, page.rows.folders[:MOST_FOLDERS])
    counted.family, counted.partial, counted.claimed = page.family, page.partial, page.claimed
    counted.turns = page.turns
    if len(page.rows.folders) > MOST_FOLDERS:
        counted.partial = "more folders than are told of one page"
    return counted


def _digest(files: bytes, folders: list[tuple[str, str]]) -> bytes:
    names = "\n".join(quote(path.rstrip("/").rpartition("/")[2], safe="%=&?") for path, _ in folders)
    return hashlib.blake2b(names.encode(), digest_size=8, key=files).digest()
