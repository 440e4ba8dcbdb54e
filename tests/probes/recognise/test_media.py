"""What a file is from its first bytes: durations by header, magic at its offset, two of three that agree."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.media.identify import Media, MediaKind, kind_of_name, tell
from tests.speed import within

SPEECH = bytes((i * 37 + 11) % 251 for i in range(2048))


def wav(
    tag: int, rate: int, align: int, bits: int, data: int, hertz: int = 8000, channels: int = 1, extra: bytes = b""
) -> bytes:
    fmt = struct.pack("<HHIIHH", tag, channels, hertz, rate, align, bits) + extra
    return (
        b"RIFF"
        + struct.pack("<I", 36)
        + b"WAVEfmt "
        + struct.pack("<I", len(fmt))
        + fmt
        + b"data"
        + struct.pack("<I", data)
    )


PCM = wav(1, 16000, 2, 16, 0)
XING_FRAME = b"\xff\xfb\x90\xc0" + b"\0" * 17 + b"Xing" + struct.pack(">II", 1, 11484)
MP3_8K = b"\xff\xe3\x28\xc0"  # MPEG 2.5 layer III, 16 kbit/s, 8 kHz, mono: 144 bytes a frame


@pytest.mark.parametrize(
    ("header", "octets", "form"),
    [
        (wav(1, 16000, 2, 16, 4_800_000), 16000, "wav/pcm16"),
        (wav(1, 32000, 4, 16, 0, channels=2), 32000, "wav/pcm16"),
        (wav(1, 0, 2, 16, 0), 16000, "wav/pcm16"),
        (wav(7, 8000, 1, 8, 0), 8000, "wav/ulaw"),
        (wav(6, 8000, 1, 8, 0), 8000, "wav/alaw"),
        (wav(0x31, 1625, 65, 0, 0, extra=struct.pack("<HH", 2, 320)), 1625, "wav/gsm"),
        (wav(0x11, 4055, 256, 4, 0, extra=struct.pack("<HH", 2, 505)), 8000 * 256 / 505, "wav/ima"),
        (wav(0x83, 1000, 10, 0, 0), 1000, "wav/g729"),
        (wav(1, 16000, 2, 16, 0xFFFFFFFF), 16000, "wav/pcm16"),
        (wav(1, 16000, 2, 16, 0x7FFFFFFF), 16000, "wav/pcm16"),
        (b"#!AMR\n\x3c", 1600, "amr"),
        (b"#!AMR-WB\n\x14", 1650, "amr-wb"),
        (b".snd" + struct.pack(">IIIII", 24, 0xFFFFFFFF, 1, 8000, 1), 8000, "au/ulaw"),
        (b".snd" + struct.pack(">IIIII", 24, 0xFFFFFFFF, 3, 8000, 1), 16000, "au/pcm16"),
        (b"#!iLBC30\n", 50 / 0.03, "ilbc"),
    ],
)
def test_300_seconds_of_every_constant_rate_header(header: bytes, octets: float, form: str) -> None:
    prefix, length = header + SPEECH, len(header) + round(300 * octets)
    if form.startswith("amr"):  # the last byte of the header is the first frame's
        prefix, length = header[:-1] + (header[-1:] + b"\x11" * (round(octets / 50) - 1)) * 20, length - 1
    media = tell(prefix, "", "audio/x-any", length)
    assert media.kind is MediaKind.AUDIO
    assert media.format == form
    assert media.seconds == pytest.approx(300, rel=0.01)
    assert media.seconds is not None
    assert media.low is not None
    assert media.high is not None
    assert media.low <= media.seconds * 1.001
    assert media.high >= media.seconds * 0.999
    assert media.confirmed


def test_length_is_trusted_above_a_lying_size() -> None:
    liar = tell(wav(1, 16000, 2, 16, 0x7FFFFFFF) + SPEECH[:400], "a.wav", "", 44 + 16000 * 300)
    assert liar.seconds == 300
    late = tell(wav(1, 16000, 2, 16, 16000) + SPEECH[:400], "a.wav", "", 44 + 16000 * 300)
    assert late.low == 1
    assert late.high == 300


def test_size_of_the_header_where_no_length_is_known() -> None:
    assert tell(wav(1, 16000, 2, 16, 160000), "a.wav").seconds == 10
    assert tell(wav(1, 16000, 2, 16, 0xFFFFFFFF), "a.wav").seconds is None


def test_header_alone_is_a_call_without_audio() -> None:
    media = tell(PCM, "a.wav", "audio/x-wav", 44)
    assert media.empty
    assert media.confirmed
    assert not tell(PCM + SPEECH, "a.wav", "audio/x-wav", 16044).empty


def test_chunks_before_fmt_and_rf64() -> None:
    junk = b"RIFF\0\0\0\0WAVEJUNK" + struct.pack("<I", 28) + bytes(28) + PCM[12:]
    assert tell(junk + SPEECH, "a.wav", "", len(junk) + 32000).seconds == 2
    ds64 = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, 0, 6 << 30, 0, 0) + PCM[12:40] + b"\xff" * 4
    media = tell(ds64, "a.wav", "", len(ds64) + (6 << 30))
    assert media.seconds == pytest.approx((6 << 30) / 16000)


def test_flac_is_exact() -> None:
    info = (
        struct.pack(">HH", 4096, 4096) + bytes(6) + (8000 << 44 | 15 << 36 | 8000 * 300).to_bytes(8, "big") + bytes(16)
    )
    assert tell(b"fLaC\x00\x00\x00\x22" + info, "a.flac").seconds == 300


def test_raw_gsm_has_a_nibble_every_33_bytes() -> None:
    frames = b"".join(b"\xd5" + SPEECH[i * 32 : i * 32 + 32] for i in range(20))
    assert tell(frames, "a.gsm", "", 1650 * 300) == Media(MediaKind.AUDIO, "gsm", 300, 300, 300, confirmed=True)
    assert tell(b"\xd0" * 512, "a.bin", "", 512).kind is MediaKind.OTHER


class TestMp3:
    def test_two_frames(self) -> None:
        media = tell((MP3_8K + b"\0" * 140) * 3, "a.mp3", "", 2000 * 300)
        assert (media.format, media.seconds, media.confirmed) == ("mp3", 300, True)

    def test_xing_counts_the_frames(self) -> None:
        assert tell(XING_FRAME + bytes(200), "a.mp3", "", 9).format == "mp3"
        assert tell(XING_FRAME + bytes(200), "a.mp3", "", 5_000_000).seconds == pytest.approx(300, abs=0.1)

    def test_one_sync_alone_needs_name_and_type(self) -> None:
        lone = b"\xff\xfb\xe0\xc0" + SPEECH[:508]  # 320 kbit/s: the second frame is out of verdict
        assert tell(lone, "a.mp3", "audio/mpeg", 10**6).confirmed
        assert not tell(lone, "a.mp3", "", 10**6).confirmed
        assert tell(lone, "a.bin", "", 10**6).kind is MediaKind.OTHER

    def test_a_frame_that_is_not_followed_by_one_is_none(self) -> None:
        assert tell(MP3_8K + SPEECH[:500], "a.mp3", "audio/mpeg", 9999).format == ""

    def test_id3_hides_the_first_frame(self) -> None:
        media = tell(b"ID3\x03\0\0\0\x00\x20\x00" + bytes(502), "a.mp3", "", 4106 + 40000)
        assert media.confirmed
        assert media.seconds is None
        assert media.low == pytest.approx(1)
        assert media.high == pytest.approx(40)


@pytest.mark.parametrize(
    ("head", "form"), [(b"OpusHead", "ogg/opus"), (b"Speex   ", "ogg/speex"), (b"\x01vorbis", "ogg/vorbis")]
)
def test_ogg_tells_its_codec_and_not_its_length(head: bytes, form: str) -> None:
    media = tell(b"OggS" + bytes(22) + b"\x01\x13" + head + bytes(20), "a.ogg", "", 99999)
    assert (media.format, media.seconds, media.confirmed) == (form, None, True)


@pytest.mark.parametrize(
    ("prefix", "name", "kind", "form"),
    [
        (bytes(128) + b"DICM" + bytes(20), "1.dcm", MediaKind.DICOM, "dicom"),
        (b"%PDF-1.7\n", "a.pdf", MediaKind.DOCUMENT, "pdf"),
        (b"\xff\xd8\xff\xe0..JFIF", "a.jpg", MediaKind.IMAGE, "jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "a.png", MediaKind.IMAGE, "png"),
        (b"II*\0....", "a.tif", MediaKind.IMAGE, "tiff"),
        (b"\0\0\0\x18ftypmp42", "a.mp4", MediaKind.VIDEO, "mp4"),
        (b"\0\0\0\x18ftypM4A ", "a.m4a", MediaKind.AUDIO, "m4a"),
        (b"\0\0\0\x18ftypisom", "a.m4a", MediaKind.AUDIO, "mp4"),
        (b"\x1a\x45\xdf\xa3....", "a.mkv", MediaKind.VIDEO, "matroska"),
        ((b"G\x40\0\x10" + bytes(184)) * 3, "a.ts", MediaKind.VIDEO, "mpeg-ts"),
        (b"RIFF....AVI LIST", "a.avi", MediaKind.VIDEO, "avi"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", MediaKind.DOCUMENT, "ole"),
        (b"PK\x03\x04" + bytes(22) + b"\x13\0\0\0[Content_Types].xml", "a.xlsx", MediaKind.DOCUMENT, "ooxml"),
        (b"PK\x03\x04" + bytes(22) + b"\x05\0\0\0a.txt", "a.zip", MediaKind.ARCHIVE, "zip"),
        (b"!BDN" + bytes(20), "mail.pst", MediaKind.MAIL_STORE, "pst"),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", MediaKind.ARCHIVE, "7z"),
        (b"\x1f\x8b\x08" + bytes(9), "calls.sql.gz", MediaKind.DATABASE_DUMP, "gzip"),
        (b"\x1f\x8b\x08" + bytes(9), "a.tar.gz", MediaKind.ARCHIVE, "gzip"),
        (bytes(257) + b"ustar\x0000", "a.tar", MediaKind.ARCHIVE, "tar"),
        (b"SQLite format 3\0", "a.db", MediaKind.DATABASE_DUMP, "sqlite"),
        (b"PGDMP\x01\x0e", "a.dump", MediaKind.DATABASE_DUMP, "postgresql"),
        (b"TAPE\0\0\x03\0", "a.bak", MediaKind.DATABASE_DUMP, "mssql"),
        (b"-- MySQL dump 10.13  Distrib 8.0\n--\n", "a.sql", MediaKind.DATABASE_DUMP, "sql"),
        (b"--\n-- PostgreSQL database dump\n--\n", "a.sql", MediaKind.DATABASE_DUMP, "sql"),
        (b"KDMV\x01\0\0\0", "a.vmdk", MediaKind.VM_IMAGE, "vmdk"),
        (b"vhdxfile", "a.vhdx", MediaKind.VM_IMAGE, "vhdx"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nMII", "a.pem", MediaKind.KEY_MATERIAL, "pem"),
        (b"DB_HOST=localhost\nDB_PASSWORD=made-up\n", ".env", MediaKind.KEY_MATERIAL, "env"),
        (b"2026-01-01 10:00:00 a\n2026-01-01 10:00:01 b\n2026-01-01 10:00:02 c\n", "a.log", MediaKind.LOG, "log"),
    ],
)
def test_magic_and_name_agree(prefix: bytes, name: str, kind: MediaKind, form: str) -> None:
    media = tell(prefix, name, "application/octet-stream", 10**6)
    assert (media.kind, media.format, media.confirmed, media.mismatch) == (kind, form, True, "")


def test_magic_counts_at_its_offset_only() -> None:
    assert tell(b"x" + bytes(128) + b"DICM", "a.bin").kind is MediaKind.OTHER
    assert tell(b" PK\x03\x04" + bytes(30), "a.bin").kind is MediaKind.OTHER


def test_magic_alone_is_not_confirmed() -> None:
    assert not tell(b"%PDF-1.4", "a").confirmed
    assert tell(b"%PDF-1.4", "a", "application/pdf").confirmed


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><html>", b"  <html><body>login", b'{"error": 404}', b'<?xml version="1.0"?><e/>']
)
def test_a_page_under_a_binary_name_is_negative(body: bytes) -> None:
    media = tell(body, "call.wav", "audio/x-wav", 10**6)
    assert media.kind is MediaKind.HTML
    assert not media.confirmed
    assert media.mismatch


def test_a_page_is_never_confirmed() -> None:
    assert not tell(b"<!doctype html><html>", "index.html", "text/html").confirmed
    assert tell(b'{"a": 1}', "call.json", "application/json").kind is MediaKind.TEXT


def test_wrong_extension_is_noted() -> None:
    media = tell(b"%PDF-1.4", "a.wav", "audio/x-wav")
    assert media.kind is MediaKind.DOCUMENT
    assert not media.confirmed
    assert "audio" in media.mismatch
    media = tell((MP3_8K + b"\0" * 140) * 3, "a.wav", "", 2000)
    assert media.confirmed
    assert media.mismatch == "mp3: the extension is wav"


def test_codecs_without_magic_are_never_confirmed() -> None:
    media = tell(SPEECH[:512], "a.ulaw", "", 8000 * 10)
    assert (media.kind, media.seconds, media.confirmed) == (MediaKind.AUDIO, 10, False)


def test_nothing_but_a_head() -> None:
    media = tell(b"", "a.wav", "audio/wav", 16044)
    assert (media.kind, media.confirmed, media.seconds) == (MediaKind.AUDIO, False, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.wav.mp3", MediaKind.AUDIO), ("x/y/a.WAV", MediaKind.AUDIO), ("a.wav49", MediaKind.AUDIO),
        ("mail.pst", MediaKind.MAIL_STORE), ("1.dcm", MediaKind.DICOM), ("a.sql", MediaKind.DATABASE_DUMP),
        ("a.sql.gz", MediaKind.DATABASE_DUMP), ("a.bak", MediaKind.DATABASE_DUMP), ("a.dump", MediaKind.DATABASE_DUMP),
        ("a.pem", MediaKind.KEY_MATERIAL), ("id_rsa", MediaKind.KEY_MATERIAL), (".env", MediaKind.KEY_MATERIAL),
        ("a.kdbx", MediaKind.KEY_MATERIAL), ("a.key", MediaKind.KEY_MATERIAL), ("a.pfx", MediaKind.KEY_MATERIAL),
        (".env.production", MediaKind.KEY_MATERIAL), ("a.tar.gz", MediaKind.ARCHIVE), ("a.docx", MediaKind.DOCUMENT),
        ("a.css", MediaKind.STATIC), ("index.html", MediaKind.STATIC), ("a.woff2", MediaKind.STATIC),
        ("favicon.ico", MediaKind.STATIC), ("a.jpg", MediaKind.IMAGE), ("access.log.1", MediaKind.LOG),
        ("access.log-20260101.gz", MediaKind.LOG), ("calls.pst.old", MediaKind.MAIL_STORE), ("README", MediaKind.OTHER),
        ("", MediaKind.OTHER), ("a.unheard", MediaKind.OTHER), ("2019", MediaKind.OTHER),
    ],
)  # fmt: skip
def test_kind_of_name(name: str, kind: MediaKind) -> None:
    assert kind_of_name(name) is kind


@given(
    st.binary(max_size=600)
    | st.sampled_from([PCM, XING_FRAME, b"#!AMR\n", b"ID3", b"OggS", b"fLaC", b".snd"]).flatmap(
        lambda head: st.binary(max_size=500).map(lambda tail: head + tail)
    ),
    st.text(max_size=30),
    st.text(max_size=30),
    st.none() | st.integers(-5, 2**64),
)
def test_any_bytes_are_told(prefix: bytes, name: str, declared: str, length: int | None) -> None:
    media = tell(prefix, name, declared, length)
    for seconds in (media.seconds, media.low, media.high):
        assert seconds is None or seconds >= 0
    if media.seconds is not None and media.low is not None and media.high is not None:
        assert media.low <= media.high
    assert kind_of_name(name) in MediaKind


def test_chance_confirms_nothing() -> None:
    import random

    chance = random.Random(7)
    assert not [1 for _ in range(3000) if tell(chance.randbytes(512), "a.wav", "", 10**6).confirmed]


@pytest.mark.parametrize("octet", [b"\xff", b"<", b"A=", b"-", b"{", b"\xd5", b"\xff\xfb"])
def test_time_is_bounded(octet: bytes) -> None:
    begun = time.process_time()
    for _ in range(20):
        tell(octet * 512, "a.mp3", "audio/mpeg", 10**6)
    assert within(time.process_time() - begun, 1)
