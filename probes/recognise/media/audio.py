"""Audio headers: which format, and how many seconds, from the first bytes and the length of the whole file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sound:
    """What an audio header says. `seconds` is a best guess between `low` and `high`; None where nothing can be said.

    `weak` means that the signature alone is not enough (one MPEG sync word): name and type must both agree.
    """

    format: str
    seconds: float | None = None
    low: float | None = None
    high: float | None = None
    weak: bool = False


# A month of sound in a single file is more than any recorder leaves uncut; beyond it the header lies.
_LONGEST = 30 * 86400.0
# What recorders write into a WAV whose end they do not know yet.
_OPEN_SIZES: Final = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF})

_WAV_CODECS: Final = {
    0x01: "pcm", 0x02: "adpcm", 0x03: "float", 0x06: "alaw", 0x07: "ulaw", 0x11: "ima", 0x31: "gsm", 0x42: "g723",
    0x45: "g726", 0x55: "mp3", 0x64: "g726", 0x65: "g722", 0x83: "g729", 0xFFFE: "extensible",
}  # fmt: skip


def _u16(b: bytes, at: int) -> int:
    return int.from_bytes(b[at : at + 2], "little")


def _u32(b: bytes, at: int) -> int:
    return int.from_bytes(b[at : at + 4], "little")


def _b32(b: bytes, at: int) -> int:
    return int.from_bytes(b[at : at + 4], "big")


def _timed(form: str, octets: int | None, rate: float, most: int | None = None) -> Sound:
    """A sound of `octets` of audio at `rate` bytes a second; `most` octets where the end is in doubt."""
    if octets is None or rate <= 0:
        return Sound(form)
    seconds = octets / rate
    high = max(seconds, most / rate) if most is not None else seconds
    return Sound(form, seconds, seconds, high) if seconds <= _LONGEST else Sound(form)


def _left(length: int | None, header: int) -> int | None:
    return None if length is None else max(0, length - header)


def _wav(b: bytes, length: int | None) -> Sound | None:
    """RIFF, RF64 and BW64 WAVE: a walk over the chunks to `fmt ` and `data`, whatever sizes the header claims."""
    if b[:4] not in (b"RIFF", b"RF64", b"BW64") or b[8:12] != b"WAVE":
        return None
    position, rate, codec, large = 12, 0.0, "", 0
    while position + 8 <= len(b):
        chunk, size, inside = b[position : position + 4], _u32(b, position + 4), position + 8
        if chunk == b"ds64" and inside + 16 <= len(b):
            large = int.from_bytes(b[inside + 8 : inside + 16], "little")
        elif chunk == b"fmt " and inside + 16 <= len(b):
            rate, codec = _wav_rate(b, inside, size)
        elif chunk == b"data":
            return _wav_data(f"wav/{codec}" if codec else "wav", rate, large or size, _left(length, inside))
        position = inside + size + (size & 1)
    return Sound(f"wav/{codec}" if codec else "wav")


def _wav_rate(b: bytes, at: int, size: int) -> tuple[float, str]:
    """Bytes a second and the codec's name, computed where the codec fixes it, else the header's own average."""
    tag, channels, hertz, average = _u16(b, at), _u16(b, at + 2), _u32(b, at + 4), _u32(b, at + 8)
    align, bits = _u16(b, at + 12), _u16(b, at + 14)
    if tag == 0xFFFE and size >= 40 and at + 26 <= len(b):
        tag = _u16(b, at + 24)
    codec = _WAV_CODECS.get(tag, f"0x{tag:04x}")
    channels = channels or 1
    match tag:
        case 0x01 | 0x03:
            rate = hertz * channels * bits / 8
            codec += str(bits) if bits in (8, 16, 24, 32, 64) else ""
        case 0x06 | 0x07:
            rate = float(hertz * channels)
        case 0x31:
            rate = hertz / 320 * 65  # a block of 65 bytes holds two GSM frames, 320 samples
        case 0x02 | 0x11 if size >= 20 and at + 20 <= len(b) and align and _u16(b, at + 18):
            rate = hertz * align / _u16(b, at + 18)
        case 0x83:
            rate = hertz / 8
        case _:
            rate = float(average)
    return (rate or float(average)), codec


def _wav_data(form: str, rate: float, size: int, left: int | None) -> Sound:
    """The `data` size counts only if it fits what is there: a recorder that still writes leaves 0 or a maximum."""
    if left is not None:
        if left == 0:
            return Sound(form, 0.0, 0.0, 0.0)  # a header alone: a call without audio
        if size in _OPEN_SIZES or size > left:
            return _timed(form, left, rate)
        return _timed(form, size, rate, left)
    return _timed(form, None if size in _OPEN_SIZES else size, rate)


_AMR: Final = (b"#!AMR\n", (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1))
_AMR_WB: Final = (b"#!AMR-WB\n", (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1))


def _amr(b: bytes, length: int | None) -> Sound | None:
    """AMR: 50 frames a second, their mode in bits 3-6 of the first byte; the mean of the frames seen goes for all."""
    for form, (magic, sizes) in (("amr", _AMR), ("amr-wb", _AMR_WB)):
        if not b.startswith(magic):
            continue
        position, seen, octets = len(magic), 0, 0
        while position < len(b):
            size = sizes[b[position] >> 3 & 15]
            position, seen, octets = position + size, seen + 1, octets + size
        left = _left(length, len(magic))
        if left is None or not seen:
            return Sound(form, 0.0, 0.0, 0.0) if left == 0 else Sound(form)
        # A caller who is silent is sent as 6-byte frames: all speech is the least, all silence the most.
        return Sound(form, left / (octets / seen) / 50, left / max(sizes) / 50, left / 6 / 50)
    return None


# kbit/s by (MPEG 1?, layer) and index; layer III and II are what recorders write.
_BITRATES: Final = {
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True, slots=True)
class _Frame:
    version: int
    layer: int
    hertz: int
    bits: int
    size: int
    samples: int
    mono: bool


def _frame(b: bytes, at: int) -> _Frame | None:
    if at + 4 > len(b) or b[at] != 0xFF or b[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = b[at + 1] >> 3 & 3, 4 - (b[at + 1] >> 1 & 3)
    rate, sampling = b[at + 2] >> 4, b[at + 2] >> 2 & 3
    if version == 1 or layer not in (2, 3) or not 0 < rate < 15 or sampling == 3 or b[at + 3] & 3 == 2:
        return None
    first = version == 3
    bits = _BITRATES[first, layer][rate] * 1000
    hertz = _HERTZ[version][sampling]
    samples = 1152 if first or layer == 2 else 576
    size = samples // 8 * bits // hertz + (b[at + 2] >> 1 & 1)
    return _Frame(version, layer, hertz, bits, size, samples, b[at + 3] >> 6 == 3)


def _mp3(b: bytes, length: int | None) -> Sound | None:
    """MP3: two frames one length apart, a Xing header, or an ID3 tag; one frame alone is weak (chance 1 in 2,000)."""
    start = 0
    if b[:3] == b"ID3":
        if len(b) < 10 or not 2 <= b[3] <= 4 or any(octet & 0x80 for octet in b[6:10]):
            return None
        start = 10 + (b[6] << 21 | b[7] << 14 | b[8] << 7 | b[9]) + (10 if b[5] & 0x10 else 0)
    first = _frame(b, start)
    if first is None:
        if not start:
            return None
        return _spread("mp3", _left(length, start), 1000, 40000)  # 8 to 320 kbit/s: the first frame is out of verdict
    left = _left(length, start)
    if (frames := _xing_frames(b, start, first)) is not None:
        seconds = frames * first.samples / first.hertz
        return Sound("mp3", seconds, seconds, seconds) if seconds <= _LONGEST else Sound("mp3")
    second = _frame(b, start + first.size)
    if second is not None and (second.version, second.layer, second.hertz) == (first.version, first.layer, first.hertz):
        if second.bits == first.bits:
            return _timed("mp3", left, first.bits / 8)
        return _spread("mp3", left, min(first.bits, second.bits) / 8, max(first.bits, second.bits) / 8)
    if not start and start + first.size + 4 <= len(b):
        return None  # the place of the second frame is in verdict, and none is there
    timed = _timed("mp3", left, first.bits / 8)
    return Sound(timed.format, timed.seconds, timed.low, timed.high, weak=not start)


def _spread(form: str, octets: int | None, slowest: float, fastest: float) -> Sound:
    return Sound(form) if octets is None else Sound(form, None, octets / fastest, octets / slowest)


def _xing_frames(b: bytes, start: int, first: _Frame) -> int | None:
    """How many frames the first one says that the file has; behind the side information, whose size the mode fixes."""
    side = (17 if first.mono else 32) if first.version == 3 else (9 if first.mono else 17)
    at = start + 4 + side
    if b[at : at + 4] in (b"Xing", b"Info") and at + 12 <= len(b) and b[at + 7] & 1:
        return _b32(b, at + 8) or None
    at = start + 36
    if b[at : at + 4] == b"VBRI" and at + 18 <= len(b):
        return _b32(b, at + 14) or None
    return None


_AU_WIDTHS: Final = {1: ("ulaw", 1), 2: ("pcm8", 1), 3: ("pcm16", 2), 4: ("pcm24", 3), 5: ("pcm32", 4), 27: ("alaw", 1)}


def _au(b: bytes, length: int | None) -> Sound | None:
    if b[:4] != b".snd":
        return None
    if len(b) < 24:
        return Sound("au")
    header, size, encoding, hertz, channels = (_b32(b, at) for at in (4, 8, 12, 16, 20))
    codec, width = _AU_WIDTHS.get(encoding, ("", 0))
    left = _left(length, max(24, header))
    if left is None:
        left = None if size in _OPEN_SIZES else size
    elif 0 < size <= left:
        left = size
    return _timed(f"au/{codec}" if codec else "au", left, width * hertz * min(channels or 1, 64))


def _flac(b: bytes, length: int | None) -> Sound | None:
    if b[:4] != b"fLaC":
        return None
    if len(b) < 26 or b[4] & 0x7F:
        return Sound("flac")
    hertz = int.from_bytes(b[18:21], "big") >> 4
    samples = int.from_bytes(b[21:26], "big") & 0xFFFFFFFFF
    if not hertz or not samples or samples / hertz > _LONGEST:
        return Sound("flac")
    return Sound("flac", samples / hertz, samples / hertz, samples / hertz)


def _ogg(b: bytes, length: int | None) -> Sound | None:
    """Ogg: the codec from the first page; its duration stands in the last page alone."""
    if b[:4] != b"OggS":
        return None
    for codec, mark in (
        ("opus", b"OpusHead"),
        ("speex", b"Speex   "),
        ("vorbis", b"\x01vorbis"),
        ("flac", b"\x7fFLAC"),
    ):
        if b[28 : 28 + len(mark)] == mark:
            return Sound(f"ogg/{codec}")
    # Theora opens a video; its page says so at the same place.
    return None if b[28:35] == b"\x80theora" else Sound("ogg")


def _adts(b: bytes, length: int | None) -> Sound | None:
    """AAC in ADTS frames: sync with layer 0, and a second frame where the first one says."""
    if len(b) < 7 or b[0] != 0xFF or b[1] & 0xF6 != 0xF0 or b[2] >> 2 & 15 > 12:
        return None
    size = (b[3] & 3) << 11 | b[4] << 3 | b[5] >> 5
    if size < 8:
        return None
    hertz = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)[b[2] >> 2 & 15]
    second = b[size : size + 2]
    if len(second) == 2 and (second[0] != 0xFF or second[1] != b[1]):
        return None
    rate = size * hertz / 1024
    weak = len(second) < 2
    if length is None:
        return Sound("aac", weak=weak)
    # The first frame is often a short one: half to twice its rate.
    return Sound("aac", length / rate, length / rate / 2, length / rate * 2, weak)


def _gsm(b: bytes, length: int | None) -> Sound | None:
    """Raw GSM 06.10: no magic, but every 33rd byte has the high nibble 0xD; eight of them are chance 1 in 4e9."""
    marks = b[::33]
    if len(marks) < 9 or any(octet >> 4 != 0xD for octet in marks):
        return None
    # A file of one repeated byte passes too; speech has that nibble elsewhere in one byte of sixteen.
    if sum(octet >> 4 == 0xD for octet in b) > len(b) // 2:
        return None
    return _timed("gsm", length, 1650.0)


def _marked(b: bytes, length: int | None) -> Sound | None:
    if b.startswith((b"\x02#!SILK_V3", b"#!SILK_V3")):
        return Sound("silk")
    if b.startswith((b"#!iLBC30\n", b"#!iLBC20\n")):
        thirty = b[6:7] == b"3"
        return _timed("ilbc", _left(length, 9), 50 / 0.030 if thirty else 38 / 0.020)
    if b[:4] == b"FORM" and b[8:12] in (b"AIFF", b"AIFC"):
        return Sound("aiff")
    if b[:4] == b"caff" and b[4:6] == b"\0\x01":
        return Sound("caf")
    return None


_READERS: Final[tuple[Callable[[bytes, int | None], Sound | None], ...]] = (
    _wav, _amr, _au, _flac, _ogg, _marked, _adts, _mp3, _gsm,
)  # fmt: skip

# No magic: the extension and the length are all there is. Bytes a second at 8 kHz (VOX and G.722: unverified).
RAW_RATES: Final = {
    "ulaw": 8000, "alaw": 8000, "ul": 8000, "al": 8000, "pcmu": 8000, "pcma": 8000, "g711": 8000, "sln": 16000,
    "sln16": 32000, "g729": 1000, "g722": 8000, "vox": 4000,
}  # fmt: skip


def read_sound(prefix: bytes, length: int | None) -> Sound | None:
    """The sound that `prefix` opens, of a file of `length` bytes (None: unknown); None when no header is known.

    `length` is trusted above sizes in headers. Any bytes are read.
    """
    for reader in _READERS:
        if (sound := reader(prefix, length)) is not None:
            return sound
    return None
