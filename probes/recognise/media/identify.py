"""What a file is, from at most 512 of its first bytes, its name, its declared type and its length; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from probes.recognise.media.audio import RAW_RATES, read_sound
from probes.recognise.media.kinds import MediaKind, extension, kind_of_name, kind_of_type
from probes.recognise.media.signatures import Signature, read_signature, read_text

__all__ = ["Media", "MediaKind", "kind_of_name", "tell"]

MOST_PREFIX: Final = 512
"""Bytes of a file that are looked at: one Range covers every signature but a raw GSM's twentieth frame."""

_TEXTUAL: Final = frozenset({MediaKind.TEXT, MediaKind.HTML, MediaKind.STATIC, MediaKind.LOG, MediaKind.OTHER})
# Kinds whose files may be text without any grammar of ours: a .csv, a .sql in an odd dialect, a .pem certificate.
_MAY_BE_TEXT: Final = _TEXTUAL | {
    MediaKind.DOCUMENT, MediaKind.DATABASE_DUMP, MediaKind.KEY_MATERIAL, MediaKind.MAIL_STORE, MediaKind.VM_IMAGE,
}  # fmt: skip
# ... but these extensions of such kinds are binary always.
_BINARY_WORDS: Final = (
    "pdf doc docx docm xls xlsx xlsm xlsb ppt pptx odt ods odp msg pst ost pfx p12 kdbx kdb jks vmdk vhd vhdx vdi qcow "
    "qcow2 ova sqlite sqlite3 mdb accdb mdf ldf bacpac bak"
)
_BINARY: Final = frozenset(_BINARY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Media:
    """What a file was told to be. Kind and format hold nothing of its name or content."""

    kind: MediaKind
    format: str = ""
    """E.g. `wav/gsm`, `mp3`, `pdf`; empty where only the name or the declared type spoke."""
    seconds: float | None = None
    """How long a sound plays, between `low` and `high`; 0.0 is a header without audio; None: it cannot be known."""
    low: float | None = None
    high: float | None = None
    confirmed: bool = False
    """Whether two of declared type, extension and magic agree, and magic is one of them."""
    mismatch: str = ""
    """What contradicts what, in our own words; empty when nothing does."""

    @property
    def empty(self) -> bool:
        """Whether it is the header of a sound without any sound behind it: a call that was recorded to nothing."""
        return self.kind is MediaKind.AUDIO and self.seconds == 0.0 and self.high == 0.0


def tell(prefix: bytes, name: str = "", type: str = "", length: int | None = None) -> Media:  # noqa: A002
    """What the file is that begins with `prefix` (at most 512 bytes are looked at). Any bytes and any text are read.

    `name` is its name or path, `type` its Content-Type, `length` the bytes of the whole file (not of the answer), which
    is trusted above sizes in headers. Magic decides the kind; where name or type contradict it, `mismatch` says so. A
    body of HTML, JSON or XML under a binary name is HTML, never confirmed: it is somebody's error page. Without magic
    the name, then the type, speak, unconfirmed.
    """
    prefix = prefix[:MOST_PREFIX]
    length = None if length is not None and length < len(prefix) else length
    ext, by_name, by_type = extension(name), kind_of_name(name), kind_of_type(type)
    sound = read_sound(prefix, length)
    if sound is not None:
        agree = [by_name is MediaKind.AUDIO, by_type is MediaKind.AUDIO]
        if not sound.weak or any(agree):
            confirmed = all(agree) if sound.weak else any(agree)
            mismatch = _contradicted(MediaKind.AUDIO, sound.format, ext, by_name, by_type)
            return Media(MediaKind.AUDIO, sound.format, sound.seconds, sound.low, sound.high, confirmed, mismatch)
    found = read_signature(prefix) or read_text(prefix)
    if found is None:
        return _by_promise(ext, by_name, by_type, prefix, length)
    if found.plain:
        return _text(found, ext, by_name, by_type)
    # A container that may hold what the name promises is taken at the name's word: `calls.sql.gz`, `x.m4a` in an mp4.
    kind = by_name if by_name in found.holds else found.kind
    if kind is found.kind and by_type in found.holds and by_name in (MediaKind.OTHER, found.kind):
        kind = by_type if by_type is not None else kind
    agrees = by_name in (kind, found.kind) or by_type in (kind, found.kind)
    return Media(
        kind, found.format, confirmed=agrees, mismatch=_contradicted(kind, found.format, ext, by_name, by_type)
    )


def _text(found: Signature, ext: str, by_name: MediaKind, by_type: MediaKind | None) -> Media:
    """Text that no grammar of ours proves: a page where a binary was named is negative, else the name may speak."""
    promised = by_name if by_name is not MediaKind.OTHER else (by_type or MediaKind.OTHER)
    # A copy of a text is text: `index.php.bak`.
    binary = promised not in _MAY_BE_TEXT or (ext in _BINARY and promised is not MediaKind.TEXT)
    if found.kind is MediaKind.HTML or (found.format in ("json", "xml") and binary):
        mismatch = f"a body of {found.format} under a {promised} name or type" if promised not in _TEXTUAL else ""
        return Media(MediaKind.HTML, found.format, mismatch=mismatch)
    if binary:
        return Media(MediaKind.TEXT, found.format, mismatch=f"text under a {promised} name or type")
    if promised in (MediaKind.OTHER, MediaKind.HTML) or found.kind is MediaKind.STATIC:
        return Media(found.kind, found.format)
    return Media(promised, found.format)


def _by_promise(ext: str, by_name: MediaKind, by_type: MediaKind | None, prefix: bytes, length: int | None) -> Media:
    """No magic: what the name, then the type, promise. Raw telephone codecs have none, and are timed by their rate."""
    kind = by_name if by_name is not MediaKind.OTHER else (by_type or MediaKind.OTHER)
    if kind is MediaKind.AUDIO and ext in RAW_RATES:
        if length is None:
            return Media(kind, f"{ext}/raw")
        seconds = length / RAW_RATES[ext]
        # Half to twice: such a file may be 16 kHz, or 4 bits a sample, and nothing in it says so.
        return Media(kind, f"{ext}/raw", seconds, seconds / 2, seconds * 2)
    mismatch = f"no signature of a {kind}" if prefix and kind not in (MediaKind.OTHER, MediaKind.TEXT) else ""
    return Media(kind, mismatch=mismatch)


# Extensions that may hold each format; a format that is not here agrees with every extension of its kind.
_FORMATS: Final = {
    "wav": "wav wav49 wave rf64 bw64 w64", "mp3": "mp3", "gsm": "gsm", "amr": "amr 3ga", "amr-wb": "awb amr",
    "flac": "flac", "au": "au snd", "ogg": "ogg oga opus spx", "aac": "aac", "silk": "silk slk amr",
    "pdf": "pdf", "jpeg": "jpg jpeg jpe", "png": "png", "tiff": "tif tiff dng cr2 nef", "zip": "zip jar war ear apk",
    "7z": "7z", "rar": "rar", "pst": "pst ost",
}  # fmt: skip


def _contradicted(kind: MediaKind, form: str, ext: str, by_name: MediaKind, by_type: MediaKind | None) -> str:
    """How the name and the type contradict what the bytes say, in our own words."""
    wrong = []
    if by_name not in (kind, MediaKind.OTHER):
        wrong.append(f"the name says {by_name}")
    elif by_name is kind and ext not in _FORMATS.get(form.partition("/")[0], ext).split():
        wrong.append(f"the extension is {ext}")
    if by_type not in (kind, None) and not {kind, by_type} <= {MediaKind.AUDIO, MediaKind.VIDEO}:
        wrong.append(f"the declared type says {by_type}")
    return f"{form or kind}: {', '.join(wrong)}" if wrong else ""
