"""Folders that look like customers of their own: one disk, many customers, and some of whom nobody has told us.

In 2019 three customers lay on one disk, and one of them never knew that it was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from probes.recognise.people.masking import Masked, mask_name

_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_DATE_PART = re.compile(r"\d{1,8}(?:[-_.]\d{1,4}){0,2}\Z")
_FILING_WORDS = """
archive archives audio backup backups calls data export exports files home inbox media monitor mp3 old outbox recordings
records rec share shared sounds storage tmp upload uploads video voice voicemail wav www
"""
_FILING = frozenset(_FILING_WORDS.split())
MOST = 200


class UnknownCustomers:
    """Sees folders go by; keeps the names of those that hold a date tree and are named after nobody declared."""

    def __init__(self, declared: Iterable[str], paths: Iterable[str] = ()) -> None:
        """`declared` are names and ids of parties, assets and hosts: a folder that carries one is no stranger.

        `paths` are declared folders and the default folders of recording products: no folder on the way to one of them,
        or named as one, is a customer.
        """
        self._declared = tuple(filter(None, (_plain(word) for text in declared for word in _words(text))))
        self._known = {_plain(unquote(segment)) for path in paths for segment in path.partition("?")[0].split("/")}
        self.found: dict[str, Masked] = {}
        """What was found, by plain name: the names are somebody's, and stand nowhere else."""

    def see(self, folder: str, children: Iterable[str]) -> None:
        """A folder, and the folders in it (paths)."""
        name = _name(folder)
        if not name or _DATE_PART.match(name) or len(self.found) >= MOST:
            return
        if _plain(name) in _FILING or _plain(name) in self._known:
            return
        if not any(_YEAR.match(_name(child)) for child in children):
            return
        plain = _plain(name)
        if not any(word in plain or plain in word for word in self._declared):
            self.found.setdefault(plain, mask_name(name))

    @property
    def masked(self) -> tuple[Masked, ...]:
        """Folders of undeclared customers, masked; one entry each."""
        return tuple(self.found.values())


def _name(path: str) -> str:
    return unquote(path.partition("?")[0].rstrip("/").rpartition("/")[2])


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s./_-]+", text) if len(word) >= 3 and word.casefold() not in _COMMON]


_COMMON = frozenset({"the", "and", "com", "net", "org", "www", "nas", "example", "region", "ltd", "inc"})
