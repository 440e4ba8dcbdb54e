"""Shows that a vantage is in its network: a beacon answers, a page beyond does not, a reflector sees its address.

A tunnel that has fallen looks from the internet instead. From there a host of a closed network is silent, which is what
was promised of it: without these controls a fallen tunnel would find everything clear. When one of them fails, the
vantage is blind and decides nothing.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from monitor.findings.reasons import Control, ControlFailed, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.addresses import address_of, is_address
from monitor.network.budget import Limits
from monitor.network.driver import Driver
from monitor.network.transport import Timeouts
from probes.api import WebTarget
from probes.reasons import NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.requests.http import Answer, NoAnswer, Request, Response

_MOST: Final = 1024
"""Bytes of a reflector's page that are read."""
_SILENT: Final = frozenset(
    {
        NoAnswerReason.TIMED_OUT,
        NoAnswerReason.REFUSED,
        NoAnswerReason.UNREACHABLE,
        NoAnswerReason.NO_SUCH_NAME,
        NoAnswerReason.DNS_FAILED,
    }
)
"""Nobody spoke. Anything else, a broken answer too, shows that packets go where they must not."""
_ADDRESS: Final = re.compile(r"[0-9A-Fa-f:.]{3,45}")


class NetworkControls:
    """The controls of the network of one vantage: the inventory's own (`vantage`)."""

    def __init__(self, inventory: Inventory) -> None:
        self._vantage = inventory.vantage
        self._declared = inventory.network(inventory.vantage.network)
        times = inventory.defaults.timeouts
        self._timeouts = Timeouts(times.connect, times.read, times.ask)
        self._a_second = inventory.defaults.pace
        self._found: set[tuple[str | None, str, int]] = set()

    def allows(self, name: str | None, address: str, port: int) -> bool:
        """Whether a socket leads to one of the declared pages, as its name was answered here."""
        return (name, address, port) in self._found

    async def check(self, driver: Driver) -> Reason | None:
        """Why the vantage is not in its network, or cannot be shown to be; None: it is, or nothing is declared."""
        declared = self._declared
        if declared is None:
            return None
        if declared.beacon is not None:
            answer = await self._ask(driver, declared.beacon)
            if (why := _silence(answer)) is not None:
                return ControlFailed(Control.BEACON, why)
        if declared.beyond is not None:
            answer = await self._ask(driver, declared.beyond)
            if isinstance(answer, Response) or answer.why not in _SILENT:
                return ControlFailed(Control.BEYOND, OpenReason.REACHABLE)
        if declared.reflector is not None:
            answer = await self._ask(driver, declared.reflector)
            if (why := _silence(answer)) is not None:
                return ControlFailed(Control.REFLECTOR, why)
            if isinstance(answer, Response) and not self._own_address(answer):
                return ControlFailed(Control.REFLECTOR, UndecidedReason.OTHER_ADDRESS)
        return None

    def _own_address(self, answer: Response) -> bool:
        seen = {address_of(one) for one in _ADDRESS.findall(answer.body.decode("latin-1")) if is_address(one)}
        return not seen.isdisjoint(map(address_of, self._vantage.addresses))

    async def _ask(self, driver: Driver, page: str) -> Answer:
        parts = urlsplit(page)
        host, tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        name = None if is_address(host) else host
        addresses: tuple[str, ...] = (host,)
        if name is not None:
            if driver.names is None:
                return NoAnswer(NoAnswerReason.DNS_FAILED, "nobody is asked for names here")
            resolved = await driver.names().addresses(name)
            if not resolved.addresses:
                return NoAnswer(resolved.why or NoAnswerReason.NO_SUCH_NAME, resolved.detail)
            addresses = resolved.addresses
        answer: Answer = NoAnswer(NoAnswerReason.NO_SUCH_NAME)
        # Every address is tried: one that is out of order must not look like silence.
        for address in addresses[:4]:
            self._found.add((name, address, port))
            target = WebTarget("control:network", host, name, address, port, tls)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            driver.pace.set(f"control {address}", self._a_second, 1)
            limits = Limits(1, _MOST, self._timeouts.ask, self._timeouts)
            answer = await driver.ask(target, Request("GET", path, _MOST), f"control {address}", limits)
            if isinstance(answer, Response) or answer.why not in _SILENT:
                return answer
        return answer


def _silence(answer: Answer) -> Why | None:
    """Why a page that must answer did not; a server's own trouble is no answer of it."""
    if isinstance(answer, NoAnswer):
        # Who says that it speaks TLS alone has answered.
        return None if answer.why is NoAnswerReason.TLS_ONLY else answer.why
    return UndecidedReason.STATUS_UNEXPECTED if answer.status >= 500 else None
