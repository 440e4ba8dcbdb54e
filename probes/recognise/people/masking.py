"""The one module that makes `Masked`: names, paths and free text, reduced to what may leave this machine."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NewType
from urllib.parse import unquote

from probes.recognise.media.kinds import EXTENSIONS

Masked = NewType("Masked", str)
"""Text that holds no person's name, number or address, and nothing that a terminal or a browser would act on."""

_LONGEST_NAME: Final = 512
_LONGEST_SHOWN: Final = 120
_LONGEST_PATH: Final = 4096
_LONGEST_TEXT: Final = 4000

# Words of software and of filing, none of them a person's or a customer's name. (No month names: Jan, Mai and August
# are people too.)
_HARMLESS: Final = frozenset(
    """
    all archive archives asterisk audio auto backup backups bak bucket calendar call callrec callrecordings
    callrecords calls conf config customers daily data db default dicom dictate dictation docs documents done
    download downloads dump dumps env error export exports ext exten external fax files force freeswitch gdpr
    grabaciones home hourly htdocs id images img import in inbound inbox index inkommande inspelningar internal
    invoices journal journaler journals leads log logs mail media meetme messages mobile monitor monitordone monthly
    mp3 msg music new old orig originals out outbound outgoing patient patienter patients pbx photo photos pictures
    private public q queue rec recapi record recording recordings records reports rg samtal scan scans share shared
    sounds spool sql static storage system tel temp test tmp transcripts unavail upload uploads urgent users var
    vicidial video videos voice voicemail wav web weekly work www yearly
    """.split()  # noqa: SIM905
)
_TOKENS: Final = re.compile(r"[^\W_]+|[\W_]")
_WORD_AND_DIGITS: Final = re.compile(r"([^\W\d_]*)(\d*)\Z")
_SEPARATORS: Final = frozenset("-_. ()+,=~")
_YEAR: Final = re.compile(r"20[0-3][0-9]\Z")
_MONTH_OR_DAY: Final = re.compile(r"[0-3][0-9]\Z")
_SHOWN_DIGITS = 2
_SHOWN_IN_ALL = 4  # a number with words between its parts is a number still
_HIDDEN: Final = "…"
_LONGEST_EXTENSION = 7


def mask_name(name: str) -> Masked:
    """The harmless shape of a file or folder name: `out-0701740605-101.wav` -> `out-07xxxxxxxx-xxx.wav`.

    Of digits, the first two of a run are shown and the rest is `x`, a run going on over separators until a letter ends
    it: a number written `070-174 06 05` shows two digits in all. Of words, only
    those of software and of filing are shown, all others are one `…`. A known extension stays, as does a year folder.
    """
    if _YEAR.match(name):
        return Masked(name)
    masked, _ = _mask(_decoded(name)[:_LONGEST_NAME], 0)
    return Masked(_shortened(masked))


def mask_path(path: str) -> Masked:
    """As `mask_name` for every segment of a path; a date tree `/2026/01/31/` stays, a query is `?…`.

    A run of digits goes on over the slashes, so that a number split into folders shows two digits too.
    """
    path, question, _ = path[:_LONGEST_PATH].partition("?")
    segments = []
    shown = 0
    dated = 0  # how many of month and day may still follow the year
    for segment in path.split("/"):
        segment = _decoded(segment)[:_LONGEST_NAME]
        if _YEAR.match(segment) and shown == 0:
            segments.append(segment)
            dated = 2
        elif dated and _MONTH_OR_DAY.match(segment):
            segments.append(segment)
            dated -= 1
            shown = _SHOWN_DIGITS
        else:
            masked, shown = _mask(segment, shown)
            segments.append(_shortened(masked))
            dated = 0
    return Masked("/".join(segments)[:_LONGEST_TEXT] + ("?" + _HIDDEN if question else ""))


def _mask(name: str, shown: int) -> tuple[str, int]:
    """`name` masked, where `shown` digits of a run stood before it; and how many of the run that it ends in are."""
    stem, ext = _split_extension(name)
    out: list[str] = []
    told = 0
    for token in _TOKENS.findall(stem):
        word = _WORD_AND_DIGITS.match(token)
        if token in _SEPARATORS:
            out.append(token)
        elif word is not None and (not word[1] or word[1].lower() in _HARMLESS):
            if word[1]:
                out.append(word[1].lower())
                shown = 0
            visible = word[2][: max(0, min(_SHOWN_DIGITS - shown, _SHOWN_IN_ALL - told))]
            told += len(visible)
            out.append(visible + "x" * (len(word[2]) - len(visible)))
            shown = min(_SHOWN_DIGITS, shown + len(word[2]))
        else:
            # Letters and digits in one token (a GUID, a hash, a tag) are one hidden thing.
            out.append(_HIDDEN)
            shown = 0
    return _HIDDEN_WORDS.sub(_HIDDEN, "".join(out)) + ext, 0 if ext else shown


def _split_extension(name: str) -> tuple[str, str]:
    """The name, and the known extensions that it ends in, in lower case: `.wav`, `.wav.mp3`, `.tar.gz`."""
    ext = ""
    for _ in range(2):
        stem, dot, last = name.rpartition(".")
        if not dot or not stem or len(last) > _LONGEST_EXTENSION or last.lower() not in EXTENSIONS:
            break
        name, ext = stem, f".{last.lower()}{ext}"
    return name, ext


_HIDDEN_WORDS: Final = re.compile(r"…(?:[-_. ,=~]?…)+")


def _decoded(name: str) -> str:
    """`name` without percent-encoding, compatibility forms (full-width digits are digits), and invisible characters."""
    for _ in range(2):
        if "%" not in name:
            break
        name = unquote(name[: 3 * _LONGEST_NAME], errors="replace")
    return _visible(unicodedata.normalize("NFKC", name[: 3 * _LONGEST_NAME]))


def _visible(text: str) -> str:
    """`text` without control, format (bidi), private and unassigned characters, stacked marks; digits are ASCII."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Nd":
            out.append(str(unicodedata.digit(char)))
        elif category in ("Zs", "Zl", "Zp") or char in "\t\r\n\v\f":
            out.append(" ")
        elif category[0] not in ("C", "M"):
            out.append(char)
    return "".join(out)


def _shortened(masked: str) -> str:
    """The head and the tail (the extension) of what is too long to read."""
    if len(masked) <= _LONGEST_SHOWN:
        return masked
    return masked[: _LONGEST_SHOWN - 16] + _HIDDEN + masked[-15:]


_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|[\]P^_X][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|[ -~])?")
_MAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w.-]{1,255}")
# A date is told; but a date with a serial behind it is a personal number.
_NUMBERS: Final = re.compile(
    r"(?<!\d)(?P<date>20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![-+ ./]{0,2}\d{3,}|\d)"
    r"|(?P<number>\d(?:[-+ ./()_\u2010-\u2015\u2212·\\]{0,3}\d){6,})"
)
_DANGEROUS: Final = str.maketrans(
    {"<": "‹", ">": "›", "&": "+", '"': "”", "'": "’", "`": "’", "@": "(at)", "[": "(", "]": ")", "|": "¦", "\\": "/"}
)


def mask_text(text: str) -> Masked:
    """Free text without phone and personal numbers, mail addresses, terminal escapes, bidi overrides and markup.

    Seven digits or more, with the separators that people write between them, show the first two; dates `2026-01-31` and
    times with colons stay. So a count is written with commas (`2,700,000`), or it is taken for a number of somebody. At
    most 4,000 characters; a longer text ends in `…`.
    """
    cut = text[: 2 * _LONGEST_TEXT]
    cut = _visible(unicodedata.normalize("NFKC", _ESCAPES.sub("", cut)))
    # One separator is as good as three, and long runs of them would hide a number from the pattern.
    cut = _SPACES.sub(" ", cut)
    cut = _MAIL.sub(_HIDDEN, cut)
    cut = _NUMBERS.sub(_hide_number, cut).translate(_DANGEROUS)
    if len(cut) > _LONGEST_TEXT or len(text) > 2 * _LONGEST_TEXT:
        cut = cut[: _LONGEST_TEXT - 1] + _HIDDEN
    return Masked(cut)


_SPACES: Final = re.compile(r" {2,}")


def _hide_number(match: re.Match[str]) -> str:
    if match["date"]:
        return match["date"]
    digits = 0
    out = []
    for char in match["number"]:
        if char.isdigit():
            digits += 1
            out.append(char if digits <= _SHOWN_DIGITS else "x")
        else:
            out.append(char)
    return "".join(out)


def mask_number(number: str) -> Masked:
    """A phone or personal number with its first two digits, the rest `x`: `0701740605` -> `07xxxxxxxx`.

    Of what stands between digits, `-` and `+` stay (`19xxxxxx-xxxx`), spaces too; a letter is an `x`, all else goes.
    """
    digits = 0
    out = []
    for char in _visible(number[:64]):
        if char.isdigit():
            digits += 1
            out.append(char if digits <= _SHOWN_DIGITS else "x")
        elif char.isalpha():
            out.append("x")
        elif char in "-+ ":
            out.append(char)
    return Masked("".join(out))
