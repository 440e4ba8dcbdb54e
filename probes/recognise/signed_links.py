"""Links in pages that carry their own permission (presigned, shared access, pre-authenticated), without the secret."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit


class Signer(StrEnum):
    """Whose scheme a link is signed by."""

    AWS = "aws-presigned"
    GOOGLE = "google-signed"
    AZURE = "azure-sas"
    ORACLE = "oracle-par"
    SWIFT = "swift-temporary"


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A link by which anybody who sees the page is let in. Nothing of its secret, and no object's name, is in it."""

    signer: Signer
    host: str
    container: str = ""
    """The container or bucket, where the address tells it."""
    rights: frozenset[str] = frozenset()
    """`read`, `list`, `write`, `create`, `add`, `delete` and so on; empty: the link does not say."""
    wide: bool = False
    """Whether it opens more than one object: a container, a folder, a prefix, an account."""
    begins: datetime | None = None
    ends: datetime | None = None
    """None: the link does not say (a stored policy, or a pre-authenticated request, whose end its owner alone sees)."""
    masked: str = ""
    """The address without secret and object, for a report."""
    mark: str = ""
    """A digest by which the same link is known again."""

    def lives(self, now: datetime) -> bool:
        """Whether it is good at `now`, as far as it says."""
        return (self.begins is None or self.begins <= now) and (self.ends is None or now < self.ends)


MOST_LINKS: Final = 1000
_LONGEST: Final = 8192
_ADDRESS: Final = re.compile(r"(?i)https?://[^\s\"'<>\\^`{|}\x00-\x20]{4,8192}")
_PACKED: Final = re.compile(r"(?i)https?%3a%2f%2f[a-z0-9%._~+\-]{4,8192}")
_WRITTEN: Final = (
    ("\\u0026", "&"), ("\\u003d", "="), ("\\u003D", "="), ("\\u002F", "/"), ("\\u002f", "/"), ("\\/", "/"),
    ("&amp;", "&"), ("&#38;", "&"), ("&#x26;", "&"), ("&#038;", "&"), ("&#61;", "="), ("&#x3D;", "="), ("&#x2F;", "/"),
)  # fmt: skip
_END: Final = ").,;]!*"
_STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_SAS_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?Z)?")
_SAS_RIGHTS: Final = {
    "r": "read", "l": "list", "w": "write", "a": "add", "c": "create", "d": "delete", "x": "delete-version",
    "y": "delete-for-good", "t": "tags", "m": "move", "e": "execute", "o": "ownership", "p": "permissions",
    "i": "immutability", "f": "find", "u": "update",
}  # fmt: skip
_PAR: Final = re.compile(r"/p/([^/]{8,512})/n/([^/]{1,256})/b/([^/]{1,256})/o(?:/(.*))?", re.DOTALL)
_ORACLE_HOST: Final = re.compile(
    r"objectstorage\.[a-z0-9-]+\.oraclecloud\.(?:com|eu)|[a-z0-9-]+\.objectstorage\.[a-z0-9-]+\.oci\.customer-oci\.com"
)
_HEX: Final = re.compile(r"[0-9a-fA-F]{40,1024}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=_-]{16,1024}")


def signed_links(text: str) -> tuple[SignedLink, ...]:
    """The signed links of a page, a script or a JSON answer, each once, in their order. Total; linear in the text.

    Sources: AWS Signature Version 4 and 2 (query string authentication), Google Cloud Storage (signed URLs, V4 and V2),
    Azure Storage ("Create an account SAS", "Create a service SAS", "Create a user delegation SAS"), OCI Object Storage
    (pre-authenticated requests), OpenStack Swift (TempURL middleware).
    """
    for written, meant in _WRITTEN:
        text = text.replace(written, meant)
    found: dict[str, SignedLink] = {}
    addresses = (match.group() for match in _ADDRESS.finditer(text))
    packed = (unquote(match.group()) for match in _PACKED.finditer(text))
    for source in (addresses, packed):
        for address in source:
            link = read_link(address.rstrip(_END))
            if link is not None:
                found.setdefault(link.mark, link)
                if len(found) == MOST_LINKS:
                    return tuple(found.values())
    return tuple(found.values())


def read_link(address: str) -> SignedLink | None:
    """One address as a signed link, or None when it carries no permission of its own."""
    if len(address) > _LONGEST:
        return None
    try:
        split = urlsplit(address)
        host = split.hostname or ""
    except ValueError:
        return None
    if not host:
        return None
    said: dict[str, str] = {}
    for part in split.query.split("&")[:100]:
        name, _, value = part.partition("=")
        said.setdefault(unquote_plus(name).lower(), unquote(value))
    for read in _SCHEMES:
        link = read(host, split.path, said)
        if link is not None:
            mark = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:16]
            masked = f"{split.scheme.lower()}://{host}/{link.masked}"
            return SignedLink(
                link.signer, host, link.container, link.rights, link.wide, link.begins, link.ends, masked, mark
            )
    return None


def _oracle(host: str, path: str, said: dict[str, str]) -> SignedLink | None:
    match = _PAR.fullmatch(path) if _ORACLE_HOST.fullmatch(host) else None
    if match is None:
        return None
    container, name = unquote(match[3]), match[4] or ""
    wide = not name
    masked = f"p/{{token}}/n/{match[2]}/b/{match[3]}/o/{'' if wide else '{object}'}"
    return SignedLink(Signer.ORACLE, host, container, wide=wide, masked=masked)


def _amazon(host: str, path: str, said: dict[str, str]) -> SignedLink | None:
    masked = "{object}?{signature}"
    if "x-amz-credential" in said and _HEX.fullmatch(said.get("x-amz-signature", "")):
        begins, ends = _span(said.get("x-amz-date", ""), said.get("x-amz-expires", ""))
        return SignedLink(Signer.AWS, host, "", _of_query(said), _is_list(said), begins, ends, masked)
    if "awsaccesskeyid" in said and "expires" in said and _BASE64.fullmatch(said.get("signature", "")):
        ends = _unix(said["expires"])
        return SignedLink(Signer.AWS, host, "", _of_query(said), _is_list(said), None, ends, masked)
    return None


def _google(host: str, path: str, said: dict[str, str]) -> SignedLink | None:
    masked = "{object}?{signature}"
    if "x-goog-credential" in said and _HEX.fullmatch(said.get("x-goog-signature", "")):
        begins, ends = _span(said.get("x-goog-date", ""), said.get("x-goog-expires", ""))
        return SignedLink(Signer.GOOGLE, host, "", _of_query(said), _is_list(said), begins, ends, masked)
    if "googleaccessid" in said and "expires" in said and _BASE64.fullmatch(said.get("signature", "")):
        ends = _unix(said["expires"])
        return SignedLink(Signer.GOOGLE, host, "", _of_query(said), _is_list(said), None, ends, masked)
    return None


def _azure(host: str, path: str, said: dict[str, str]) -> SignedLink | None:
    if not _BASE64.fullmatch(said.get("sig", "")) or not re.fullmatch(r"\d{4}-\d\d-\d\d", said.get("sv", "")):
        return None
    account = "ss" in said and "srt" in said
    if not account and not re.fullmatch(r"b|bv|bs|c|d|f|s", said.get("sr", "")):
        return None
    letters = said.get("sp", "")
    rights = frozenset(_SAS_RIGHTS[one] for one in letters[:32] if one in _SAS_RIGHTS)
    container, _, name = path.lstrip("/").partition("/")
    if not name and said.get("sr") in ("b", "bv", "bs"):
        container, name = "$root", container  # a blob of the root container has no other part in its path
    wide = account or said.get("sr") in ("c", "d", "s")
    kept = "&".join(
        f"{key}={said[key]}" for key in ("sr", "ss", "srt", "sp") if re.fullmatch(r"\w{1,32}", said.get(key, ""))
    )
    masked = f"{container}{'/{object}' if name else ''}?{kept}&{{signature}}"
    return SignedLink(
        Signer.AZURE, host, unquote(container), rights, wide, _iso(said.get("st", "")), _iso(said.get("se", "")), masked
    )


def _swift(host: str, path: str, said: dict[str, str]) -> SignedLink | None:
    signature = said.get("temp_url_sig", "").rpartition(":")[2]
    if "temp_url_expires" not in said or not (_HEX.fullmatch(signature) or _BASE64.fullmatch(signature)):
        return None
    ends = _unix(said["temp_url_expires"]) or _iso(said["temp_url_expires"])
    parts = path.lstrip("/").split("/")
    container = parts[2] if len(parts) > 2 and parts[1].startswith("AUTH_") else ""
    wide = "temp_url_prefix" in said
    masked = f"{'/'.join(parts[:3]) + '/' if container else ''}{{object}}?{{signature}}"
    # The method is signed and not written down; GET lets HEAD in too.
    return SignedLink(Signer.SWIFT, host, unquote(container), frozenset(), wide, None, ends, masked)


_SCHEMES: Final[tuple[Callable[[str, str, dict[str, str]], SignedLink | None], ...]] = (
    _oracle, _amazon, _google, _azure, _swift,
)  # fmt: skip


def _of_query(said: dict[str, str]) -> frozenset[str]:
    """What other parameters give away; the method itself is signed and not written down."""
    if _is_list(said):
        return frozenset({"list"})
    if {"uploadid", "partnumber"} & said.keys() or "x-amz-acl" in said:
        return frozenset({"write"})
    return frozenset({"read"}) if any(name.startswith("response-content-") for name in said) else frozenset()


def _is_list(said: dict[str, str]) -> bool:
    return bool({"list-type", "delimiter", "max-keys", "versions", "uploads"} & said.keys())


def _span(stamp: str, seconds: str) -> tuple[datetime | None, datetime | None]:
    match = _STAMP.fullmatch(stamp) if stamp.isascii() else None
    if match is None:
        return None, None
    try:
        begins = datetime(*(int(part) for part in match.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
        if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 10):
            return begins, None
        return begins, begins + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError):
        return None, None


def _unix(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    if not text.isascii() or not _SAS_DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
