"""Queries of index scripts: which parameter names a folder or a file, and in what spelling."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.fields.links import segments, to_bytes, to_text
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.media.kinds import DATA, kind_of_name

_SORTS = (
    re.compile(r"C=[NMSD](?:[;&]|&amp;)?O=[AD](?:[;&].{0,60})?"),  # Apache 2, fancyindex, Jetty
    re.compile(r"[NMSDTOP]=[ADadr]"),  # Apache 1.3, WEBrick, Yaws
    re.compile(r"[NMSDnmsd][ADad]"),  # LiteSpeed, CivetWeb
)
_SORT_AMONG = re.compile(
    r"(?:[^=&;]{1,40}=[^&;]{0,200}[&;])*(?:sort|order|sort_?by|sort_?key|sort_?order|sort_?mode|orderby)=[\w.-]*"
    r"(?:[&;][^=&;]{1,40}=[^&;]{0,200})*",
    re.IGNORECASE,
)
"""A sort order among other parameters: entries of scripts carry one too, so it decides last."""
_ACTIONS = {
    *("del", "delete", "remove", "rm", "unlink", "erase", "trash", "rename", "ren", "move", "mv", "copy", "cp"),
    *("chmod", "edit", "upload", "mkdir", "newfile", "newfolder", "logout", "unzip", "ln", "touch"),
}
"""What changes something where the link is followed: never an entry, and never asked for."""
_VERB_AND_OBJECT = re.compile(r"(?<=.)[_-]?(?:file|dir|folder)$")
"""What an action is named with: `deletefile`, `rename_dir`."""
_VERBS = {"action", "act", "do", "cmd", "op", "mode", "task", "func", "a", "cmnd", "command"}
_FOLDER_WORDS = """
    dir path folder d p directory subdir dirname location loc cd fpath root cwd sub browse dossier ordner carpeta rep
    currentdir album prefix map mapp katalog kansio
"""
FOLDER_KEYS = frozenset(_FOLDER_WORDS.split())
"""Parameters by which scripts take the folder to list."""
FILE_KEYS = frozenset({"file", "filename", "download", "get", "dl", "view", "name", "fichier", "src", "item", "fil"})
"""Parameters by which they take a file to show or send."""
EITHER_KEYS = frozenset({"f", "open", "b", "action", "go", ""})
"""Parameters that some use for the one and some for the other."""


PAGE_KEY = re.compile(
    r"(?i)p|pg|pn|(?:current_?)?page(?:_?(?:id|no|num|number|index))?|paged|seite|sida|pagina|side|sivu"
)
"""Parameters by which lists take the number of the page to show."""


def orders(given: dict[str, str]) -> bool:
    """Whether a parameter that some use for folders is the direction of a sort order here (`?order=name&dir=desc`)."""
    direction = any(given.get(key, "").lower() in {"asc", "desc", "ascending", "descending"} for key in ("dir", "d"))
    return direction and any(re.fullmatch(r"(?i)(?:sort|order)(?:_?by|_?key)?|column|col|by", key) for key in given)


def pages(given: dict[str, str], shown: str) -> bool:
    """Whether a link turns the page of a list (`?page=2`, which shows `2`), and names no entry."""
    return any(
        len(key) > 1 and PAGE_KEY.fullmatch(key) is not None and value.isdigit() and shown in {value, ""}
        for key, value in given.items()
    )


def sorts(query: str) -> bool:
    """Whether a query is a column's sort link of a known server."""
    return any(pattern.fullmatch(query) for pattern in _SORTS) or _SORT_BY.fullmatch(query) is not None


_SORT_BY = re.compile(r"(?i)(?:sort|order)(?:_?by|_?key)?=(?:[+-]|%2b)[a-z_]{1,20}")
"""A column with its direction as a sign: `sort=+Name`."""


def sorts_among(query: str) -> bool:
    """Whether a query holds a sort order beside whatever else it holds."""
    return _SORT_AMONG.fullmatch(query) is not None


def acts(script: str, parameters: dict[str, str]) -> bool:
    """Whether following the link would change something (`?del=a.wav`, `rename.php?f=a.wav`)."""
    if _VERB_AND_OBJECT.sub("", script.lower().partition(".")[0]) in _ACTIONS:
        return True
    for key, value in parameters.items():
        low = key.lower()
        if low in _ACTIONS or (low in _VERBS and value.lower() in _ACTIONS):
            return True
    return False


_COMMAND_WORDS = """
    reboot restart reset shutdown poweroff halt stop kill terminate purge wipe flush clear reload restore send resend
    dial originate hangup signout logoff unsubscribe unregister save create add insert update replace apply enable
    disable toggle approve reject cancel trigger execute provision run generate sync mark sendmail sendsms sendfax
"""
_COMMANDS = frozenset(_COMMAND_WORDS.split())
"""What a program or a device is told to do."""
_WORDS_OF_STEP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def commands(step: str, given: dict[str, str]) -> bool:
    """Whether a request tells a program to do something, by the first or the last word of its path's last step
    (`/api/reboot`, `/sendMail.cgi`, `/factory-reset`) or by a parameter for that (`?cmd=Reboot`)."""
    told = [step.partition(".")[0], *(value for key, value in given.items() if key.lower() in _VERBS)]
    words = [[one.lower() for one in _WORDS_OF_STEP.findall(text[:64])] for text in told]
    return any(one in _COMMANDS or one in _ACTIONS for found in words for one in (*found[:1], *found[-1:]))


def chooses(given: dict[str, str], key: str) -> bool:
    """Whether a parameter tells the script what to do with what the others name (`?p=core.git;a=commit;h=4f2c`)."""
    value = given[key]
    return (
        key.lower() in _VERBS
        and _WORD.fullmatch(value) is not None
        and (value.lower() in _SHOWS or any(given[other] for other in given if other != key))
    )


_SHOWS = {"list", "show", "view", "browse", "index", "home", "dir", "ls"}
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]*")


def parameters(query: str) -> dict[str, str]:
    """The parameters of a query as they are spelled, the first of a name; a query without names is the value of ``."""
    found: dict[str, str] = {}
    for part in re.split("[&;]", query)[:40]:
        key, equals, value = part.partition("=")
        if not equals and part:
            # `?/folder/` and `?folder`: scripts that take the whole query for the path.
            key, value = "", part
        if key not in found:
            found[key] = value
    return found


_DRIVE = re.compile(r"^[A-Za-z]:(?=/|$)")
"""The drive of a memory card or of Windows: what it is called is no folder."""


def readings(value: str, shown: str = "") -> list[str]:
    """What a parameter's value may mean as a path, ready for `segments`; first what ends as is shown.

    As it stands, with `+` for a blank, escaped twice, and out of base64.
    """
    plain = _DRIVE.sub("", to_text(unquote_to_bytes(to_bytes(value))).replace("\\", "/"))
    found = [plain]
    if "+" in value:
        found.append(to_text(unquote_to_bytes(to_bytes(value.replace("+", " ")))).replace("\\", "/"))
    if "%" in plain:
        found.append(to_text(unquote_to_bytes(to_bytes(plain))))
    if len(plain) >= 4 and "/" not in plain and re.fullmatch(r"[A-Za-z0-9+_=-]+", plain):
        text = _out_of_base64(plain)
        if text and ("/" in text or (shown and spells(shown, _last(text)))):
            found.append(text)
    if shown and len(found) > 1:
        found.sort(key=lambda one: (_last(one) != shown, not spells(shown, _last(one))))
    return [one.replace("%", "%25") for one in found]


def own_values(value: str) -> list[tuple[bytes, ...]]:
    """Every folder that a parameter of the page's own URL may mean, base64 of any printable text among them."""
    found = [segments(one) for one in readings(value)]
    plain = to_text(unquote_to_bytes(to_bytes(value)))
    if len(plain) >= 4 and re.fullmatch(r"[A-Za-z0-9+_=-]+", plain) and (text := _out_of_base64(plain)):
        found.append(segments(text.replace("%", "%25")))
    return list(dict.fromkeys(found))


def _packed(value: str) -> str:
    """The text that a long value holds in base64, ready for `segments`; nothing where it is none."""
    plain = to_text(unquote_to_bytes(to_bytes(value))) if len(value) >= _LEAST_PACKED else ""
    return _out_of_base64(plain).replace("%", "%25") if re.fullmatch(r"[A-Za-z0-9+/_=-]+", plain) else ""


_LEAST_PACKED = 8


def packed_name(value: str) -> str:
    """The path of a file or folder that a parameter's value holds in base64 of UTF-8; nothing where it holds none."""
    plain = to_text(unquote_to_bytes(to_bytes(value)))
    if len(plain) < _LEAST_PACKED or "." in plain or not re.fullmatch(r"[A-Za-z0-9+/_=-]+", plain):
        return ""
    text = _out_of_base64(plain)
    looks = text.isascii() and re.search(r"/|\.[A-Za-z0-9]{2,5}\Z", text) is not None
    return text if looks and packed_as(plain, text) == plain else ""


def packed_as(value: str, text: str) -> str:
    """`text` in base64 as `value` is: with its alphabet, and padded where that is."""
    plain = to_text(unquote_to_bytes(to_bytes(value)))
    made = base64.b64encode(text.encode("utf-8"), b"-_" if "-" in plain or "_" in plain else b"+/").decode("ascii")
    return made if "=" in plain or len(plain) % 4 == 0 else made.rstrip("=")


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _out_of_base64(text: str) -> str:
    altered = b"-_" if "-" in text or "_" in text else None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=altered, validate=True)
        # Programs of Windows keep texts in two bytes a letter: of ASCII every second one is zero.
        wide = len(raw) % 2 == 0 and raw.count(0) * 3 > len(raw)
        decoded = raw.decode("utf-16-be" if wide and raw[0] == 0 else "utf-16-le" if wide else "utf-8")
    except (binascii.Error, ValueError):
        return ""
    return decoded.replace("\\", "/") if decoded.isprintable() else ""


def data_file(given: dict[str, str]) -> str:
    """The one name of a recording, document, archive or the like that stands in a query whatever its link shows."""
    names = {
        to_text(parts[-1])
        for value in given.values()
        for plain in ((value,) if "." in value else (_packed(value),))
        if plain and (parts := segments(readings(plain)[0])) and kind_of_name(to_text(parts[-1])) in DATA
    }
    return names.pop() if len(names) == 1 else ""


def named_by(given: dict[str, str], shown: str) -> tuple[str, str] | None:
    """The parameter whose value ends with the name that the link shows, and that value; the longest path wins."""
    best: tuple[str, str] | None = None
    for key, value in given.items():
        if chooses(given, key) or key.lower() in _REVISION_KEYS:
            continue
        for reading in readings(value, shown) if value else ():
            parts = segments(reading)
            if parts and key.lower() in FILE_KEYS and _is_short(shown, to_text(parts[-1])):
                return key, reading.rstrip("/").removesuffix(_last(reading)) + shown.replace("%", "%25")
            if parts and spells(shown, to_text(parts[-1])):
                if best is None or len(parts) > len(segments(best[1])):
                    best = key, reading
                break
    return best


_REVISION_KEYS = {"revision", "rev", "pathrev"}
"""Parameters by which a version is chosen: its number is no name."""


_SHORT = re.compile(r"[A-Z0-9_~$@!(){}&-]{1,8}\.[A-Z0-9_~-]{1,3}")


def _is_short(name: str, short: str) -> bool:
    """Whether FAT keeps a file's `short` name beside its long `name` (`CALLS2~1.WAV`, `calls 2024.wav`)."""
    if name == short or _SHORT.fullmatch(short) is None:
        return False
    stem, _, end = name.upper().rpartition(".")
    head, tilde, _ = short.partition("~")
    return name.upper() == short or (
        tilde != "" and end[:3] == short.rpartition(".")[2] and re.sub("[ .]", "", stem).startswith(head)
    )
