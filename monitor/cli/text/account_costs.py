"""What reading an account would ask of its provider, and how often. Nothing is asked."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from monitor.accounts import aws_api
from monitor.alerts.messages.formatting import duration
from monitor.inventory.model.accounts import Account, Provider
from monitor.inventory.model.inventory import Inventory


def questions(account: Account) -> tuple[str, ...]:
    """What the account would be asked, each with how often: the permissions at Amazon, requests elsewhere."""
    if account.provider is Provider.SWIFT:
        return ("log in, once", "GET of the account, once for 10,000 containers", "HEAD, once for each container")
    if account.provider is Provider.S3:
        return tuple(f"{call.operation}, once for each {call.each}" for call in (*aws_api.OF_ANY_STORE, aws_api.POLICY))
    chosen = [call for call in aws_api.CALLS if _asked(account, call)]
    return tuple(f"{call.action or call.operation}, once for each {call.each}" for call in chosen)


def _asked(account: Account, call: aws_api.Call) -> bool:
    if call is aws_api.MEMBERS:
        return account.organisation
    return call is not aws_api.ASSUME or account.organisation or account.role is not None


def as_json(inventory: Inventory) -> list[dict[str, Any]]:
    """The accounts as JSON values."""
    return [
        {
            "account": one.id,
            "provider": one.provider.value,
            "every_seconds": int(one.interval.total_seconds()),
            "asked": list(questions(one)),
        }
        for one in inventory.accounts
    ]


def show(out: Console, inventory: Inventory) -> None:
    """The accounts for people; nothing when there are none."""
    for one in inventory.accounts:
        every = duration(one.interval.total_seconds())
        out.print(f"Account {escape(one.id)} ({one.provider.value}) is read every {every}, with its own credentials:")
        for text in questions(one):
            out.print(f"  {escape(text)}")
