"""Silent recordings: the header of a GSM WAV file, and the frame that an MP3 file of silence is made of."""

from __future__ import annotations

import struct

FRAME = b"\xff\xf3\x48\xc0" + bytes(140)
"""One frame of MPEG-2 layer III: 32 kbit/s, 16 kHz, mono, 144 bytes, 36 ms."""


def gsm_header(seconds: int) -> tuple[bytes, int]:
    """The header of a GSM 6.10 WAV file of that length at 8 kHz, and the size of the whole file."""
    frames = seconds * 25  # 320 samples in 65 bytes
    size = frames * 65
    form = struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"fact" + struct.pack("<II", 4, frames * 320) + b"data" + struct.pack("<I", size)
    padded = size + size % 2
    head = b"RIFF" + struct.pack("<I", len(body) + padded) + body
    return head, len(head) + padded


def mp3_size(seconds: int) -> int:
    """Bytes of the whole frames that so many seconds take."""
    return seconds * 1000 // 36 * len(FRAME)
