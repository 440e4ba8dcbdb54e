"""A declared matrix of who may see what on a portal: subjects, canaries and rules, without any secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One role with one scope, as somebody who signs in: or nobody (`anonymous`)."""

    id: str
    tenant: str = ""
    """Whose data it may see; empty: nobody's."""
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class CanaryObject:
    """An object that its owner made for one tenant; its token is a secret, and stands in no target."""

    tenant: str
    path: str = ""
    """Where it is; empty: it only stands in lists."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to ask for, and who may have it."""

    id: str
    path: str
    """`{object}` in it stands for the path of each canary in turn."""
    allow: tuple[str, ...]
    """The ids of the subjects that may; for a canary's own path, those of them that are of its tenant."""
    shows_own: bool = True
    """Whether the canary of one's own tenant stands in the answer."""
    all_tenants: bool = False
    """Whether who may see it sees every tenant's data: a role that is meant to see both."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All of it. `untested` are declared subjects that stand in no rule."""

    subjects: tuple[Subject, ...]
    canaries: tuple[CanaryObject, ...]
    rules: tuple[Rule, ...]
    untested: tuple[str, ...] = ()
    sign_out: str = ""
    """A path that ends a session; empty: no session is asked after its end."""
