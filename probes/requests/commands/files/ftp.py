"""FTP (RFC 959, 2228, 2428, 3659): the anonymous account, and what lists and reads."""

from __future__ import annotations

from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, line, one_line


def _password(asker: Asker) -> bytes:
    # RFC 1635: the anonymous account asks for the mail address of who comes. It is no secret, and no guess.
    return b"PASS " + one_line(asker.contact) + b"\r\n"


FTP: Verbs = MappingProxyType(
    {
        "USER": Verb(fixed(b"USER anonymous\r\n"), "enter as the public account that the protocol declares"),
        "PASS": Verb(_password, "say who asks, by mail address, where the public account wants that"),
        "AUTH": Verb(fixed(b"AUTH TLS\r\n"), "speak TLS from here on"),
        "PBSZ": Verb(fixed(b"PBSZ 0\r\n"), "speak TLS on data connections too"),
        "PROT": Verb(fixed(b"PROT P\r\n"), "speak TLS on data connections too"),
        "FEAT": Verb(fixed(b"FEAT\r\n"), "what the server can do"),
        "TYPE": Verb(fixed(b"TYPE I\r\n"), "count bytes as they are"),
        "PWD": Verb(fixed(b"PWD\r\n"), "in which folder we are"),
        "EPSV": Verb(fixed(b"EPSV\r\n"), "open a port for the next list"),
        "PASV": Verb(fixed(b"PASV\r\n"), "open a port for the next list"),
        "STAT": Verb(line("STAT"), "list a folder on the control connection"),
        "LIST": Verb(line("LIST"), "list a folder on a data connection"),
        "LIST -R": Verb(line("LIST -R"), "list a folder and all below it on a data connection"),
        "MLSD": Verb(line("MLSD"), "list a folder on a data connection, in a form for programs"),
        "NLST": Verb(line("NLST"), "list the names of a folder on a data connection"),
        "SIZE": Verb(line("SIZE"), "how many bytes a file has"),
        "RETR": Verb(line("RETR"), "read the first bytes of a file on a data connection, which is closed then"),
        "QUIT": Verb(fixed(b"QUIT\r\n"), "leave"),
    }
)
