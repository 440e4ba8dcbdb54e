"""A catalogue of e-services as a portal shows it to a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from probes.recognise.people.terms import terms_in

_GRAVE: Final = frozenset({"social_services", "health", "legal_secrecy"})
_HEAVY: Final = 4


@dataclass(frozen=True, slots=True)
class Service:
    """One e-service."""

    id: str
    """The portal's own id, digits as a rule; it stays when the service is renamed."""
    name: str
    login: bool | None
    """Whether a login is asked for before it begins; None: the catalogue does not say."""
    external: bool = False
    """Whether it leads to another site: no marker of the portal says anything of that site."""

    @property
    def sensitive(self) -> bool:
        """Whether its name speaks of social services, health or legal secrecy (terms of weight 4 and more)."""
        return any(term.category in _GRAVE and term.weight >= _HEAVY for term in terms_in(self.name))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a portal offers."""

    services: tuple[Service, ...]
    partial: str = ""
    """Why it is not the whole catalogue; empty when it is, as far as can be told."""
