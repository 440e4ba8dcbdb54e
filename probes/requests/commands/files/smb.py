"""SMB 2 and 3 (MS-SMB2): come in as nobody or as an account that cannot exist, list shares and folders, read few bytes.

Every file is opened for reading alone (`FILE_OPEN`, never created); the one pipe that is opened carries the question
for the list of shares (MS-SRVS).
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs

DIALECTS = (0x0202, 0x0210, 0x0300, 0x0302, 0x0311)
_NT_HASH_OF_NOTHING = bytes.fromhex("31d6cfe0d16ae931b73c59d7e0c089c0")
"""MD4 of the empty password: no account of anybody's is tried with it, since the name cannot exist."""
_NEGOTIATE, _SETUP, _TREE, _CREATE, _CLOSE, _READ, _IOCTL, _QUERY = 0, 1, 3, 5, 6, 8, 11, 14
_RELATED = 4
_SAME_FILE = b"\xff" * 16
_LISTED = 1 << 16
"""Bytes of a folder's list in one answer."""
_NTLM = 0xA0088205
"""Unicode, request of the target, NTLM, always sign, extended security, 128 and 56 bits."""
_ANONYMOUS = 0x0800
_SRVSVC = bytes.fromhex("c84f324b7016d30112785a47bf6ee18803000000")
_NDR = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")


def text(words: str, most: int = 1024) -> bytes:
    """A name as UTF-16. Raises ValueError for what no name is."""
    if "\0" in words or len(words) > most:
        raise ValueError("a name that no share or file has")
    return words.encode("utf-16-le", "surrogatepass")


def _packet(
    command: int, message: int, body: bytes, session: int = 0, tree: int = 0, *, flags: int = 0, follow: bool = False
) -> bytes:
    """A request; `follow` leaves room for one behind it in the same frame."""
    size = 64 + len(body)
    pad = -size % 8 if follow else 0
    head = struct.pack(
        "<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, 0, command, 64, flags, size + pad if follow else 0, message, 0, tree,
        session, b"",
    )  # fmt: skip
    return head + body + bytes(pad)


def framed(*packets: bytes) -> bytes:
    """Packets in one frame (MS-SMB2 2.1, RFC 1002 section 4.3.1)."""
    whole = b"".join(packets)
    return struct.pack(">I", len(whole)) + whole


def _negotiate(asker: Asker, nonce: str) -> bytes:
    salt = hashlib.sha256(nonce.encode()).digest()
    dialects = struct.pack(f"<{len(DIALECTS)}H", *DIALECTS)
    size = 36 + len(dialects)
    pad = -(64 + size) % 8
    preauth = struct.pack("<HHI", 1, 38, 0) + struct.pack("<HHH", 1, 32, 1) + salt
    body = struct.pack("<HHHHI16sIHH", 36, len(DIALECTS), 1, 0, 0, salt[:16], 64 + size + pad, 1, 0)
    return framed(_packet(_NEGOTIATE, 0, body + dialects + bytes(pad) + preauth))


def _der(tag: int, inside: bytes) -> bytes:
    size = len(inside)
    length = bytes([size]) if size < 128 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + inside


def _setup(message: int, session: int, token: bytes) -> bytes:
    body = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(token), 0) + token
    return framed(_packet(_SETUP, message, body, session))


def hello_token() -> bytes:
    """What asks for a challenge: NTLMSSP in SPNEGO."""
    ntlm = b"NTLMSSP\0" + struct.pack("<II", 1, _NTLM) + bytes(16)
    offered = _der(0x30, bytes.fromhex("060a2b06010401823702020a"))
    inside = _der(0x30, _der(0xA0, offered) + _der(0xA2, _der(0x04, ntlm)))
    return _der(0x60, bytes.fromhex("06062b0601050502") + _der(0xA0, inside))


def _hello(asker: Asker, message: int) -> bytes:
    return _setup(message, 0, hello_token())


def answered_challenge(challenge: bytes, target: bytes, account: str) -> bytes:
    """The answer of NTLM 2 (MS-NLMP 3.3.2) for an account that cannot exist, with the empty password."""
    key = hmac.digest(_NT_HASH_OF_NOTHING, text(account.upper(), 64), "md5")
    client = hashlib.sha256(account.encode()).digest()[:8]
    blob = struct.pack("<BBHIQ8sI", 1, 1, 0, 0, _time_in(target), client, 0) + target[:1024] + bytes(4)
    return hmac.digest(key, challenge[:8] + blob, "md5") + blob


def enter_token(asker: Asker, challenge: bytes, target: bytes, account: str) -> bytes:
    """What comes in as nobody (no account), or as an account that cannot exist, with the empty password."""
    user, lan, proof, flags = b"", b"\0", b"", _NTLM | _ANONYMOUS
    if account:
        user, lan, flags = text(account, 64), bytes(24), _NTLM
        proof = answered_challenge(challenge, target, account)
    station = text(asker.name.upper(), 15)
    parts, fields, at = (lan, proof, b"", user, station, b""), b"", 64
    payload = b""
    for part in parts:
        fields += struct.pack("<HHI", len(part), len(part), at + len(payload))
        payload += part
    ntlm = b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", flags) + payload
    return _der(0xA1, _der(0x30, _der(0xA2, _der(0x04, ntlm))))


def _enter(asker: Asker, message: int, session: int, challenge: bytes, target: bytes, account: str) -> bytes:
    return _setup(message, session, enter_token(asker, challenge, target, account))


def _time_in(target: bytes) -> int:
    """The server's own time, as its challenge tells it: ours is said to nobody."""
    at = 0
    while at + 4 <= len(target):
        kind, size = struct.unpack_from("<HH", target, at)
        if kind == 7 and size == 8 and at + 12 <= len(target):
            return int.from_bytes(target[at + 4 : at + 12], "little")
        at += 4 + size
    return 0


def _connect(asker: Asker, message: int, session: int, host: str, share: str) -> bytes:
    path = text(f"\\\\{host}\\{share}")
    return framed(_packet(_TREE, message, struct.pack("<HHHH", 9, 0, 72, len(path)) + path, session))


def _create(name: bytes, access: int, options: int) -> bytes:
    fixed = struct.pack(
        "<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, access, 0, 7, 1, options, 120, len(name), 0, 0
    )  # fmt: skip
    return fixed + (name or b"\0")


def _query() -> bytes:
    star = text("*")
    return struct.pack("<HBBI16sHHI", 33, 1, 0, 0, _SAME_FILE, 96, len(star), _LISTED) + star


def _list(asker: Asker, message: int, session: int, tree: int, path: bytes) -> bytes:
    """Open a folder, ask for its list twice (the second answer is the end of a short one), and close it: one frame."""
    if len(path) > 2048 or len(path) % 2:
        raise ValueError("a path that no folder has")
    opened = _packet(_CREATE, message, _create(path, 0x100081, 0x21), session, tree, follow=True)
    asked = [
        _packet(_QUERY, message + number, _query(), session, tree, flags=_RELATED, follow=True) for number in (1, 2)
    ]
    return framed(opened, *asked, _packet(_CLOSE, message + 3, _close(_SAME_FILE), session, tree, flags=_RELATED))


def _open_folder(asker: Asker, message: int, session: int, tree: int, path: bytes) -> bytes:
    if len(path) > 2048 or len(path) % 2:
        raise ValueError("a path that no folder has")
    return framed(_packet(_CREATE, message, _create(path, 0x100081, 0x21), session, tree))


def _next(asker: Asker, message: int, session: int, tree: int, file: bytes) -> bytes:
    star = text("*")
    body = struct.pack("<HBBI16sHHI", 33, 1, 0, 0, file, 96, len(star), _LISTED) + star
    return framed(_packet(_QUERY, message, body, session, tree))


def _close(file: bytes) -> bytes:
    return struct.pack("<HHI16s", 24, 0, 0, file)


def _read(asker: Asker, message: int, session: int, tree: int, path: bytes, count: int) -> bytes:
    """Open a file, read its first bytes, and close it: one frame."""
    if not 0 < count <= 1024 or len(path) > 2048 or len(path) % 2:
        raise ValueError("more of a file than its first bytes, or no file")
    opened = _packet(_CREATE, message, _create(path, 0x100081, 0x60), session, tree, follow=True)
    body = struct.pack("<HBBIQ16sIIIHHB", 49, 80, 0, count, 0, _SAME_FILE, 0, 0, 0, 0, 0, 0)
    read = _packet(_READ, message + 1, body, session, tree, flags=_RELATED, follow=True)
    return framed(opened, read, _packet(_CLOSE, message + 2, _close(_SAME_FILE), session, tree, flags=_RELATED))


def _pipe(asker: Asker, message: int, session: int, tree: int) -> bytes:
    return framed(_packet(_CREATE, message, _create(text("srvsvc"), 0x0012019F, 0x40), session, tree))


def _transceive(message: int, session: int, tree: int, file: bytes, rpc: bytes) -> bytes:
    body = struct.pack("<HHI16sIIIIIIII", 57, 0, 0x0011C017, file, 120, len(rpc), 0, 120, 0, _LISTED, 1, 0) + rpc
    return framed(_packet(_IOCTL, message, body, session, tree))


def bind() -> bytes:
    """Speak to the service that lists shares (MS-RPCE 2.2.2.13)."""
    body = struct.pack("<HHIB3xHBB", 0xFFB8, 0xFFB8, 0, 1, 0, 1, 0) + _SRVSVC + _NDR
    return _rpc(11, body)


def _bind(asker: Asker, message: int, session: int, tree: int, file: bytes) -> bytes:
    return _transceive(message, session, tree, file, bind())


def share_enum(host: str) -> bytes:
    """NetrShareEnum, level 1: names and kinds of the shares (MS-SRVS 3.1.4.8)."""
    name = text(f"\\\\{host}") + b"\0\0"
    count = len(name) // 2
    server = struct.pack("<IIII", 0x20000, count, 0, count) + name + bytes(-len(name) % 4)
    asked = server + struct.pack("<IIIIIII", 1, 1, 0x20004, 0, 0, 0xFFFFFFFF, 0)
    return _rpc(0, struct.pack("<IHH", len(asked), 0, 15) + asked)


def _shares(asker: Asker, message: int, session: int, tree: int, file: bytes, host: str) -> bytes:
    return _transceive(message, session, tree, file, share_enum(host))


def _rpc(kind: int, body: bytes) -> bytes:
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0, 1) + body


SMB2: Verbs = MappingProxyType(
    {
        "NEGOTIATE": Verb(_negotiate, "which version it speaks"),
        "SESSION_SETUP": Verb(_hello, "ask for a challenge"),
        "SESSION_SETUP enter": Verb(_enter, "come in as nobody, or as an account that cannot exist"),
        "TREE_CONNECT": Verb(_connect, "enter a share"),
        "CREATE srvsvc": Verb(_pipe, "open the pipe that lists shares"),
        "IOCTL bind": Verb(_bind, "speak to the service that lists shares"),
        "IOCTL NetrShareEnum": Verb(_shares, "the names of the shares"),
        "QUERY_DIRECTORY": Verb(_list, "list a folder, opened for that and closed again"),
        "CREATE folder": Verb(_open_folder, "open a large folder to list it"),
        "QUERY_DIRECTORY next": Verb(_next, "more of the list of an open folder"),
        "READ": Verb(_read, "the first bytes of a file, opened for reading and closed again"),
    }
)
