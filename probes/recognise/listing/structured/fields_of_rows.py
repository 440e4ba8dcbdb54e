"""What a field of a row of data is: name, path, size, date or kind, by its key in many spellings or by its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from probes.recognise.listing.fields import dates, sizes
from probes.recognise.listing.fields.columns import word_role
from probes.recognise.listing.model import Modified, Size
from probes.recognise.listing.structured.json_rows import when
from probes.recognise.media.kinds import EXTENSIONS

Row = dict[str, object]

_SPELLINGS: Final[dict[str, str]] = {
    "name": """name filename file fname fn basename base title label text n f leaf objectname displayname originalname
        realname nm entry pathsuffix fileleafref relname
        relativename dateiname nom nombre nome namn filnamn fil fichier archivo
        document documentname obj objname itemname shortname longname clip clipname videoname recname key""",
    "path": """path filepath fpath fullpath fullname href url uri link relpath relativepath relative location route rurl
        key objectkey fileref
        weburl virtualpath downloadlink downloadurl download dl src u p filename2 fileurl contenturl pathname
        playbackuri absolutepath abspath""",
    "parent": "dir directory folder dirname parent parentpath ruri dirpath basepath folderpath parentdir pathdir",
    "size": """size filesize fsize sizebytes bytes length len contentlength sz s filelength sizeinbytes bytesize
        byteslength storlek taille tamano tamanho groesse dimensione objectsize totalsize b fs
        filebytes rawsize nbytes""",
    "shown size": """humansize sizehuman sizestr sizetext sizeformatted formattedsize displaysize prettysize
        readablesize hsize""",
    "date": """mtime modified date time timestamp lastmodified modtime modifiedtime ts t m created ctime updated
        updatedat createdat lastwritetime filedate filetime changed modifiedat mod lm lastmod datemodified mdate
        modificationtime datum datetime starttime begintime start begin recorded taken modifydate
        lastmodifieddate modificationdate
        lastmodifiedtime createtime
        createdtime uploaded uploadedat uploaddate lastwritetimeutc modifiedon mtimems datecreated lastchanged timecode
        modts lastupdate lastupdated""",
    "fat date": "fdate fatdate", "fat time": "ftime fattime",
    "folder": """isdir isdirectory isfolder directory dir folder d isd isdirectoryflag isdirflag isparent iscollection
        hasdir isfolderflag container
        fsobjtype""",
    "file": "isfile leaf isleaf",
    "kind": """type kind filetype mime mimetype contenttype pathtype entrytype itemtype nodetype resourcetype typ attr
        attribute attributes fattr mode permissions perm perms objecttype ftype format ext extension icon
        class t2 tag""",
}  # fmt: skip
ROLES: Final = {spelling: role for role, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_ENDINGS: Final = (
    ("filename", "name"),
    ("size", "size"),
    ("modified", "date"),
    ("mtime", "date"),
    ("path", "path"),
    ("url", "path"),
    ("href", "path"),
    ("contentlength", "size"),
    ("contenttype", "kind"),
)
_PEOPLE: Final = re.compile(
    r"user|host|owner|group|class|nick|first|last|sur|company|product|city|country|domain|tag|brand|full"
)
_BESIDE: Final = re.compile(r"thumb|preview|icon|avatar|image|html|git|self|parent|poster|cover|api")
"""Addresses that are of something else than the file itself."""
_UNITS: Final = re.compile(r"bl(?:oc)?k|page|chunk|cluster|sector|buffer|max|limit|font")
"""Sizes that are of something else than the file: of the blocks that it is stored in (`blksize`), of a page."""
_RAW_SIZE: Final = re.compile(r"size(?:b|raw|num|int|inb|inbytes|exact|k|kb|kib|mb|mib|total|ondisk)")
"""Keys of sizes as numbers; others that begin so are of sizes for readers (`size_h`, `sizeFmt`)."""
KNOWN: Final = frozenset(
    """id uid gid owner group user md5 sha1 sha256 hash etag checksum crc index no num idx hidden readonly writable
    readable executable link islink issymlink symlink children contents thumbnail thumb preview duration width height
    version rights access inode nlink dev count items parentid atime selected checked sort order lock locked protected
    channel event kind ext trackid sourceid channelid
    codectype endtime stoptime rev revision starred favorite depth level rdev ino blksize blocks atimems ctimems
    birthtime birthtimems filecount foldercount totalfilecount totalfoldercount itemcount childcount""".split()  # noqa: SIM905
)
"""Keys that rows of files often have beside these, and that say nothing of what they are."""
ALIEN: Final = frozenset(
    """email price password firstname lastname surname phone address currency sku stock likes followers dependencies
    devdependencies latitude longitude lat lng lon geometry coordinates gender birthday username country quantity
    rating reviews salary department employee position operationid parameters responses isbn
    author artist album ttl hypervisor reversedns nameservers""".split()  # noqa: SIM905
)
"""Keys of rows about something else than files."""

_EXTENSION: Final = re.compile(
    r"\.(?=[A-Za-z0-9]{0,7}[A-Za-z])[A-Za-z0-9]{1,8}$|\.(?:7z|001|3gp|h?26[45])$", re.IGNORECASE
)
_FOLDER_WORD: Final = re.compile(
    r"(?i)(?:is)?(?:dir|directory|folder|d|tree|collection|container|subdir|symlinkdir|dirs|carpeta|ordner|verzeichnis"
    r"|dossier|mapp|katalog|cartella|pasta|папка|文件夹|httpd/unix-directory|inode/directory|text/directory"
    r"|application/vnd\.[\w.-]{0,40}folder|(?:fa )?fa-folder[\w-]{0,20}|icon-folder|folder-icon|d[r-][w-][xst-].{0,12})"
)
_FILE_WORD: Final = re.compile(
    r"(?i)(?:is)?(?:file|f|-|blob|reg|regular|object|document|image|video|audio|archive|text|pdf|binary|media"
    r"|unknown|other"
    r"|fichier|datei|fil|symlinkfile|(?:image|video|audio|text|application|binary)/[\w.+-]{1,80}"
    r"|(?:fa )?fa-file[\w-]{0,20}|-[r-][w-][xst-].{0,12})"
)
_NET_DATE: Final = re.compile(r"/?Date\((-?\d{1,16})")
_DIGITS: Final = re.compile(
    r"(20[0-4]\d|19[89]\d)(0[1-9]|1[0-2])([0-2]\d|3[01])[T_-]?(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?Z?"
)
_LONG_NUMBER = 10**13
"""Fourteen digits: a date to the second, and no count of milliseconds before the year 2286."""
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800  # 1980 and 2100


def spelt(key: str) -> str:
    """A key without case and marks: `File_Name`, `file-name` and `fileName` are one."""
    return re.sub(r"[^a-z0-9]", "", key.lower()[:64]) if key else ""


def role_of(key: str) -> str:
    """The role that a key names, or nothing."""
    plain = spelt(key)
    role = ROLES.get(plain, "")
    if not role:
        role = next((role for ending, role in _ENDINGS if plain.endswith(ending)), "")
        if not role and plain.endswith("name") and not _PEOPLE.search(plain):
            role = "name"
        if not role and plain.startswith("size"):
            role = "size" if _RAW_SIZE.fullmatch(plain) else "shown size"
        role = role or word_role(plain) or _by_words(key)
        role = "" if role == "path" and _BESIDE.search(plain) else role
        role = "" if role == "size" and _UNITS.search(plain) else role
    return role


_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OF_WORDS: Final = tuple(
    (role, frozenset(least.split()), frozenset(f"{least} {others}".split()))
    for role, least, others in (
        ("size", "size bytes length", "file in byte of kb mb kib mib content object document item raw exact stored"),
        (
            "date",
            "date time datetime timestamp modified changed updated created uploaded written change modification",
            "last of on at utc file upload write ms stamp creation gmt iso local system item object document",
        ),
        ("name", "name title label", "file document item object original entry node display doc blob real attachment"),
    )
)  # fmt: skip
"""Words one of which a key of a role has, and the words that may stand beside it: `FileSizeInBytes`."""


def _by_words(key: str) -> str:
    words = {word.lower() for word in _WORDS.findall(key[:64])}
    return next((role for role, least, known in _OF_WORDS if words & least and words <= known), "")


def is_name(value: object) -> bool:
    """Whether a value may be one name of a file or folder."""
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        return False
    bare = value[:-1] if value.endswith("/") else value
    if "\n" in bare and has_extension(bare):
        # Disks allow it in the name of a file, and one such name makes no other of its list none.
        bare = bare.replace("\n", " ")
    return bool(bare) and "/" not in bare and not _NO_NAME.search(bare)


_NO_NAME: Final = re.compile(r"[\x00-\x08\n\r<>]|://")


_HOST: Final = re.compile(
    r"(?i)(?:[a-z0-9_-]{1,63}\.){1,9}(?:com|net|org|info|biz|edu|gov|eu|io|dev|app|cloud|se|no|dk|fi|is|de|nl|uk|us|fr|ch"
    r"|test|local|lan|internal|localhost|example|invalid|arpa)\.?"
)


def is_host(name: str) -> bool:
    """Whether a name is that of a host: `www.example.org`. (`command.com` is one too, on its own.)"""
    return _HOST.fullmatch(name) is not None


def has_extension(name: str) -> bool:
    """Whether a name ends as names of files do; a version (`1.2.3`) does not."""
    return "." in name and _EXTENSION.search(name.rstrip("/")) is not None


def is_path(value: object) -> bool:
    """Whether a value is a path or address rather than a name."""
    if not isinstance(value, str) or not 0 < len(value) <= 4096:
        return False
    return ("/" in value or "\\" in value) and not re.search(r"\n|\s/", value)


def read_size(value: object, key: str = "", comma: bool = False) -> Size | None:
    """The size that a value states: a number is bytes, unless its key says kB or MB."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return sizes.exact(value) or sizes.read_size(value, comma)
    if (power := _power(key)) and isinstance(value, int | float):
        return sizes.read_size(f"{value}{' KM'[power]}")
    return sizes.exact(value)


@lru_cache(256)
def _power(key: str) -> int:
    return 1 if re.search(r"(?i)kb$|kib$|_k$", key) else 2 if re.search(r"(?i)mb$|mib$", key) else 0


def read_date(value: object) -> Modified | None:
    """The date that a value states: text, digits without marks, seconds or milliseconds since 1970."""
    if isinstance(value, int) and value > _LONG_NUMBER and _DIGITS.fullmatch(str(value)):
        value = str(value)
    if isinstance(value, str):
        text = value.strip()
        if (match := _NET_DATE.match(text)) or (
            text.isdigit() and len(text) in (10, 13) and (match := re.match(r"(\d+)", text))
        ):
            return read_date(int(match[1]))
        if match := _DIGITS.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return when(f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        return when(text) if 6 <= len(text) <= 80 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > 1e11 else value
    return when(value) if _EARLIEST <= seconds <= _LATEST else None


def fat_date(day: object, clock: object) -> Modified | None:
    """The date of a FAT directory entry: day bits 15-9 year from 1980, 8-5 month, 4-0 day; time 15-11, 10-5, 4-0."""
    if not isinstance(day, int | str) or not str(day).isdigit() or not str(clock or 0).isdigit():
        return None
    days, time = int(day), int(str(clock or 0))
    try:
        moment = datetime(
            1980 + (days >> 9),
            days >> 5 & 15,
            days & 31,
            time >> 11 & 31,
            time >> 5 & 63,
            min(59, (time & 31) * 2),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return dates.read_date(f"{moment:%Y-%m-%d %H:%M:%S}") if days < 1 << 16 else None


def kind_words(value: object) -> bool | None:
    """Whether a value says folder (True) or file (False) in words, permissions or a media type; None when neither."""
    if not isinstance(value, str) or len(value) > 120:
        return None
    text = value.strip().strip("<>[]()")
    if text.isupper():
        text = text.rpartition("_")[2]  # of an enumeration: `FILE_INFO_TYPE_DIRECTORY`
    if _FOLDER_WORD.fullmatch(text):
        return True
    return False if _FILE_WORD.fullmatch(text) or text.lower().lstrip(".") in EXTENSIONS else None


def flag(value: object) -> bool | None:
    """Whether a value is a yes or a no: true, 1, "1", "true", "yes", "Y"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    text = value.strip().lower() if isinstance(value, str) else None
    if text in {"1", "true", "yes", "y"}:
        return True
    return False if text in {"0", "false", "no", "n", ""} else None


def mode_bits(value: object, key: str) -> bool | None:
    """Whether attribute bits (FAT: 16), a POSIX mode (0o040000) or a mode of Go's (bit 31) say folder."""
    number = int(value) if isinstance(value, str) and value.isdigit() and len(value) < 12 else value
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        return None
    if "attr" in key:
        return bool(number & 16) if number < 1 << 16 else None
    if number >= 1 << 31:
        return True
    return number >> 12 == 4 if number >= 1 << 12 else None


def share(rows: list[Row], key: str, test: Callable[[object], bool]) -> float:
    """The share of rows whose `key` passes a test."""
    return sum(key in row and test(row[key]) for row in rows) / len(rows) if rows else 0.0


def keys_of(rows: Iterable[Row]) -> list[str]:
    """Every key of the first rows, in order of appearance."""
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(row))
        if len(found) > 200:
            break
    return list(found)
