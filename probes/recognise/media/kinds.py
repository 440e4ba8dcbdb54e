"""What kind of thing a file is by its name or its declared type: tables, and two look-ups in them."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class MediaKind(StrEnum):
    """The kinds of files that are told apart. AUDIO may be a recorded call; STATIC is what every web site serves."""

    AUDIO = "audio"
    VIDEO = "video"
    IMAGE = "image"
    DICOM = "dicom"
    DOCUMENT = "document"
    MAIL_STORE = "mail-store"
    DATABASE_DUMP = "database-dump"
    ARCHIVE = "archive"
    KEY_MATERIAL = "key-material"
    VM_IMAGE = "vm-image"
    LOG = "log"
    TEXT = "text"
    HTML = "html"
    STATIC = "static"
    OTHER = "other"


NO_DATA: Final = frozenset({MediaKind.OTHER, MediaKind.STATIC, MediaKind.HTML, MediaKind.TEXT})
"""Kinds of names that promise no data: pages and their parts, texts, scripts, and names that say nothing."""
GRAVEST_FIRST: Final = (
    MediaKind.AUDIO,
    MediaKind.DICOM,
    MediaKind.VIDEO,
    MediaKind.DATABASE_DUMP,
    MediaKind.MAIL_STORE,
    MediaKind.ARCHIVE,
    MediaKind.DOCUMENT,
)
"""Kinds whose exposure does most harm: of what is listed, they are tried first, in this order."""

_BY_KIND: Final = {
    MediaKind.AUDIO: (
        "wav wav49 mp3 gsm amr awb ogg oga opus spx flac au snd m4a aac wma ra rf64 bw64 w64 aif aiff caf "
        "silk slk ilbc vox ulaw alaw ul al pcmu pcma g711 g729 g722 g723 sln sln16 pcm raw dss ds2 dvf msv "
        "3ga"
    ),
    MediaKind.VIDEO: ("mp4 m4v mov mkv webm avi wmv asf 3gp 3g2 mpg mpeg ts m2ts flv ogv mts dav h264 h265 hevc mjpg"),
    MediaKind.IMAGE: ("jpg jpeg jpe png tif tiff bmp heic heif jp2 jpf dng cr2 nef psd"),
    MediaKind.DICOM: ("dcm dicom dic"),
    MediaKind.DOCUMENT: (
        "pdf doc docx docm dot dotx xls xlsx xlsm xlsb xlt csv tsv ppt pptx pptm pps ppsx odt ods odp rtf vsd "
        "vsdx one pages numbers djvu xps oxps msg hl7 wpd epub vcf ics"
    ),
    MediaKind.MAIL_STORE: ("pst ost mbox mbx eml emlx dbx nsf edb"),
    MediaKind.DATABASE_DUMP: (
        "sql dump dmp bak bacpac dacpac mdf ldf mdb accdb sqlite sqlite3 db db3 dbf frm ibd myd rdb bson ldif"
    ),
    MediaKind.ARCHIVE: (
        "zip 7z rar tar gz tgz bz2 tbz tbz2 xz txz zst zstd lz4 lzma z cab arj iso jar war ear cpio rpm deb"
    ),
    MediaKind.KEY_MATERIAL: (
        "pem key pfx p12 kdbx kdb env jks keystore ppk p8 pkcs8 pkcs12 ovpn gpg asc htpasswd pgpass tfstate"
    ),
    MediaKind.VM_IMAGE: ("vmdk vhd vhdx vdi qcow qcow2 ova ovf vmem vmsn vmsd img tib vbk vib gho wim"),
    MediaKind.LOG: ("log err trc evtx"),
    MediaKind.TEXT: (
        "txt json xml md yml yaml ini cfg conf config toml properties ndjson jsonl php asp aspx jsp py sh pl rb"
    ),
    MediaKind.STATIC: (
        "css js mjs map woff woff2 ttf eot otf html htm xhtml shtml ico svg gif webp avif cur webmanifest"
    ),
}

EXTENSIONS: Final = {ext: kind for kind, words in _BY_KIND.items() for ext in words.split()}
"""Extension in lower case, without its dot -> kind."""

DATA: Final = frozenset(MediaKind) - {
    MediaKind.IMAGE,
    MediaKind.LOG,
    MediaKind.TEXT,
    MediaKind.HTML,
    MediaKind.STATIC,
    MediaKind.OTHER,
}
"""Kinds of files that no page links to as a decoration, and that no program of a site is made of."""

PLAYED: Final = frozenset({MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DICOM})
"""Kinds of recordings."""

_BACKUPS: Final = frozenset(
    {
        MediaKind.DATABASE_DUMP,
        MediaKind.MAIL_STORE,
        MediaKind.ARCHIVE,
        MediaKind.KEY_MATERIAL,
        MediaKind.VM_IMAGE,
    }
)
SOUNDS: Final = frozenset({MediaKind.AUDIO, MediaKind.VIDEO})
KINDS_OF_DATA: Final = {
    "recordings": SOUNDS | _BACKUPS,
    "patient": SOUNDS | _BACKUPS | {MediaKind.DICOM, MediaKind.DOCUMENT},
    "personal": SOUNDS | _BACKUPS | {MediaKind.DOCUMENT},
    "backups": _BACKUPS,
}
"""By what an asset is declared to hold: the kinds of files that must not answer a stranger, whatever names them. On
other assets a page may link to what it likes."""

_KEY_FILES: Final = (
    ".env .htpasswd .pgpass .netrc .git-credentials .npmrc id_rsa id_dsa id_ecdsa id_ed25519 credentials shadow "
    "kubeconfig .bash_history .mysql_history .psql_history"
)
_WHOLE_NAMES: Final = dict.fromkeys(_KEY_FILES.split(), MediaKind.KEY_MATERIAL) | {
    "dicomdir": MediaKind.DICOM,
    "crontab": MediaKind.TEXT,
    "syslog": MediaKind.LOG,
    "error_log": MediaKind.LOG,
    "messages": MediaKind.LOG,
}

_COMPRESSED: Final = frozenset({"gz", "bz2", "xz", "zst", "zstd", "zip", "7z", "rar", "lz4", "lzma", "z"})
# What stays what it was when it is packed alone: `calls.sql.gz` is a dump, `access.log.1.gz` a log.
_KEEPS_ITS_KIND: Final = frozenset(
    {MediaKind.DATABASE_DUMP, MediaKind.LOG, MediaKind.MAIL_STORE, MediaKind.VM_IMAGE, MediaKind.DICOM, MediaKind.AUDIO}
)
# `access.log.1`, `error.log-20260101`, `dump.sql.2`: rotation leaves the extension inside.
_ROTATED: Final = re.compile(r"[.-]\d{1,10}\Z")
_COPY: Final = frozenset({"bak", "old", "orig", "save", "tmp", "swp", "copy"})

_TYPES: Final = {
    "application/dicom": MediaKind.DICOM,
    "image/dicom": MediaKind.DICOM,
    "image/svg+xml": MediaKind.STATIC,
    "image/x-icon": MediaKind.STATIC,
    "image/vnd.microsoft.icon": MediaKind.STATIC,
    "text/css": MediaKind.STATIC,
    "text/javascript": MediaKind.STATIC,
    "application/javascript": MediaKind.STATIC,
    "text/html": MediaKind.HTML,
    "application/xhtml+xml": MediaKind.HTML,
    "application/json": MediaKind.TEXT,
    "application/xml": MediaKind.TEXT,
    "text/xml": MediaKind.TEXT,
    "text/csv": MediaKind.DOCUMENT,
    "application/pdf": MediaKind.DOCUMENT,
    "application/msword": MediaKind.DOCUMENT,
    "application/rtf": MediaKind.DOCUMENT,
    "application/ogg": MediaKind.AUDIO,
    "application/mp4": MediaKind.VIDEO,
    "application/mbox": MediaKind.MAIL_STORE,
    "message/rfc822": MediaKind.MAIL_STORE,
    "application/vnd.ms-outlook": MediaKind.MAIL_STORE,
    "application/vnd.ms-outlook-pst": MediaKind.MAIL_STORE,
    "application/sql": MediaKind.DATABASE_DUMP,
    "application/x-sql": MediaKind.DATABASE_DUMP,
    "text/x-sql": MediaKind.DATABASE_DUMP,
    "application/vnd.sqlite3": MediaKind.DATABASE_DUMP,
    "application/x-sqlite3": MediaKind.DATABASE_DUMP,
    "application/x-msaccess": MediaKind.DATABASE_DUMP,
    "application/x-pkcs12": MediaKind.KEY_MATERIAL,
    "application/x-pem-file": MediaKind.KEY_MATERIAL,
    "application/pgp-keys": MediaKind.KEY_MATERIAL,
} | {
    f"application/{name}": MediaKind.ARCHIVE
    for name in (
        "zip", "x-zip-compressed", "gzip", "x-gzip", "x-tar", "x-bzip2", "x-bzip", "x-xz", "zstd", "x-7z-compressed",
        "vnd.rar", "x-rar-compressed", "x-compress", "x-compressed-tar", "x-tgz", "java-archive",
    )
}  # fmt: skip

_LONGEST_NAME = 1024


def extension(name: str) -> str:
    """The last extension of a name or path, lower case without the dot; empty when there is none."""
    last = name[-_LONGEST_NAME:].rstrip("/. \t").rpartition("/")[2]
    _, dot, ext = last.rpartition(".")
    return ext.lower() if dot else ""


@lru_cache(4096)
def kind_of_name(name: str) -> MediaKind:
    """What kind of file a name promises, by its extensions alone: for tallies, never for a proof.

    `x.wav.mp3` is audio, `x.sql.gz` a database dump, `access.log.1` a log, `id_rsa` key material; what web sites are
    made of (html, css, js, fonts, icons) is STATIC. `name` may be a whole path; a name that promises nothing is OTHER.
    """
    last = name[-_LONGEST_NAME:].rstrip("/. \t~").rpartition("/")[2].lower()
    if (whole := _WHOLE_NAMES.get(last)) is not None:
        return whole
    if last.startswith(".env."):
        return MediaKind.KEY_MATERIAL
    stem, dot, ext = last.rpartition(".")
    if not dot:
        return MediaKind.OTHER
    kind = EXTENSIONS.get(ext)
    if ext in _COMPRESSED:
        inner = EXTENSIONS.get(_ROTATED.sub("", stem).rpartition(".")[2])
        return inner if inner in _KEEPS_ITS_KIND else MediaKind.ARCHIVE
    if ext in _COPY:
        inner = EXTENSIONS.get(stem.rpartition(".")[2])
        # `calls.pst.old` is mail still, `index.php.bak` a copy of source; a bare `.bak` is SQL Server's own extension.
        return inner if inner is not None else (kind or MediaKind.OTHER)
    if kind is not None:
        return kind
    rotated = _ROTATED.sub("", last)
    return EXTENSIONS.get(rotated.rpartition(".")[2], MediaKind.OTHER) if rotated != last else MediaKind.OTHER


def kind_of_type(declared: str) -> MediaKind | None:
    """What kind a Content-Type promises; None where it promises nothing: missing, octet-stream, text/plain, unknown."""
    declared = declared[:200].partition(";")[0].strip().lower()
    if (kind := _TYPES.get(declared)) is not None:
        return kind
    match declared.partition("/")[0]:
        case "audio":
            return MediaKind.AUDIO
        case "video":
            return MediaKind.VIDEO
        case "image":
            return MediaKind.IMAGE
        case "font":
            return MediaKind.STATIC
        case "application" if declared.startswith(
            ("application/vnd.openxmlformats-", "application/vnd.ms-", "application/vnd.oasis.opendocument")
        ):
            return MediaKind.DOCUMENT
        case _:
            return None
