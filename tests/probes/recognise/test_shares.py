"""What file services list: rows of every form, hard names, dates, and bytes of any kind."""

from __future__ import annotations

import struct
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.shares import dicom, ftp, nfs, smb
from probes.recognise.shares.rows import ShareRow, columns_of, listing_of
from probes.recognise.shares.rsync import FileList, NotAList, index_of, modules
from tests.speed import within

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def read(line: bytes) -> ShareRow:
    (row,), strange = ftp.rows(line + b"\r\n", NOW)
    assert not strange
    return row


def test_rows_of_servers_as_they_write_them() -> None:
    vsftpd = read(b"-rw-r--r--    1 0        0             100 Nov 29 10:00 a b.wav")
    assert (vsftpd.name, vsftpd.size, vsftpd.folder) == (b"a b.wav", 100, False)
    assert vsftpd.modified is not None
    assert vsftpd.modified.low.year == 2026
    proftpd = read(b" drwxr-xr-x   2 ftp      Domain Users     4096 Feb 16  2019 \xe5r")
    assert (proftpd.name, proftpd.folder) == (b"\xe5r", True)
    assert read(b"-rw-r--r-- 1 0 0 100 Dec 24 10:00 x").modified.low.year == 2025  # type: ignore[union-attr]
    assert read(b"02-16-19  11:05PM       <DIR>          calls") == ShareRow(
        b"calls", True, None, read(b"02-16-19  11:05PM  <DIR> calls").modified
    )
    assert read(b"02-16-2019  11:05PM  1234 a.wav").size == 1234
    mlsd = read(b"type=file;size=7;modify=20190216230512;perm=adfr; x;y=z.wav")
    assert (mlsd.name, mlsd.size) == (b"x;y=z.wav", 7)
    assert mlsd.modified is not None
    assert mlsd.modified.low == datetime(2019, 2, 16, 23, 5, tzinfo=UTC)
    assert ftp.rows(b"213-Status follows:\r\ntype=cdir; .\r\ntype=pdir; ..\r\n213 End\r\n")[0] == ()
    netware = read(b"d [RWCEAFMS] admin               512 Mar 01 08:15    calls")
    assert (netware.name, netware.folder) == (b"calls", True)
    blanks = read(b"-rw-rw-r--+  1 DOM\\Domain Users  Domain Users 20044 2026-03-01 08:15 b c.wav")
    assert (blanks.name, blanks.size) == (b"b c.wav", 20044)
    assert blanks.modified == read(b"-rw-r--r-- 1 0 0 1 Mar 01  2026 x").modified
    vms = read(b"B.WAV;12                 40/44        1-MAR-2026 08:15:02 [G,O] (RWED,RED,RE,)")
    assert vms == ShareRow(b"B.WAV;12", False, None, blanks.modified)
    assert read(b"CALLS.DIR;1   1/4   1-MAR-2026 08:15") == ShareRow(b"CALLS", True, None, blanks.modified)
    assert read(b"lrwxrwxrwx 1 0 0 9 Jan 01  2026 link -> /etc") == ShareRow(b"link", False)
    eplf = read(b"+i8388621.44468,m1550358300,r,s3001,up644,\ta b,c.wav")
    assert (eplf.name, eplf.folder, eplf.size, eplf.modified) == (b"a b,c.wav", False, 3001, mlsd.modified)
    assert read(b"+i8388621.29609,/,\tcalls") == ShareRow(b"calls", True)
    assert read(b"+/,m99999999999,sx,\tcalls") == ShareRow(b"calls", True)
    assert read(b"QSYS            3000 11/01/26 10:00:00 *STMF      a b.wav ") == ShareRow(b"a b.wav", False, 3000)
    assert read(b"QSECOFR        36864 26/11/01 10:00:00 *DIR       calls/") == ShareRow(b"calls", True)
    assert read(b"QPGMR                                  *MEM       CALLS.MBR") == ShareRow(b"CALLS.MBR", False)


@pytest.mark.parametrize(
    "row",
    [
        "-rw-r--r--   1 ftp ftp 1000 11月 21 2024 a b.wav",
        "-rw-r--r--   1 ftp ftp 1000 11月 21日  2024年 a b.wav",
        "-rw-r--r--   1 ftp ftp 1000 11월 21일  2024 a b.wav",
        "-rw-r--r--   1 ftp Domain Users 1000 21 ноя 2024 a b.wav",
        "-rw-r--r--   1 ftp           1000 21. Nov 2024 a b.wav",
        "-rw-r--r--   1 ftp ftp 1000 nov.  21  2024 a b.wav",
        "-rw-r--r--   1 ftp ftp 1000 2024-11-21 21:08:34.000000000 +0100 a b.wav",
        " 1234  4 -rw-r--r--   1 ftp      ftp          1000 Nov 21 2024 a b.wav",
        "1234 -rw-r--r--   1 ftp      ftp          1000 Nov 21 2024 a b.wav",
    ],
)
def test_a_row_of_ls_is_read_in_any_language_and_with_numbers_in_front(row: str) -> None:
    plain = read(b"-rw-r--r-- 1 ftp ftp 1000 Nov 21  2024 a b.wav")
    assert (plain.name, plain.size, plain.modified is None) == (b"a b.wav", 1000, False)
    assert read(row.encode()) == plain


def test_a_row_whose_month_nobody_knows_keeps_its_name_and_tells_no_date() -> None:
    found = read(b"-rw-r--r-- 1 ftp ftp 1000 11\xd4\xc2 21 2024 a.wav")
    assert (found.name, found.modified is None) == (b"a.wav", False), "the sign for a month in another charset"
    for month in (b"d\xe9cembr", b"13\xd4\xc2", b"Foo"):
        assert read(b"-rw-r--r-- 1 ftp ftp 1000 " + month + b" 21 2024 a.wav") == ShareRow(b"a.wav", False, 1000)


def test_sizes_of_dos_may_have_marks_between_thousands() -> None:
    assert read(b"11-21-2024  09:08PM            5,000,019 a.wav").size == 5_000_019
    assert read(b"11-21-2024  09:08PM            5.000.019 1,000 a.wav").name == b"1,000 a.wav"


@pytest.mark.parametrize("day", ["11-21-24", "11-21-2024", "2024-11-21", "21.11.2024", "21.11.24"])
@pytest.mark.parametrize("time", ["09:08PM", "21:08"])
def test_a_date_of_dos_is_read_in_its_order(day: str, time: str) -> None:
    found = read(f"{day}  {time}  1000 a b.wav".encode())
    assert found.modified is not None
    assert (found.name, found.modified.low) == (b"a b.wav", datetime(2024, 11, 21, 7, 8, tzinfo=UTC))
    assert read(f"{day}  {time}       <DIR>          old".encode()).folder


def test_data_sets_and_members_of_z_os() -> None:
    rows, strange = ftp.rows(
        b"Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\r\n"
        b"WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  CALLS.LIST\r\n"
        b"WPTA01 3290   **NONE**    1    3  FB      80  3125  PO  'ANON.OLD'\r\n"
    )
    assert ([(row.name, row.folder, row.size) for row in rows], strange) == (
        [(b"CALLS.LIST", False, None), (b"ANON.OLD", True, None)],
        0,
    )
    assert rows[0].modified == read(b"-rw-r--r-- 1 0 0 1 May 21  2003 x").modified
    rows, strange = ftp.rows(
        b" Name     VV.MM   Created       Changed      Size  Init   Mod   Id\r\n"
        b" CALL1     01.03 2002/09/12 2024/11/21 09:37    11    11     0 ANNA\r\n"
    )
    assert ([row.name for row in rows], strange) == ([b"CALL1"], 0)
    assert rows[0].modified == read(b"-rw-r--r-- 1 0 0 1 Nov 21  2024 x").modified


@pytest.mark.parametrize("size", ["1.2M", "976K", "1,2G"])
def test_a_size_in_units_tells_no_bytes_and_hides_no_row(size: str) -> None:
    assert read(f"-rw-r--r-- 1 ftp ftp {size} Nov 21 2024 a.wav".encode()).name == b"a.wav"
    assert read(f"-rw-r--r-- 1 ftp ftp {size} Nov 21 2024 a.wav".encode()).size is None


def test_a_row_of_vms_whose_name_is_long_stands_on_two_lines() -> None:
    rest = b"3/6         21-NOV-2024 21:08:34  [FTP,ANONYMOUS]   (RWED,RWED,RE,RE)\r\n"
    short, name = b"CALL-1.WAV;1     ", b"A_VERY_LONG_NAME_OF_A_RECORDING.WAV;12"
    frame = b"\r\nDirectory SYS$SYSDEVICE:[ANONYMOUS]\r\n\r\n", b"\r\nTotal of 2 files, 6/12 blocks\r\n"
    rows, strange = ftp.rows(frame[0] + name + b"\r\n                " + rest + short + rest + frame[1])
    assert [row.name for row in rows] == [name, b"CALL-1.WAV;1"]
    assert rows[0].modified == rows[1].modified
    assert not strange
    rows, strange = ftp.rows(name + b"\r\n" + name + b"\r\n" + short + rest + name + b"\r\n")
    assert ([row.name for row in rows], strange) == ([b"CALL-1.WAV;1"], 3)


def test_names_keep_their_bytes_and_their_spaces() -> None:
    hard = [b" leading", b"trailing ", b"a  b", b"\xff\xfe", "å".encode(), b"-R", b"..x", b"a\tb", b"%41", b"#?;&"]
    data = b"".join(b"-rw-r--r-- 1 0 0 1 Jan 01  2026 " + name + b"\r\n" for name in hard)
    rows, strange = ftp.rows(data)
    assert [row.name for row in rows] == hard
    assert not strange
    listing = listing_of("ftp", "/", rows)
    assert [entry.path for entry in listing.entries][6:] == ["/..x", "/a%09b", "/%2541", "/%23%3F%3B%26"]
    assert columns_of("/", rows).files[3] == b"%FF%FE"


def test_a_passive_reply_names_a_port_and_its_address_is_not_read() -> None:
    assert ftp.passive_port(b"227 Entering Passive Mode (203,0,113,9,200,10).\r\n") == 51210
    assert ftp.passive_port(b"229 Entering Extended Passive Mode (|||51210|)\r\n") == 51210
    for odd in (b"227 (1,2,3,4,999,1)", b"229 (|||99999|)", b"229 (|1|203.0.113.9|21|)", b"500 (|||5|)", b"227", b""):
        assert ftp.passive_port(odd) is None


def entry(name: bytes, size: int, mode: int = 0o100644) -> bytes:
    return bytes([0x40]) + struct.pack("<I", len(name)) + name + struct.pack("<IiI", size, 1_700_000_000, mode)


def framed(data: bytes, every: int) -> bytes:
    pieces = [data[at : at + every] for at in range(0, len(data), every)]
    return b"".join(struct.pack("<I", 7 << 24 | len(piece)) + piece for piece in pieces)


def test_a_file_list_of_rsync_is_read_however_it_is_cut() -> None:
    names = [b".", b"a.wav", b"b/c.wav", b"\xff\n\x00x"]
    body = b"".join(entry(name, 5 + len(name), 0o40755 if name == b"." else 0o100644) for name in names)
    big = bytes([0x20, 1, 3]) + b"big" + struct.pack("<IQii", 0xFFFFFFFF, 5 << 32, 1, 0o100644)
    data = framed(body + big + b"\0" + bytes(4), 7)
    for step in (1, 3, 1000):
        files = FileList()
        for at in range(0, len(data), step):
            files.feed(data[at : at + step])
        assert files.whole
        assert [one.path for one in files.entries] == [*names[1:], b"\xffbig"]
        assert files.entries[-1].size == 5 << 32
        assert bytes(files.rest) == bytes(4)
    assert index_of(files.entries, b"a.wav") == 1


def test_modules_of_a_daemon() -> None:
    said = b"Welcome\n@RSYNCD: OK\nopen           \tall calls\nmy disk        \t\nopen\t\n@RSYNCD: EXIT\nx\ty\n"
    assert modules(said) == (b"open", b"my disk")


@given(st.binary(max_size=400))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    ftp.rows(data, NOW)
    ftp.passive_port(data)
    modules(data)
    files = FileList()
    try:
        files.feed(data)
        files.feed(framed(data, 50))
    except NotAList:
        pass
    assert len(files.entries) <= len(data)


def packet(body: bytes, following: int = 0, status: int = 0, message: int = 1) -> bytes:
    return b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, status, 14, 1, 0, following, message, 0, 0, 0, b"") + body


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1))
def test_any_packet_of_smb_has_an_answer(data: bytes, following: int) -> None:
    frame = struct.pack(">I", len(data) + 64) + packet(data, following)
    for one in (*smb.packets(frame), *smb.packets(data)):
        smb.rows(one)
        smb.challenge(smb.token(one))
        smb.shares(smb.rpc_answer(one))
        smb.read_bytes(one)
        smb.file_id(one)
    smb.shares(b"\5\0\2" + bytes(21) + data)


@given(st.binary(max_size=200))
def test_any_reply_of_nfs_is_read_or_refused(data: bytes) -> None:
    good = struct.pack(">IIIIII", 3, 1, 0, 0, 0, 0)
    for record in (data, good + data, good + struct.pack(">IIIIIII", 0, 0, 2, 9, 0, 26, 0) + data):
        for read in (nfs.page3, nfs.read3, nfs.read4, nfs.mounted, nfs.exports, nfs.port, lambda x: nfs.page4(x, b"/")):
            with suppress(nfs.Malformed):
                told = nfs.results(record, 3)
                if not isinstance(told, nfs.Refused):
                    read(told)


@given(st.binary(max_size=200))
def test_any_pdu_of_dicom_has_an_answer(data: bytes) -> None:
    for pdu in (data, b"\4\0" + struct.pack(">I", len(data)) + data, b"\2\0" + bytes(72) + data):
        dicom.kind(pdu), dicom.rejection(pdu), dicom.finds(pdu), dicom.status(pdu)


def test_rows_of_smb_that_lie_about_their_length_end_the_list() -> None:
    row = struct.pack("<I20xQ8xQ8xII", 0, 0, 7, 0, 4) + "ab".encode("utf-16-le")
    true = struct.pack("<HHI", 9, 72, len(row)) + row
    (answer,) = smb.packets(bytes(4) + packet(true))
    assert smb.rows(answer) == (ShareRow(b"ab", False, 7),)
    for lie in (row[:60] + struct.pack("<I", 9000) + row[64:], row[:60] + struct.pack("<I", 3) + row[64:]):
        (answer,) = smb.packets(bytes(4) + packet(struct.pack("<HHI", 9, 72, len(lie)) + lie))
        assert smb.rows(answer) == ()
    # A chain of packets that leads back into itself ends.
    assert len(smb.packets(bytes(4) + packet(true, following=8))) == 1
    lone = b"\x00\xd8a\0"  # half a pair: a name that no text can hold
    assert smb.utf16(smb.utf8(lone)) == lone


def test_frames_of_vms_that_never_end_are_read_in_linear_time() -> None:
    begun = time.process_time()
    ftp.rows((b"Directory " + b"[" * 4000 + b"\n") * 250, NOW)
    assert within(time.process_time() - begun, 1)
    assert ftp.rows(b"Directory DKA0:[SYS0.][USER]\r\n") == ((), 0)


def test_a_megabyte_of_malice_is_read_in_no_time() -> None:
    for piece in (b"-rw-r--r-- 1 ", b"type=", b"a=b;", b" ", b"9", b"\r", b"02-16-19  "):
        line = piece * (4000 // len(piece)) + b"\n"
        ftp.rows(line * 250, NOW)
    modules(b"a" * (1 << 20) + b"\t\n" + b" " * (1 << 16) + b"\n")
