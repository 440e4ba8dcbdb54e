"""Which sounds of a folder are recorded calls, and how many calls they are: one rule for looks and for surveys.

A sound is a recorded call when its name has the shape that a recorder gives (`probes.recognise.people.recordings`);
music and prompts are sounds and no calls. The files of one call (wav and mp3, one file a side) are one call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from probes.recognise.media.kinds import EXTENSIONS, MediaKind
from probes.recognise.people.recordings import call_key, recording

MOST_KEYS: Final = 50_000
"""Sounds that are told apart in one folder; beyond it neighbours alone are, as a sorted page shows them."""
_MOST_SHAPES: Final = 4096
"""Shapes of names that are judged one by one in a folder; those beyond are taken to be what most of the others are."""
_TRIES: Final = 3
_RECORDED: Final = -1
AUDIO: Final = frozenset(ext.encode() for ext, kind in EXTENSIONS.items() if kind is MediaKind.AUDIO)
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_GUID: Final = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_KEYED: Final = re.compile(
    rb"-(?:in|out|all)\.|_[lr]\.|\.[a-z0-9]{2,5}\.|-\d{10}\.\d|/(?:mp3|wav|gsm|ogg|orig)/", re.IGNORECASE
)
"""What may make two names of one format one call: sides, two extensions, Asterisk's unique id, a format's folder."""


class CallCount:
    """Counts the sounds and the recorded calls of one folder, chunk by chunk."""

    def __init__(self, folder: str = "") -> None:
        """`folder` is the path that the names lie in: it can show the day, or that they are music."""
        self._folder = folder
        self._shapes: dict[bytes, int] = {}
        """How many names of a shape were judged and are no recorder's, or `_RECORDED`."""
        self._recorded = 0
        self._keys: set[int] = set()
        self._last = 0
        self.sounds = 0
        """Distinct sounds: several files of one call or piece are one."""
        self.calls = 0
        """Distinct recorded calls among them."""

    def add(self, names: Sequence[bytes]) -> None:
        """Count a chunk of sounds, by their names as the server spells them."""
        if not names:
            return
        lines = b"\n".join(names)
        recorded = self._judged(names, lines)
        keys = self._keys_of(names, lines)
        if keys is None:
            self.sounds += len(names)
            self.calls += sum(recorded)
            return
        room = len(self._keys) < MOST_KEYS
        seen = self._keys if room else {self._last}
        for key, call in zip(keys, recorded, strict=True):
            if key not in seen:
                seen.add(key)
                self.sounds += 1
                self.calls += call
        self._last = keys[-1]

    def _keys_of(self, names: Sequence[bytes], lines: bytes) -> list[int] | None:
        """What is equal for the files of one sound; None where the names show that each is its own."""
        ending = names[0].rpartition(b".")[2]
        alike = lines.count(b"." + ending + b"\n") + 1 == len(names) and lines.endswith(b"." + ending)
        if not alike or not lines.isascii() or b"%" in lines or _KEYED.search(lines):
            return [hash(_key(name.decode("utf-8", "surrogateescape"))) for name in names]
        if len(self._keys) >= MOST_KEYS:
            return None
        return [hash("/" + name.rpartition(b".")[0].decode().lower()) for name in names]

    def _judged(self, names: Sequence[bytes], lines: bytes) -> list[bool]:
        """Which of the names are recorders'. Names that differ in their digits alone are judged by the first few."""
        shapes = lines.translate(_DIGITS).split(b"\n")
        if len(shapes) != len(names):
            return [self._is_recording(name) for name in names]
        if len(set(shapes)) > len(names) // 2:
            # A GUID's letters are as good as digits.
            shapes = _GUID.sub(b"GUID", lines).translate(_DIGITS).split(b"\n")
        known = self._shapes
        for shape, name in zip(shapes, names, strict=True):
            judged = known.get(shape, 0)
            if 0 <= judged < _TRIES and (judged or len(known) < _MOST_SHAPES):
                known[shape] = _RECORDED if self._is_recording(name) else judged + 1
                self._recorded += known[shape] == _RECORDED
        most = _RECORDED if 2 * self._recorded > len(known) else 0
        return [known.get(shape, most) == _RECORDED for shape in shapes]

    def _is_recording(self, name: bytes) -> bool:
        return recording(self._folder + name.decode("utf-8", "surrogateescape")) is not None


def _key(name: str) -> str:
    """What all files of a call have in common; a bucket's names hold their folders."""
    folder, _, name = name.rpartition("/")
    return call_key(f"/{folder}", name)


def is_recorded_call(path: str) -> bool:
    """Whether a single file is a recorded call, by its path: the rule of the counter."""
    count = CallCount(path.rpartition("/")[0] + "/")
    name = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    if name.rpartition(b".")[2].lower() in AUDIO:
        count.add([name])
    return count.calls > 0
