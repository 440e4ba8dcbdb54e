"""Silent sound files in code: a true header, and how long the file is in all."""

from __future__ import annotations

import struct
from typing import Literal

FRAME = b"\xff\xf3\x48\xc0" + bytes(140)
"""One frame of MPEG-2 layer III: 32 kbit/s, 16 kHz, mono, 144 bytes, 36 ms."""


def wav(seconds: int, codec: Literal["gsm", "pcm", "alaw", "mulaw"] = "gsm") -> tuple[bytes, int]:
    """The header of a WAV file of that length at 8 kHz, and the size of the whole file."""
    if codec == "gsm":
        frames = seconds * 25  # 320 samples in 65 bytes
        size = frames * 65
        form = struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320)
        fact = b"fact" + struct.pack("<II", 4, frames * 320)
    else:
        tag, width = {"pcm": (1, 2), "alaw": (6, 1), "mulaw": (7, 1)}[codec]
        size = seconds * 8000 * width
        form = struct.pack("<HHIIHH", tag, 1, 8000, 8000 * width, width, 8 * width)
        fact = b""
    padded = size + size % 2
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + fact + b"data" + struct.pack("<I", size)
    head = b"RIFF" + struct.pack("<I", len(body) + padded) + body
    return head, len(head) + padded


def mp3(seconds: int) -> tuple[bytes, int]:
    """Whole frames of silence, as many as that length takes: all of the file's bytes, and how many."""
    sound = FRAME * (seconds * 1000 // 36)
    return sound, len(sound)
