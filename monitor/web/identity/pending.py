"""Sign-ins at the identity provider that are under way."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from monitor.inventory.model.installation.web import SignIn
from monitor.web.identity.provider import Provider


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: what its answer must bring."""

    state: str
    nonce: str
    verifier: str
    to: str
    at: datetime


@dataclass(slots=True)
class SignIns:
    """The sign-ins under way, and the provider; both are forgotten when the server ends."""

    pending: OrderedDict[str, Pending] = field(default_factory=OrderedDict)
    provider: Provider | None = None

    def of(self, declared: SignIn) -> Provider:
        """The provider that is declared now."""
        if self.provider is None or self.provider.issuer != declared.issuer:
            self.provider = Provider(declared.issuer, declared.client_id)
        return self.provider
