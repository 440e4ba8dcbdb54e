"""What may stand for one value in an inventory: each kind with its reading, its words when it is wrong, and its schema.

Every scalar of the file arrives as the text that was written, so that YAML's own guesses (`no` for false, 22:30 for
1350, 0142 for 98) never change a value; a number or a bool given by code is taken as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core.core_schema import CoreSchema, no_info_plain_validator_function

from monitor.inventory.values.addresses import Network, address_of, host_of, is_address, name_of, network_of
from probes.recognise.listing.fields.links import plain_escapes

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_DURATION = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d{1,15})\s*(B|kB|MB|GB|KiB|MiB|GiB)?", re.ASCII)
_SIZES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)
_ENV = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SAFE = "/:@!$&'()*+,;=-._~%"
_LONGEST = 2000


def shown(value: object) -> str:
    """A value as it is repeated in a problem: quoted, cut, without control characters; of a URL its scheme alone.

    A URL in the wrong place may be a channel's, with its password in it.
    """
    text = value if isinstance(value, str) else str(value)
    scheme, mark, _ = text.partition("://")
    if mark:
        return repr(scheme[:20] + "://...")
    return repr(text if len(text) <= 60 else text[:57] + "...")


def text_of(value: object) -> str:
    """Text of one line, stripped. Raises ValueError when it is empty, too long or holds control characters."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be text")
    text = str(value).strip()
    if not text:
        raise ValueError("is empty: give a value or leave the key out")
    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    # A value may end in a header or on a terminal: no line breaks, no escape sequences.
    if _BREAKS.search(text):
        raise ValueError("holds a line break or a control character")
    return text


def id_of(value: object) -> str:
    """An id: lower-case letters, digits, `.`, `_` and `-`."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value  # most, and many
    text = text_of(value)
    if not _ID.fullmatch(text):
        raise ValueError(f"{shown(text)} is not an id (lower-case letters, digits, '.', '_' and '-', at most 64)")
    return text


def switch_of(value: object) -> bool:
    """`true` or `false`; `yes`, `no`, `on` and `off` are taken too."""
    if isinstance(value, bool):
        return value
    word = text_of(value).lower()
    if word in ("true", "yes", "on", "false", "no", "off"):
        return word in ("true", "yes", "on")
    raise ValueError(f"{shown(word)} is neither true nor false")


def whole_of(value: object, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    text = text_of(value)
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise ValueError(f"{shown(text)} is not a whole number from {least} to {most}")
    return int(text)


def pace_of(value: object) -> float:
    """Requests a second, 0.01 to 1000; a point, no comma."""
    return _a_second(value, 1000)


def survey_pace_of(value: object) -> float:
    """Requests a second while an exposure is measured, 0.01 to 100000: as fast as it goes."""
    return _a_second(value, 100_000)


def _a_second(value: object, most: int) -> float:
    text = text_of(value)
    if not _NUMBER.fullmatch(text) or not 0.01 <= float(text) <= most:
        raise ValueError(f"{shown(text)} is not a number of requests a second from 0.01 to {most}")
    return float(text)


def version_of(value: object) -> int:
    """The version of the format: 1."""
    text = text_of(value)
    if text != "1":
        raise ValueError(f"{shown(text)} is no version of the format that is read here (known: 1)")
    return 1


def port_of(value: object) -> int:
    """A port, 1 to 65535."""
    text = text_of(value)
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise ValueError(f"{shown(text)} is not a port (1 to 65535)")
    return int(text)


def duration_of(value: object, most: timedelta = timedelta(days=366)) -> timedelta:
    """A time span with its unit: `30s`, `15m`, `2h`, `1d`, `1w`; at least one second, at most a year."""
    if isinstance(value, timedelta):
        span = value
    else:
        text = text_of(value)
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueError(f"{shown(text)} is not a time span with its unit (30s, 15m, 2h, 1d, 1w)")
        span = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if not timedelta(seconds=1) <= span <= most:
        raise ValueError(f"a time span goes from 1s to {most.days}d")
    return span


def seconds_of(value: object) -> float:
    """Seconds, from a span with its unit (`5s`, `2m`) or a plain number of seconds; above 0, at most an hour."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    else:
        text = text_of(value)
        match = _DURATION.fullmatch(text)
        if match is None and not _NUMBER.fullmatch(text):
            raise ValueError(f"{shown(text)} is not a number of seconds (5s, 0.5, 2m)")
        seconds = float(text) if match is None else float(int(match[1]) * _UNITS[match[2]])
    if not 0 < seconds <= 3600:
        raise ValueError(f"{shown(str(value))}: seconds go from above 0 to 3600")
    return seconds


def bytes_of(value: object) -> int:
    """Bytes, from `8MiB`, `500kB` or a plain number; at least 1 KiB, at most 64 GiB."""
    text = text_of(value)
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(text)} is not a size (64KiB, 8MiB, 1GiB)")
    size = int(match[1]) * _SIZES[match[2] or ""]
    if not 2**10 <= size <= 2**36:
        raise ValueError(f"{shown(text)} is not from 1KiB to 64GiB")
    return size


def day_of(value: object) -> date:
    """A day, `2027-12-31`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = text_of(value)
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if len(text) == 10 else _no_day(text)  # noqa: DTZ007
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> date:
    raise ValueError(f"{shown(text)} is not a day: write year-month-day, such as 2027-12-31")


def host_text(value: object) -> str:
    """A host name or an address, in its normal form."""
    text = text_of(value)
    if "/" in text and re.fullmatch(r"[0-9a-fA-F.:]+/\d{1,3}", text):
        raise ValueError(f"{shown(text)} is a network: only hosts that are named are looked at, one by one")
    if "://" in text or "/" in text:
        raise ValueError(f"{shown(text)} is a URL: give the host alone, paths belong under paths")
    if text.startswith("*"):
        raise ValueError(f"{shown(text)} is a pattern: only hosts that are named are looked at")
    try:
        host = host_of(text)
        return address_text(host) if is_address(host) else host
    except ValueError as error:
        if text.count(":") == 1:
            raise ValueError(f"{shown(text)} holds a port: ports belong under ports") from error
        raise ValueError(f"{shown(text)} is not a host: {error}") from error


def name_text(value: object) -> str:
    """A host name, and no address."""
    text = host_text(value)
    if is_address(text):
        raise ValueError(f"{shown(text)} is an address: it belongs under addresses")
    return name_of(text)


def address_text(value: object) -> str:
    """An address that can be connected to, in its normal form."""
    text = text_of(value)
    if ":" not in text and is_address(text):
        # Most, and many: an IPv4 address is written in one way alone.
        many = text in ("0.0.0.0", "255.255.255.255") or 224 <= int(text.partition(".")[0]) < 240  # noqa: S104
    else:
        try:
            address = address_of(text)
        except ValueError as error:
            said = f"{shown(text)} is not an address (192.0.2.10 or 2001:db8::1, no port, no zone)"
            raise ValueError(said) from error
        text = str(address)
        many = address.is_multicast or address.is_unspecified or text == "255.255.255.255"
    if many:
        raise ValueError(f"{shown(text)} is not an address of one machine")
    return text


def network_text(value: object) -> Network:
    """A network such as `10.0.0.0/8`."""
    if not isinstance(value, str | int):
        return network_of(str(value))
    text = text_of(value)
    try:
        return network_of(text)
    except ValueError as error:
        why = " (bits are set behind the prefix)" if "host bits" in str(error) else ""
        raise ValueError(f"{shown(text)} is not a network such as 10.0.0.0/8 or 2001:db8::/32{why}") from error


def path_of(value: object) -> str:
    """A path as it is sent: begins with `/`, percent-encoded, no query, no fragment, no `..`."""
    text = text_of(value)
    if not text.startswith("/"):
        raise ValueError(f"{shown(text)} does not begin with /")
    if text.startswith("//"):
        raise ValueError(f"{shown(text)} begins with //, which names another host")
    if any(c in text for c in "?#\\"):
        raise ValueError(f"{shown(text)} holds one of ? # \\: a path has no query and no fragment")
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise ValueError(f"{shown(text)} holds a % that begins no escape such as %20")
    if re.search(r"%[01][0-9a-f]|%7f", text, re.IGNORECASE):
        raise ValueError(f"{shown(text)} holds an escaped control character")
    if not {".", ".."}.isdisjoint(plain_escapes(text).split("/")):
        raise ValueError(f"{shown(text)} holds . or .. as a folder")
    return plain_escapes(quote(text, safe=_SAFE))


def folder_of(value: object) -> str:
    """A folder's path; the final `/` is added where it is missing."""
    path = asked_of(value)
    return path if path.endswith("/") or "?" in path else path + "/"


def asked_of(value: object) -> str:
    """A path that is asked for as it is written, with or without a final `/` and a query."""
    text = text_of(value)
    bare, mark, query = text.partition("?")
    return path_of(bare) + mark + quote(query, safe=_SAFE + "?") if mark and "#" not in text else path_of(text)


def key_of(value: object) -> str:
    """An object's key, or the beginning of one, as people write it: not percent-encoded, at most 1024 bytes."""
    text = text_of(value)
    if len(text.encode("utf-8", "surrogatepass")) > 1024:
        raise ValueError("is longer than 1024 bytes, which no key is")
    return text


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """One file to look at: its path with query, and, where it was given as a URL, the only host and port of it."""

    path: str
    host: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host
        return self.path if host is None else f"//{host}:{self.port}{self.path}"


def file_of(value: object) -> DeclaredFile:
    """A file's path (a query is allowed) or its full URL; no fragment, no user name."""
    if isinstance(value, DeclaredFile):
        return value
    text = text_of(value)
    if text.startswith("/"):
        return DeclaredFile(_with_query(text))
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise ValueError(f"{shown(text)} is neither a path that begins with / nor a full http(s) URL")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is a URL that cannot be read") from None
    if "@" in parts.netloc:
        raise ValueError("a URL must not hold a user name or password: leftopen looks as a stranger")
    try:
        host = host_of(parts.netloc.removesuffix(f":{port}") if port is not None else parts.netloc)
    except ValueError as error:
        raise ValueError(f"a URL of no valid host: {error}") from None
    if parts.path in ("", "/"):
        raise ValueError("is the URL of a whole host: name a file of it, folders belong under paths")
    rest = _with_query(parts.path + (f"?{parts.query}" if parts.query else "") + ("#" if "#" in text else ""))
    return DeclaredFile(rest, host, port or (443 if parts.scheme == "https" else 80))


def _with_query(text: str) -> str:
    path, mark, query = text.partition("?")
    if "#" in text:
        raise ValueError("a file has no fragment (#)")
    if path.endswith("/"):
        raise ValueError(f"{shown(path)} is a folder: it belongs under paths")
    return path_of(path) + mark + quote(query, safe=_SAFE + "?")


@dataclass(frozen=True, slots=True)
class Resolver:
    """A name server: address and port."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def resolver_of(value: object) -> Resolver:
    """A name server: `192.0.2.53`, `127.0.0.1:5353` or `[::1]:53`."""
    if isinstance(value, Resolver):
        return value
    text = text_of(value)
    if is_address(text):
        return Resolver(address_text(text))
    host, _, port = text.rpartition(":")
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not is_address(inner) or (":" in inner and inner == host):
        raise ValueError(f"{shown(text)} is not a name server (192.0.2.53, 127.0.0.1:5353 or [::1]:53)")
    return Resolver(address_text(inner), port_of(port))


def web_page_of(value: object) -> str:
    """An http(s) URL in plain ASCII without a user name: it is sent in a header."""
    text = text_of(value)
    if not re.fullmatch(r"https?://[!-~]+", text) or "@" in text or any(c in text for c in "()<>\"'\\"):
        raise ValueError("is not an http(s) URL in plain letters, without user name")
    return text


def mail_of(value: object) -> str:
    """An e-mail address in plain ASCII: it is sent in a header."""
    text = text_of(value)
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", text):
        raise ValueError(f"{shown(text)} is not an e-mail address")
    return text


def reference_of(value: object) -> str:
    """Where a secret is: `env:NAME` or `file:/path`. A value that is none is refused and never repeated."""
    text = value if isinstance(value, str) else ""
    if _ENV.fullmatch(text):
        return text
    if text.startswith("file:/") and not text.startswith("file://") and text.isprintable():
        return text
    raise ValueError("must be env:NAME or file:/absolute/path; a secret itself does not belong in the inventory")


class Kind:
    """How one kind of value is read, and its JSON Schema; stands in `Annotated[...]`."""

    def __init__(
        self, read: Callable[[object], Any], title: str, type_: str | list[str] = "string", **more: Any
    ) -> None:
        self.read = read
        self.schema = {"type": type_, "title": title, **more}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


def whole(least: int, most: int) -> Kind:
    """A whole number from `least` to `most`."""
    return Kind(lambda value: whole_of(value, least, most), "whole number", "integer", minimum=least, maximum=most)


Id = Annotated[str, Kind(id_of, "id", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Text = Annotated[str, Kind(text_of, "text")]
Switch = Annotated[bool, Kind(switch_of, "true or false", "boolean")]
Pace = Annotated[float, Kind(pace_of, "number", "number", minimum=0.01, maximum=1000)]
SurveyPace = Annotated[float, Kind(survey_pace_of, "number", "number", minimum=0.01, maximum=100_000)]
Version = Annotated[int, Kind(version_of, "version", "integer", minimum=1, maximum=1)]
Port = Annotated[int, Kind(port_of, "port", "integer", minimum=1, maximum=65535)]
Span = Annotated[timedelta, Kind(duration_of, "time span", pattern=r"^\d+\s*(s|m|h|d|w)$")]
Seconds = Annotated[float, Kind(seconds_of, "seconds", ["string", "number"])]
Bytes = Annotated[int, Kind(bytes_of, "size", ["string", "integer"])]
Day = Annotated[date, Kind(day_of, "day", format="date")]
Host = Annotated[str, Kind(host_text, "host name or address")]
Name = Annotated[str, Kind(name_text, "host name")]
AddressText = Annotated[str, Kind(address_text, "address")]
Net = Annotated[Network, Kind(network_text, "network")]
Path = Annotated[str, Kind(path_of, "path", pattern="^/")]
Folder = Annotated[str, Kind(folder_of, "folder path", pattern="^/")]
Asked = Annotated[str, Kind(asked_of, "path, with or without a query", pattern="^/")]
Key = Annotated[str, Kind(key_of, "key of an object")]
File = Annotated[DeclaredFile, Kind(file_of, "file path or URL")]
NameServer = Annotated[Resolver, Kind(resolver_of, "address or address:port")]
WebPage = Annotated[str, Kind(web_page_of, "URL", format="uri")]
Mail = Annotated[str, Kind(mail_of, "e-mail address", format="email")]
Reference = Annotated[str, Kind(reference_of, "env:NAME or file:/path", pattern="^(env:|file:/)")]
