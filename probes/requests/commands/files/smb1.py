"""SMB 1 (MS-CIFS, MS-SMB): the same few questions in the words of servers that know no later version.

As in SMB 2 every file is opened for reading alone, and a pipe carries nothing but the question for the list of shares.
"""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed
from probes.requests.commands.files.smb import (
    answered_challenge,
    bind,
    enter_token,
    framed,
    hello_token,
    share_enum,
    text,
)

_CLOSE, _TRANS, _READ, _TRANS2, _NEGOTIATE, _SETUP, _TREE, _CREATE = 0x04, 0x25, 0x2E, 0x32, 0x72, 0x73, 0x75, 0xA2
_EXTENDED = 0x0800
"""That logins are spoken in SPNEGO, and not in the older form of one message."""
_CAPABILITIES = 0x0000021C
"""Unicode, large files, the commands of NT, lists of NT."""
_LAST = struct.pack("<BBH", 0xFF, 0, 0)
"""No command is chained behind this one."""
_LISTED = 0xF000
"""Bytes of a list in one answer."""
_FOLDER_ROWS = 0x0101
"""SMB_FIND_FILE_DIRECTORY_INFO: rows as in SMB 2."""
_FIND = 0x16
"""Folders too, and what is hidden or belongs to the system."""
_CLOSE_AT_END, _GO_ON = 2, 8


def _packet(
    command: int, words: bytes, data: bytes, message: int = 0, session: int = 0, tree: int = 0, *, flags: int = 0
) -> bytes:
    head = struct.pack(
        "<4sBIBHH8sHHHHH", b"\xffSMB", command, 0, 0x18, 0xC001 | flags, 0, b"", 0, tree, 1, session, message
    )
    return framed(head + bytes([len(words) // 2]) + words + struct.pack("<H", len(data)) + data)


def _string(words: str | bytes, most: int = 1024) -> bytes:
    return (text(words, most) if isinstance(words, str) else words) + b"\0\0"


def _setup(message: int, session: int, token: bytes) -> bytes:
    # As a further connection (1): a first one (0) tells the server to end all others that come from our address.
    words = _LAST + struct.pack("<HHHIHII", 0xFFFF, 1, 1, 0, len(token), 0, _CAPABILITIES | 0x80000000)
    # Names of our system are left empty; text begins at an even offset, counted from the header.
    return _packet(_SETUP, words, token + bytes(1 - len(token) % 2) + bytes(4), message, session, flags=_EXTENDED)


def _hello(asker: Asker, message: int) -> bytes:
    return _setup(message, 0, hello_token())


def _enter(asker: Asker, message: int, session: int, challenge: bytes, target: bytes, account: str) -> bytes:
    return _setup(message, session, enter_token(asker, challenge, target, account))


def _enter_old(asker: Asker, message: int, challenge: bytes, account: str) -> bytes:
    """Come in without SPNEGO: as nobody, or as an account that cannot exist, with the empty password."""
    lan = bytes(24) if account else b""
    proof = answered_challenge(challenge, b"", account) if account else b""
    words = _LAST + struct.pack("<HHHIHHII", 0xFFFF, 1, 1, 0, len(lan), len(proof), 0, _CAPABILITIES)
    names = _string(account, 64) + bytes(2) * 3
    return _packet(_SETUP, words, lan + proof + bytes(1 - (len(lan) + len(proof)) % 2) + names, message)


def _connect(asker: Asker, message: int, session: int, host: str, share: str) -> bytes:
    path = _string(f"\\\\{host}\\{share}")
    return _packet(_TREE, _LAST + struct.pack("<HH", 0, 1), b"\0" + path + b"?????\0", message, session)


def _create(message: int, session: int, tree: int, name: bytes, access: int, options: int) -> bytes:
    words = _LAST + struct.pack("<BHIIIQIIIIIB", 0, len(name), 0, 0, access, 0, 0, 7, 1, options, 2, 0)
    return _packet(_CREATE, words, b"\0" + name + b"\0\0", message, session, tree)


def _pipe(asker: Asker, message: int, session: int, tree: int) -> bytes:
    return _create(message, session, tree, text("\\srvsvc"), 0x0012019F, 0x40)


def _transaction(command: int, setup: bytes, name: bytes, parameters: bytes, data: bytes = b"") -> tuple[bytes, bytes]:
    """The words and the bytes of a transaction: its parts begin at offsets that are told, counted from the header."""
    begin = 32 + 1 + 28 + len(setup) + 2
    pad = -begin % 2 if name else 0
    at = begin + pad + len(name)
    gap = -at % 4
    at += gap
    behind = -(at + len(parameters)) % 4
    words = struct.pack(
        "<HHHHBBHIHHHHHBB", len(parameters), len(data), 64, _LISTED, 0, 0, 0, 5000, 0, len(parameters), at,
        len(data), at + len(parameters) + behind, len(setup) // 2, 0,
    )  # fmt: skip
    return words + setup, bytes(pad) + name + bytes(gap) + parameters + bytes(behind) + data


def _transceive(message: int, session: int, tree: int, file: int, rpc: bytes) -> bytes:
    words, data = _transaction(_TRANS, struct.pack("<HH", 0x26, file), _string("\\PIPE\\"), b"", rpc)
    return _packet(_TRANS, words, data, message, session, tree)


def _bind(asker: Asker, message: int, session: int, tree: int, index: int) -> bytes:
    return _transceive(message, session, tree, index, bind())


def _shares(asker: Asker, message: int, session: int, tree: int, index: int, host: str) -> bytes:
    return _transceive(message, session, tree, index, share_enum(host))


def _shares_old(asker: Asker, message: int, session: int, tree: int) -> bytes:
    """NetShareEnum, level 1, of the Remote Administration Protocol (MS-RAP 2.5.6): names of 12 letters at most."""
    asked = struct.pack("<H", 0) + b"WrLeh\0B13BWz\0" + struct.pack("<HH", 1, _LISTED)
    words, data = _transaction(_TRANS, b"", _string("\\PIPE\\LANMAN"), asked)
    return _packet(_TRANS, words, data, message, session, tree)


def _path(path: bytes) -> bytes:
    if len(path) > 2048 or len(path) % 2:
        raise ValueError("a path that nothing has")
    return path


def _list(asker: Asker, message: int, session: int, tree: int, path: bytes) -> bytes:
    name = text("\\") + _path(path) + (text("\\*") if path else text("*"))
    asked = struct.pack("<HHHHI", _FIND, 0xFFFF, _CLOSE_AT_END, _FOLDER_ROWS, 0) + name + b"\0\0"
    words, data = _transaction(_TRANS2, struct.pack("<H", 1), b"", asked)
    return _packet(_TRANS2, words, data, message, session, tree)


def _next(asker: Asker, message: int, session: int, tree: int, index: int, path: bytes) -> bytes:
    asked = struct.pack("<HHHIH", index, 0xFFFF, _FOLDER_ROWS, 0, _CLOSE_AT_END | _GO_ON) + _path(path) + b"\0\0"
    words, data = _transaction(_TRANS2, struct.pack("<H", 2), b"", asked)
    return _packet(_TRANS2, words, data, message, session, tree)


def _open(asker: Asker, message: int, session: int, tree: int, path: bytes) -> bytes:
    return _create(message, session, tree, text("\\") + _path(path), 0x00120089, 0x40)


def _read(asker: Asker, message: int, session: int, tree: int, index: int, count: int) -> bytes:
    if not 0 < count <= 1024:
        raise ValueError("more of a file than its first bytes")
    words = _LAST + struct.pack("<HIHHIHI", index, 0, count, 0, 0, 0, 0)
    return _packet(_READ, words, b"", message, session, tree)


def _close(asker: Asker, message: int, session: int, tree: int, index: int) -> bytes:
    # The time of the last change is left as it is.
    return _packet(_CLOSE, struct.pack("<HI", index, 0xFFFFFFFF), b"", message, session, tree)


SMB1: Verbs = MappingProxyType(
    {
        "NEGOTIATE 1": Verb(
            fixed(_packet(_NEGOTIATE, b"", b"\x02NT LM 0.12\0", flags=_EXTENDED)), "whether it speaks SMB 1"
        ),
        "SESSION_SETUP 1": Verb(_hello, "ask for a challenge"),
        "SESSION_SETUP 1 enter": Verb(_enter, "come in as nobody, or as an account that cannot exist"),
        "SESSION_SETUP 1 old": Verb(_enter_old, "the same without SPNEGO"),
        "TREE_CONNECT 1": Verb(_connect, "enter a share"),
        "CREATE 1 srvsvc": Verb(_pipe, "open the pipe that lists shares"),
        "TRANSACT bind": Verb(_bind, "speak to the service that lists shares"),
        "TRANSACT NetrShareEnum": Verb(_shares, "the names of the shares"),
        "TRANSACT NetShareEnum": Verb(_shares_old, "the same by the older service"),
        "FIND_FIRST2": Verb(_list, "list a folder"),
        "FIND_NEXT2": Verb(_next, "more of its list"),
        "CREATE 1": Verb(_open, "open a file for reading"),
        "READ 1": Verb(_read, "its first bytes"),
        "CLOSE 1": Verb(_close, "close it"),
    }
)
