"""Whether the address of a channel can be had and read on this machine; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.alerts.delivery import webhook
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret


def address_problem(reference: str, environ: Mapping[str, str]) -> str:
    """What is wrong with a channel's address; empty: nothing."""
    try:
        url = resolve_secret(reference, environ)
    except NoSecret as error:
        return f"no address here: {error}"
    if webhook.is_ours(url):
        return webhook.problem_of(url)
    # Apprise takes most of a second to import: only where there is an address to read.
    from monitor.alerts.delivery.apprise_channel import problem_of

    return problem_of(url)


def without_address(inventory: Inventory, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The channels that nothing can be sent to from this process, each with the reason."""
    tried = ((channel.id, address_problem(channel.url, environ)) for channel in inventory.channels)
    return tuple((channel, why) for channel, why in tried if why)
