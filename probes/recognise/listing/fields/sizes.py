"""Sizes as pages write them, back to bytes with the doubt that their rounding leaves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from probes.recognise.listing.model import Size

_POWERS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6}
_NUMBER = r"\d{1,2}(?:,\d\d){1,6},\d{3}|\d{1,3}(?:[   ,.'’]\d{3})+(?:[.,]\d{1,6})?|\d{1,20}(?:[ ]?[.,]\d{1,6})?"
_UNIT = (
    r"bytes?|octets?|oct|byte\(s\)|б|байт[аы]?|字节|B|o"
    r"|[kKmMgGtTpPeE](?:i?[bBoO]|i|ytes)?(?:ytes?|it)?|[КкМмГгТт]Б|[КкМмГгТт]б"
    r"|kilobytes?|megabytes?|gigabytes?|terabytes?|[kmg]bytes?|[kmg]i?b\.|Б|Байт|[КкМмГгТт]и?байт"
    r"|(?:キロ|メガ|ギガ)?バイト|(?:킬로|메가|기가)?바이트|[千兆吉]?(?:字节|字節|位元組)"
    r"|[كمجغتکگ]\.? ?ب\.?|(?:كيلو|ميغا|ميجا|جيجا|غيغا|کیلو|مگا|گیگا)? ?(?:بايت|بایت)|[קמג]\"ב|בתים"
    r"|bajt[a-zóů]{0,2}|bayt|bájt"
)
_WORTH = (
    r"bytes?|octets?|[KMGT]i?[Bo](?:ytes?)?|kilobytes?|megabytes?|gigabytes?|[КМГ]Б|байт[аы]?|[KMGT](?=[)\]])"
    r"|B(?=[\s,;)\]]|$)|(?:كيلو|ميغا|ميجا|جيجا|غيغا|کیلو|مگا|گیگا)? ?(?:بايت|بایت)|(?:キロ|メガ|ギガ)?バイト"
    r"|(?:킬로|메가|기가)?바이트|[千兆吉]?(?:字节|字節|位元組)|[кмг]и?байт"
)
_SIZE = re.compile(rf"[~≈]?\s?(-?)({_NUMBER})\s*({_UNIT})?(?![\w%])", re.IGNORECASE)
_LETTERS = {
    letter: unit
    for unit, letters in {"k": "кキ킬千كکק", "m": "мメ메兆مמ", "g": "гギ기吉جغگג", "t": "тت", "b": "б"}.items()
    for letter in letters
}
"""The first letters of units in other scripts."""
_TERABYTES_64 = 1 << 60
NOTHING = re.compile(
    r"(?i)[-–—\s.·*/_=]*|-1|n/?a|null|none|unknown|&nbsp;"
    r"|[<\[(]?\s*(?:dir|folder|directory|rep|carpeta|ordner|dossier|cartella|pasta|map|目录|文件夹|папка)\s*[>\])]?"
)
"""What stands in a size column where there is no size."""
_FOLDER_WORDS = frozenset(
    [
        "dir",
        "folder",
        "directory",
        "rep",
        "répertoire",
        "repertoire",
        "carpeta",
        "directorio",
        "ordner",
        "verzeichnis",
        "dossier",
        "collection",
        "subdir",
        "subdirectory",
        "cartella",
        "pasta",
        "katalog",
        "map",
        "mapp",
        "mape",
        "mappe",
        "目录",
        "目錄",
        "文件夹",
        "文件夾",
        "フォルダ",
        "ディレクトリ",
        "папка",
        "каталог",
        "폴더",
        "folder/",
    ]
) | {"file folder"}
_COUNT = re.compile(
    r"(?i)[\d,. ]{1,12}\s*(?:elements?|items?|files?|objects?|entries|folders?|fichiers?|dateien|filer|项|个文件)\b.*"
)


_PLAIN = str.maketrans("\xa0\u2009\u202f\u066b\u066c．，ＫＭＧＴＢｋｍｇｔｂ", "   .,.,KMGTBkmgtb")
"""Spaces and marks of numbers in other scripts: the Arabic decimal and thousands separators, and what stands in full
width in sizes."""


def plain_digits(text: str) -> str:
    """`text` with every script's digits as ASCII digits, and the spaces and marks that part numbers as plain ones."""
    if text.isascii():
        return text
    text = text.translate(_PLAIN)
    return "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in text)


def tidy(text: str) -> str:
    """`text` of a size column without the arrows, brackets and rules around it."""
    stripped = text.strip()
    return text if stripped.startswith("-") else _AROUND.sub("", stripped)


_AROUND = re.compile(r"^[^\w<~≈]+(?=\d)|(?<=[\w.])[^\w.>]+$")


@lru_cache(4096)
def _whole(text: str) -> re.Match[str] | None:
    """The match of a short text that is a size as a whole: one cell is asked about often."""
    return _SIZE.fullmatch(plain_digits(text.strip())) if len(text) <= _LONGEST else None


_LONGEST = 40


def looks_like_size(text: str) -> bool:
    """Whether the whole of `text` is a size, with or without a unit."""
    return len(text) < _LONGEST and _whole(text) is not None


def is_folder_word(text: str) -> bool:
    """Whether a text says that its row is a folder, in brackets (`<DIR>`) or without."""
    return len(text) < _LONGEST and text.strip().lstrip("<[(").rstrip(">])").strip().lower() in _FOLDER_WORDS


def has_unit(text: str) -> bool:
    """Whether the whole of `text` is a number with a unit of size."""
    match = _whole(text) if len(text) <= _LONGEST else None
    return match is not None and match[3] is not None


def is_unit(text: str) -> bool:
    """Whether a text is a unit of size alone, as a cell beside its number's holds it."""
    return len(text) < 12 and _UNIT_ALONE.fullmatch(text.strip()) is not None


_UNIT_ALONE = re.compile(rf"(?:{_UNIT})", re.IGNORECASE)


def in_bytes(text: str) -> bool:
    """Whether a size is written in bytes."""
    return _IN_BYTES.search(text) is not None


def is_count(text: str) -> bool:
    """Whether `text` counts what a folder holds, as `114 elements` does, rather than bytes."""
    return len(text) < 60 and _COUNT.fullmatch(text.strip()) is not None


def comma_is_decimal(texts: Iterable[str]) -> bool:
    """Whether a column of sizes writes its decimals after a comma: one cell like `1,5 kB` decides for all."""
    for text in texts:
        match = _whole(text) if "," in text and len(text) <= _LONGEST else None
        if match is None or "," not in match[2]:
            continue
        tail = match[2].rpartition(",")[2].strip()
        if len(tail) != 3 and match[3] is not None:
            return True
        if match[2].startswith("0,") and match[3] is not None:
            return True
    return False


def has_three_decimals(texts: list[str]) -> bool:
    """Whether a column shows three decimals of every size, those in bytes too (`128.000 Byte` beside `2.860 MB`)."""
    found = [match for text in texts if not NOTHING.fullmatch(text) and (match := _whole(text)) is not None]
    return all(_THREE.fullmatch(one[2]) for one in found) and {bool(_power(one[3] or "")) for one in found} == {
        True,
        False,
    }


_THREE = re.compile(r"\d{1,12}\.\d{3}")
THOUSANDTHS = re.compile(r"(?i)\.\d{3}(?=\s?(?:b|bytes?)?$)")
"""Decimals of a size in bytes."""


def surplus(texts: list[str]) -> re.Pattern[str] | None:
    """What the sizes of a column hold that is no part of their numbers: zeros behind bytes, points in thousands."""
    if has_three_decimals(texts):
        return THOUSANDTHS
    return _POINT if _points_part_thousands(texts) else None


def _points_part_thousands(texts: list[str]) -> bool:
    """Whether a column writes `2.048 KB` beside `3 KB`: three digits behind every point, and a whole number without.

    A program that shows decimals would show one or two of some size, or three of all.
    """
    found = [match for text in texts if not NOTHING.fullmatch(text) and (match := _whole(text)) is not None]
    numbers = [one[2] for one in found if _power(one[3] or "")]
    pointed = [one for one in numbers if "." in one]
    return (
        bool(pointed)
        and all(_GROUPED.fullmatch(one) for one in pointed)
        and any(one.isdigit() and one != "0" for one in numbers)
    )


_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){1,5}")
_POINT = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")


@lru_cache(4096)
def read_size(text: str, decimal_comma: bool = False) -> Size | None:
    """The size that `text` states, or None when it states none.

    Without a unit it is exact. With one it is 1024-based, rounded half to even to a whole number of bytes; the bounds
    allow for the last digit shown, cut or rounded, and for either meaning of the unit.
    """
    match = _whole(text) if 0 < len(text) <= _LONGEST else None
    return _from_match(match, decimal_comma) if match else None


def find_size(text: str, decimal_comma: bool = False) -> Size | None:
    """The first size with a unit anywhere in a short `text`."""
    for match in _SIZE.finditer(plain_digits(text[:400])):
        if match[3] and (match.start(2) == 0 or not text[match.start(2) - 1].isalnum()):
            return _from_match(match, decimal_comma)
    return None


_WITH_UNIT = re.compile(rf"(?<![\w.,:/-])({_NUMBER})\s?(?:{_WORTH})(?![\w/-])", re.IGNORECASE)


_IN_BYTES = re.compile(r"(?i)\d\s?(?:bytes?|octets?|байт[аы]?)$")


def with_unit(text: str) -> str:
    """The first size in running text, as it is written: a number with a unit that nothing else is measured in."""
    found = [match[0] for match in _WITH_UNIT.finditer(plain_digits(text[:400]))] if text else []
    # `4.8 MB (5,000,019 bytes)`: the bytes are the better of the two.
    return next((one for one in found if _IN_BYTES.search(one)), found[0] if found else "")


def _from_match(match: re.Match[str], decimal_comma: bool) -> Size | None:
    unit = _power(match[3] or "")
    # There is no half a byte: a point or a comma before three digits parts thousands there.
    number, digits = _number(match[2] if unit else _GROUP.sub("", match[2]), decimal_comma)
    if match[1] and number == 1 and unit == 0:
        return None  # what programs write that know no size
    if match[1]:
        # A size past 2 GB from a server that counts in 32 signed bits.
        number = float((1 << 32) - int(number)) if number <= 1 << 31 else number
    if unit == 0:
        if number > _TERABYTES_64:
            return None
        best = round(number)
        return Size(best, best, best)
    step = 10.0**-digits
    best = round(number * 1024**unit)
    if best > _TERABYTES_64:
        return None
    low = max(0, int((number - step) * 1000**unit))
    high = int((number + step) * 1024**unit) + 1
    return Size(best, min(low, best), max(high, best))


def _power(unit: str) -> int:
    unit = unit.lower()
    if unit.startswith(("byte", "o", "b", "字", "б")):
        return 0
    return _POWERS.get(_LETTERS.get(unit[:1], unit[:1]), 0)


_GROUP = re.compile(r"(?<=\d)[.,](?=(?:\d\d,)*\d{3}(?:\D|$))")


def _number(text: str, decimal_comma: bool) -> tuple[float, int]:
    text = re.sub(r"[   '’]", "", text)
    if decimal_comma:
        text = text.replace(".", "").replace(",", ".") if "," in text else text
    else:
        if text.count(",") and "." in text and text.rfind(",") > text.rfind("."):
            text = text.replace(".", "").replace(",", ".")
        text = text.replace(",", "")
    if text.count(".") > 1:
        text = text.replace(".", "")
    whole, _, decimals = text.partition(".")
    return float(f"{whole or 0}.{decimals or 0}"), len(decimals)


def exact(number: object) -> Size | None:
    """A number of bytes that a page carries as such, or None when it is not one (negative, absurd, not a number)."""
    if isinstance(number, str):
        number = number.strip()
        if not number.isascii() or not number.isdigit() or len(number) > 19:
            return None
        number = int(number)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _TERABYTES_64 * 8:
        return None
    return Size(number, number, number)
