"""Names and addresses in one normal form, and which addresses a name may lead to without being declared."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_6TO4 = ipaddress.IPv6Network("2002::/16")
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NEVER_BY_DNS: tuple[Network, ...] = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's own service to its machines, though the address is routable
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments; Python 3.11 called some of them global at first
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.IPv6Network("2001::/23"),  # Teredo, ORCHID and other protocol assignments
    ipaddress.IPv6Network("2001:db8::/32"),
    ipaddress.IPv6Network("3fff::/20"),
)
_EXPLICIT: tuple[Network, ...] = (
    ipaddress.IPv4Network("127.0.0.0/8"),
    ipaddress.IPv6Network("::1/128"),
    ipaddress.IPv4Network("169.254.0.0/16"),
    ipaddress.IPv6Network("fe80::/10"),
    ipaddress.IPv4Network("168.63.129.16/32"),
    ipaddress.IPv4Network("100.100.100.200/32"),  # metadata of Alibaba's machines
    ipaddress.IPv4Network("192.0.0.192/32"),  # metadata of Oracle's machines
    ipaddress.IPv6Network("fd00:ec2::254/128"),  # metadata of Amazon's machines
)
"""Loopback, link-local and metadata: a wide network such as 0.0.0.0/0 does not stand for these."""


def address_of(text: str) -> Address:
    """The address that `text` is, an IPv4 address inside IPv6 (`::ffff:`) unwrapped.

    Raises ValueError for anything else, also for a zone (`fe80::1%eth0`) and for short or octal forms (`127.1`).
    """
    if "%" in text:
        raise ValueError("an address with a zone (%) is not taken")
    if ":" not in text and not text[-1:].isdigit():
        raise ValueError("neither an IPv4 nor an IPv6 address")  # most names: told apart without reading them whole
    return _address_of(text)


@lru_cache(maxsize=4096)
def _address_of(text: str) -> Address:
    """Remembered, since a text is read several times in a row: by the model, and by what must fit together."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def unwrapped(address: Address) -> Address:
    """The IPv4 address that NAT64 or 6to4 wraps, or the address itself."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _6TO4:
        return ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


def is_address(text: str) -> bool:
    """Whether `text` is an IPv4 or IPv6 address."""
    if ":" not in text:
        return _IPV4.fullmatch(text) is not None  # many hosts: told without reading each
    try:
        address_of(text)
    except ValueError:
        return False
    return True


def in_order(addresses: set[str]) -> tuple[str, ...]:
    """Addresses in a fixed order, IPv4 first: name servers answer in any order, and the asks must not."""
    if len(addresses) < 2:
        return tuple(addresses)
    return tuple(sorted(addresses, key=lambda text: (address_of(text).version, int(address_of(text)))))


def name_of(text: str) -> str:
    """A host name in lower case, in A-labels (`xn--`), without its final dot.

    Raises ValueError for what is no host name, and for letters that two standards of international names read
    differently: they would lead to a host that nobody declared.
    """
    name = text.removesuffix(".").lower()
    if not name:
        raise ValueError("an empty host name")
    if not name.isascii():
        if unicodedata.normalize("NFKC", name) != name or any(c in "\u00df\u03c2\u200c\u200d\u3002" for c in name):
            raise ValueError("letters that are read in more than one way; write the name in its xn-- form")
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError as error:
            raise ValueError("no valid international host name") from error
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        # Resolvers of many systems read 127.1, 0x7f.1 and 2130706433 as addresses.
        raise ValueError("neither a whole address nor a host name")
    return name


def host_of(text: str) -> str:
    """A host in its normal form: an address (brackets allowed around IPv6) or a name. Raises ValueError."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if ":" in inner:
        return str(address_of(inner))
    return inner if is_address(inner) else name_of(text)


def network_of(text: str) -> Network:
    """The network that `text` is, such as `10.0.0.0/8`. Raises ValueError; host bits must be zero."""
    if "%" in text:
        raise ValueError("a network with a zone (%) is not taken")
    return ipaddress.ip_network(text)


def routable(address: Address) -> bool:
    """Whether `address` is somewhere on the public internet, also when it is wrapped in NAT64 or 6to4.

    `is_global` alone is not enough: it lets 6to4, IPv4-compatible and site-local addresses and multicast through.
    """
    if address.is_multicast or any(address in network for network in _NEVER_BY_DNS):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    if (inner := unwrapped(address)) != address:
        return routable(inner)
    return address in _UNICAST and address.is_global


def declared_in(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether one of the declared `networks` stands for `address`.

    For loopback, link-local and metadata addresses the network must itself lie in such a range.
    """
    if address.is_multicast or address.is_unspecified:
        return False
    ranges = [special for special in _EXPLICIT if address in special]
    return any(
        address in network and (not ranges or any(_inside(network, special) for special in ranges))
        for network in networks
    )


def _inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False
