"""Signatures of files that are no sound, each at its own offset, and the few shapes by which text is told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from probes.recognise.media.kinds import MediaKind


@dataclass(frozen=True, slots=True)
class Signature:
    """What the first bytes are: kind and format; `holds` are kinds that travel inside it (a zip may be a document)."""

    kind: MediaKind
    format: str
    holds: frozenset[MediaKind] = frozenset()
    plain: bool = False
    """Whether it is only text of some form, which is no magic."""


_NOTHING: Final[frozenset[MediaKind]] = frozenset()
_PACKED: Final = frozenset(MediaKind) - {MediaKind.HTML, MediaKind.STATIC, MediaKind.TEXT, MediaKind.OTHER}
_ZIPPED: Final = _PACKED - {MediaKind.IMAGE, MediaKind.DICOM}
_OLE: Final = frozenset({MediaKind.MAIL_STORE, MediaKind.DATABASE_DUMP})

_K = MediaKind
# (offset, bytes, kind, format, kinds that may be inside).
_TABLE: Final = (
    (128, b"DICM", _K.DICOM, "dicom", _NOTHING),
    (0, b"%PDF-", _K.DOCUMENT, "pdf", _NOTHING),
    (0, b"{\\rtf", _K.DOCUMENT, "rtf", _NOTHING),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _K.DOCUMENT, "ole", _OLE),
    (0, b"\xff\xd8\xff", _K.IMAGE, "jpeg", _NOTHING),
    (0, b"\x89PNG\r\n\x1a\n", _K.IMAGE, "png", _NOTHING),
    (0, b"II*\0", _K.IMAGE, "tiff", _NOTHING),
    (0, b"MM\0*", _K.IMAGE, "tiff", _NOTHING),
    (0, b"GIF87a", _K.STATIC, "gif", _NOTHING),
    (0, b"GIF89a", _K.STATIC, "gif", _NOTHING),
    (0, b"\0\0\1\0", _K.STATIC, "ico", _NOTHING),
    (0, b"wOFF", _K.STATIC, "woff", _NOTHING),
    (0, b"wOF2", _K.STATIC, "woff2", _NOTHING),
    (0, b"\x1a\x45\xdf\xa3", _K.VIDEO, "matroska", frozenset({_K.AUDIO})),
    (0, b"FLV\x01", _K.VIDEO, "flv", _NOTHING),
    (0, b"\0\0\x01\xba", _K.VIDEO, "mpeg", _NOTHING),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _K.VIDEO, "asf", frozenset({_K.AUDIO})),
    (0, b"!BDN", _K.MAIL_STORE, "pst", _NOTHING),
    (0, b"SQLite format 3\0", _K.DATABASE_DUMP, "sqlite", _NOTHING),
    (0, b"PGDMP", _K.DATABASE_DUMP, "postgresql", _NOTHING),
    (0, b"TAPE\0\0", _K.DATABASE_DUMP, "mssql", _NOTHING),
    (0, b"\0\x01\0\0Standard Jet DB\0", _K.DATABASE_DUMP, "access", _NOTHING),
    (0, b"\0\x01\0\0Standard ACE DB\0", _K.DATABASE_DUMP, "access", _NOTHING),
    (0, b"REDIS00", _K.DATABASE_DUMP, "redis", _NOTHING),
    (0, b"DIRC\0\0\0", _K.ARCHIVE, "git", _NOTHING),
    (0, b"KDMV", _K.VM_IMAGE, "vmdk", _NOTHING),
    (0, b"# Disk DescriptorFile", _K.VM_IMAGE, "vmdk", _NOTHING),
    (0, b"vhdxfile", _K.VM_IMAGE, "vhdx", _NOTHING),
    (0, b"conectix", _K.VM_IMAGE, "vhd", _NOTHING),
    (0, b"QFI\xfb", _K.VM_IMAGE, "qcow2", _NOTHING),
    (0, b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", _K.KEY_MATERIAL, "kdbx", _NOTHING),
    (0, b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", _K.KEY_MATERIAL, "kdb", _NOTHING),
    (0, b"\xfe\xed\xfe\xed\0\0\0", _K.KEY_MATERIAL, "jks", _NOTHING),
    (0, b"PuTTY-User-Key-File-", _K.KEY_MATERIAL, "ppk", _NOTHING),
    (0, b"-----BEGIN PGP PRIVATE KEY", _K.KEY_MATERIAL, "pgp", _NOTHING),
    (0, b"7z\xbc\xaf\x27\x1c", _K.ARCHIVE, "7z", _PACKED),
    (0, b"Rar!\x1a\x07", _K.ARCHIVE, "rar", _PACKED),
    (0, b"\x1f\x8b\x08", _K.ARCHIVE, "gzip", _PACKED),
    (0, b"BZh", _K.ARCHIVE, "bzip2", _PACKED),
    (0, b"\xfd7zXZ\0", _K.ARCHIVE, "xz", _PACKED),
    (0, b"\x28\xb5\x2f\xfd", _K.ARCHIVE, "zstd", _PACKED),
    (257, b"ustar", _K.ARCHIVE, "tar", frozenset({_K.VM_IMAGE})),
    (0, b"PK\x03\x04", _K.ARCHIVE, "zip", _ZIPPED),
    (0, b"PK\x05\x06", _K.ARCHIVE, "zip/empty", _ZIPPED),
)

_BRANDS: Final = (
    ((b"M4A ", b"M4B ", b"F4A "), _K.AUDIO, "m4a"),
    ((b"heic", b"heix", b"mif1", b"heif"), _K.IMAGE, "heif"),
    ((b"avif",), _K.STATIC, "avif"),
    ((b"qt  ",), _K.VIDEO, "mov"),
    ((b"3gp", b"3g2"), _K.VIDEO, "3gp"),
)


def read_signature(prefix: bytes) -> Signature | None:
    """What `prefix` is by its magic bytes, or None. A magic counts AT its offset only: anywhere it is chance (2 %)."""
    if prefix[4:8] == b"ftyp":
        for brands, kind, form in _BRANDS:
            if prefix[8:12].startswith(brands):
                return Signature(kind, form, frozenset({_K.AUDIO}) if kind is _K.VIDEO else _NOTHING)
        return Signature(_K.VIDEO, "mp4", frozenset({_K.AUDIO}))
    if prefix[:4] == b"RIFF":
        if prefix[8:12] == b"AVI ":
            return Signature(_K.VIDEO, "avi")
        if prefix[8:12] == b"WEBP":
            return Signature(_K.STATIC, "webp")
    if prefix[:4] == b"OggS" and prefix[28:35] == b"\x80theora":
        return Signature(_K.VIDEO, "ogg/theora")
    # Transport stream (ISO/IEC 13818-1, 2.4.3.2): each packet of 188 bytes opens with the same byte.
    if prefix[:377:188] == b"GGG":
        return Signature(_K.VIDEO, "mpeg-ts", frozenset({_K.AUDIO}))
    # PKCS #12: a SEQUENCE that opens with the INTEGER 3.
    if prefix[:2] == b"\x30\x82" and prefix[4:7] == b"\x02\x01\x03":
        return Signature(_K.KEY_MATERIAL, "pkcs12")
    for offset, magic, kind, form, holds in _TABLE:
        if prefix.startswith(magic, offset):
            if form == "bzip2" and not (prefix[3:4].isdigit() and prefix[4:10] in (b"1AY&SY", b"\x17rE8P\x90")):
                continue
            if form == "zip":
                return _zip(prefix)
            return Signature(kind, form, holds)
    return None


def _zip(prefix: bytes) -> Signature:
    """A zip told by its first entry: Office writes `[Content_Types].xml`, OpenDocument an uncompressed `mimetype`."""
    name = prefix[30 : 30 + min(64, int.from_bytes(prefix[26:28], "little"))]
    if name.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")):
        return Signature(_K.DOCUMENT, "ooxml")
    if name == b"mimetype" and b"application/vnd.oasis.opendocument" in prefix[38:128]:
        return Signature(_K.DOCUMENT, "opendocument")
    return Signature(_K.ARCHIVE, "zip", _ZIPPED)


_MARKUP: Final = re.compile(
    rb"<(?:!doctype\s{1,8}html|html|head|body|title|script|meta|style|div|h1|p|a|table|form|iframe|frameset|pre|br|!--)[\s>/-]",
    re.IGNORECASE,
)
_JSON: Final = re.compile(rb"[\[{]\s{0,64}(?:[\"\[{\]}]|-?\d|true|false|null)")
_DUMP: Final = re.compile(
    rb"-- (?:MySQL|MariaDB|PostgreSQL|phpMyAdmin|Adminer|SQLite)[^\n]{0,40}(?:dump|SQL Dump)|/\*!\d{5} SET|/\*M!999999|"
    rb"PRAGMA foreign_keys=OFF;\s{0,4}BEGIN TRANSACTION;|-- (?:Host|Server version|Dumped from database version): |"
    rb"--\s{0,4}\n-- PostgreSQL database dump|-- Adminer \d",
    re.IGNORECASE,
)
_STATEMENT: Final = re.compile(
    rb"(?:^|;\s{0,8})(?:CREATE TABLE|INSERT INTO|DROP TABLE|CREATE DATABASE|ALTER TABLE|COPY \S{1,80} \()",
    re.IGNORECASE | re.MULTILINE,
)
_PRIVATE_KEY: Final = re.compile(rb"-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|ENCRYPTED|ANY) )?PRIVATE KEY-----")
# Of a repository of git: where it stands, its settings, its history, its branches.
_REPOSITORY: Final = re.compile(
    rb"ref: refs/\S{1,250}\s*\Z|\[core\]\s{1,8}(?:repositoryformatversion|filemode|bare|ignorecase)\b|"
    rb"[0-9a-f]{40} [0-9a-f]{40} [^<\n]{1,200}<|# pack-refs with:|[0-9a-f]{40}\s*\Z"
)
_SETTING: Final = re.compile(rb"^(?:export )?[A-Z][A-Z0-9_]{2,60}=[^\r\n<]{0,400}$", re.MULTILINE)
_HASHED: Final = re.compile(rb"^[^\s:]{1,64}:(?:\$(?:apr1|2[aby]|[156y])\$|\{SHA\})\S{8,200}$", re.MULTILINE)
_MAIL: Final = re.compile(
    rb"From \S{1,200} {1,2}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) |(?:Return-Path|Received|Delivered-To|Message-ID): ?\S",
    re.IGNORECASE,
)
_LOG_LINE: Final = re.compile(
    rb"^(?:\S{1,64} \S{1,64} \S{1,64} \[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] \"|"
    rb"\[?\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}:\d{2}|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S|"
    rb"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\d{10}\.\d{3} {1,8}\d)",
    re.MULTILINE,
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


FLOW_INSTANCE: Final = "flowinstance"
"""The format of a case of an e-service that Open ePlatform exported: what somebody wrote into a form, and who."""
_FLOW_INSTANCE: Final = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>\s{0,50})?(?:<!--[^>]{0,200}-->\s{0,50})?<(?:[a-z0-9]{1,12}:)?FlowInstance\s[^>]{0,300}"
    rb"[\"']http://www\.oeplatform\.org/version/[0-9.]{1,9}/schemas/flowinstance[\"']"
)


def read_text(prefix: bytes) -> Signature | None:
    """What kind of text `prefix` is; None when it is no text. Dumps, keys, mail and logs are told by their grammar.

    A log needs three lines of one of its grammars, a settings file two `KEY=value` lines, a dump its opening comment or
    two statements. `plain` marks text that proves nothing.
    """
    if prefix.startswith((b"\xff\xfe", b"\xfe\xff")):
        prefix = prefix[:512].decode("utf-16", errors="ignore").encode()
    body = prefix.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        return None
    if _FLOW_INSTANCE.match(body):
        return Signature(_K.DOCUMENT, FLOW_INSTANCE)
    if _MARKUP.match(body):
        return Signature(_K.HTML, "html", plain=True)
    if body.startswith(b"<svg"):
        return Signature(_K.STATIC, "svg", plain=True)
    if body.startswith(b"<?xml"):
        page = b"<html" in body[:400].lower()
        return Signature(_K.HTML, "html", plain=True) if page else Signature(_K.TEXT, "xml", plain=True)
    if _CONTROL.search(body):
        return None
    if _PRIVATE_KEY.search(body):
        return Signature(_K.KEY_MATERIAL, "pem")
    if _REPOSITORY.match(body):
        return Signature(_K.ARCHIVE, "git")
    if body.startswith(b"-----BEGIN "):
        return Signature(_K.TEXT, "pem/public", plain=True)
    if _DUMP.match(body) or (not body.startswith(b"<") and len(_STATEMENT.findall(body)) >= 2):
        return Signature(_K.DATABASE_DUMP, "sql")
    if _JSON.match(body):
        return Signature(_K.TEXT, "json", plain=True)
    if _MAIL.match(body):
        return Signature(_K.MAIL_STORE, "mail")
    if len(_LOG_LINE.findall(body)) >= 3:
        return Signature(_K.LOG, "log")
    if len(_HASHED.findall(body)) >= 1 and b" " not in body[:40]:
        return Signature(_K.KEY_MATERIAL, "htpasswd")
    if not body.startswith((b"<", b"{", b"[")) and len(_SETTING.findall(body)) >= 2:
        return Signature(_K.KEY_MATERIAL, "env")
    try:
        body[:-3].decode() if len(body) > 3 else body.decode()
    except UnicodeDecodeError as wrong:
        # A cut may fall inside a character; a wrong byte earlier is another encoding, or no text.
        high = sum(octet >= 0x80 for octet in body)
        if wrong.start < len(body) - 8 and high > len(body) // 4:
            return None
    return Signature(_K.TEXT, "text", plain=True)
