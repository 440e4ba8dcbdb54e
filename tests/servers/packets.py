"""An observer of loopback that counts what is really sent: the first packets (SYN) of TCP connections, by port."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.servers.launch import missing

_ALL = 0x0003
_SYN, _ACK = 0x02, 0x10
_OUTGOING = 4


@dataclass
class Seen:
    """What was sent to one address."""

    address: bytes
    wire: socket.socket
    packets: list[bytes] = field(default_factory=list)

    def knocks(self) -> Counter[int]:
        """How many connections were begun, by port: of each SYN that was sent, retransmitted ones too."""
        with suppress(BlockingIOError):
            while True:
                packet, where = self.wire.recvfrom(65535)
                # On loopback each packet is seen twice: as it goes out, and as it comes in.
                if where[2] == _OUTGOING:
                    self.packets.append(packet)
        found: Counter[int] = Counter()
        for packet in self.packets:
            length = (packet[0] & 15) * 4
            if packet[0] >> 4 == 4 and packet[9] == socket.IPPROTO_TCP and packet[16:20] == self.address:
                (port,) = struct.unpack_from(">H", packet, length + 2)
                found[port] += packet[length + 13] & (_SYN | _ACK) == _SYN
        return found


@contextmanager
def watching(address: str) -> Iterator[Seen]:
    """Watch what is sent to an address of loopback. It takes the right to see packets."""
    try:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
    except PermissionError:
        missing("packets can be seen by root alone")
    with wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        wire.bind(("lo", 0))
        wire.setblocking(False)
        yield Seen(socket.inet_aton(address), wire)
