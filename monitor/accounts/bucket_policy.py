"""Whether a bucket's policy is public, for stores that cannot say it themselves. Pure.

It decides only what is plain: a statement for everyone without a condition is public, no statement for everyone is not.
Anything between is for the store's own reasoner, and stays unknown here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def public(text: str) -> bool | None:
    """Whether the policy lets everyone do something; None where that hangs on conditions, or it cannot be read."""
    try:
        policy = json.loads(text)
        statements = policy["Statement"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    statements = statements if isinstance(statements, list) else [statements]
    if not all(isinstance(one, Mapping) for one in statements):
        return None
    allowing = [one for one in statements if str(one.get("Effect", "")).lower() == "allow"]
    for_all = [one for one in allowing if _everyone(one.get("Principal"))]
    # A refusal may take back what is allowed: weighing the two is the store's own matter.
    denied = any(str(one.get("Effect", "")).lower() == "deny" for one in statements)
    if any(not one.get("Condition") for one in for_all) and not denied:
        return True
    return None if for_all or any("NotPrincipal" in one for one in allowing) else False


def _everyone(principal: Any) -> bool:
    if isinstance(principal, Mapping):
        return any(_everyone(one) for one in principal.values())
    return "*" in principal if isinstance(principal, list) else principal == "*"
