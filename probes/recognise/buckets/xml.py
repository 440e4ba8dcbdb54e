"""XML of object stores, read also where a key holds a character that XML 1.0 forbids."""

from __future__ import annotations

import re

from probes.recognise.listing.structured.xml_tree import Node, parse

# A key may hold any character, and a store that is not asked for, or does not know, encoding-type=url writes it as a
# reference that no XML parser takes (W3C XML 1.0 section 2.2). Such a character is set aside at the end of the last
# private plane and put back after parsing; a body that uses that plane itself is left alone.
_ASIDE = 0x100000
_USED = re.compile(rb"\xf4[\x80-\x8f]")
_FORBIDDEN = re.compile(rb"&#(?:[xX]0{0,8}([0-9a-fA-F]{1,4})|0{0,8}([0-9]{1,5}));|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_AWAY = re.compile("[\U00100000-\U0010ffff]")


def read(body: bytes) -> tuple[Node | None, bool, bool]:
    """The root of a store's XML, whether it was well-formed to its end, and whether characters had to be set aside.

    Texts of a tree that had to be mended go through `mended()`. Raises nothing.
    """
    root, whole = parse(body)
    if whole or _USED.search(body):
        return root, whole, False
    changed, count = _FORBIDDEN.subn(_set_aside, body)
    if not count or changed == body:
        return root, whole, False
    again, sound = parse(changed)
    return again, sound, again is not None


def mended(text: str) -> str:
    """`text` of a mended tree with its forbidden characters put back; halves of one character become that character."""
    if not _AWAY.search(text):
        return text
    back = _AWAY.sub(lambda match: chr(ord(match[0]) - _ASIDE), text)
    return back.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _set_aside(match: re.Match[bytes]) -> bytes:
    if match[1] is None and match[2] is None:
        return chr(_ASIDE + match[0][0]).encode()
    point = int(match[1], 16) if match[1] is not None else int(match[2])
    allowed = point in (0x9, 0xA, 0xD) or 0x20 <= point < 0xD800 or 0xE000 <= point < 0xFFFE or point > 0xFFFF
    return match[0] if allowed else chr(_ASIDE + point).encode()
