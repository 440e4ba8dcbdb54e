"""Whether a text that a page shows is a name, whole, cut or prettified: what tells a listing's links from prose."""

from __future__ import annotations

import html
import re
from functools import lru_cache

_CUT = re.compile(r"(?:\.\.>|\.{2,3}|…|->|»)\s*$")
_MIDDLE = re.compile(r"(?<=\S)\s?(?:\.{3,5}|…|\[(?:\.{2,3}|…)\]|~~|\*{3})\s?(?=\S)")
"""What stands for the letters that a name is shown without, between its beginning and its end."""
_OTHER = re.compile(r"[^a-z0-9]+")
_UNSHOWN = re.compile(r"[\x00-\x20\x7f\xa0\ufffd\\]+")


@lru_cache(2048)
def spells(shown: str, name: str) -> bool:
    """Whether `shown` is `name` letter by letter, or as much of it as fits, which a menu (`About us`) is not."""
    return shown == name or _spells(shown, name) or ("&" in name and _spells(shown, html.unescape(name)))


def _spells(shown: str, name: str) -> bool:
    shown = shown.strip().rstrip("/\\")
    cut = _CUT.search(shown)
    if bare(shown) == bare(name) or (cut and bare(name).startswith(bare(shown[: cut.start()]))):
        return True
    if _lacks_its_middle(shown, name):
        return True
    # Folders stand in brackets on some pages, and some show the whole path.
    inner = shown[1:-1] if shown[:1] + shown[-1:] in {"[]", "<>", "()"} else shown.rpartition("/")[2]
    if inner != shown and bare(inner) == bare(name):
        return True
    # Encodings differ between href and text often enough; the ASCII part must still agree.
    return (not shown.isascii() or not name.isascii() or "\ufffd" in shown) and letters(shown) == letters(name)


def _lacks_its_middle(shown: str, name: str) -> bool:
    """Whether `shown` is the beginning and the end of `name` (`A Very Lo...01.mkv`)."""
    parts = _MIDDLE.split(shown, maxsplit=1) if len(shown) < len(name) + _OF_A_MARK else []
    if len(parts) != 2:
        return False
    head, tail, whole = bare(parts[0]), bare(parts[1]), bare(name)
    if len(head) < _LEAST_HEAD or len(tail) < _LEAST_TAIL or len(head) + len(tail) >= len(whole):
        return False
    return whole.startswith(head) and whole.endswith(tail)


_OF_A_MARK = 7
"""Characters that the mark of a cut takes at most."""
_LEAST_HEAD, _LEAST_TAIL = 3, 2


def letters(text: str) -> str:
    """What two spellings of a name have in common whatever their encoding: ASCII letters and digits, lower case."""
    return _OTHER.sub("", text.lower())


def bare(text: str) -> str:
    """`text` without the white space and control characters that a page cannot show."""
    return _UNSHOWN.sub("", text)


def same_name(shown: str, name: str) -> bool:
    """Whether a link's text shows the name it leads to: alike, or cut, or without its ending."""
    shown = shown.strip().rstrip("/")
    if shown == name or not shown:
        return bool(shown)
    cut = _CUT.search(shown)
    if cut:
        shown = shown[: cut.start()]
    if _lacks_its_middle(shown, name):
        return True
    left, right = letters(shown), letters(html.unescape(name) if "&" in name else name)
    if not right or not left:
        return len(shown) <= 2 * len(name) + 8 and not left
    if left == right:
        return True
    if cut:
        return right.startswith(left)
    return (
        (len(left) >= 3 and right.startswith(left) and len(left) * 2 >= len(right))
        or (left.startswith(right) and len(left) <= len(right) + 24 and len(right) >= 3)
        or (len(right) >= 6 and left.endswith(right) and len(left) <= len(right) + 16)
        or (len(left) >= _OF_AN_END and right.endswith(left) and len(left) * 3 >= len(right) and "." in shown)
    )


_OF_AN_END = 8
"""Letters of a name that is shown without its beginning."""
