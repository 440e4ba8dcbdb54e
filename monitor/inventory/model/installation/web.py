"""The dashboard and the HTTP API: where they are served, who signs in, and what each may do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from monitor.inventory.model.base import Once, Section, Some
from monitor.inventory.values.listening import Listen
from monitor.inventory.values.scalars import Id, Reference, Switch, Text, WebPage


class WebRole(StrEnum):
    """What somebody may do with what the scope of the same grant holds."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    APPROVER = "approver"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Grant(Section):
    """A role for the scope of one party, for those whose sign-in says so."""

    claim: Text = Field(description="Claim of the identity provider that is compared, such as `groups`.")
    value: Text = Field(description="Value that the claim must have, or hold in its list.")
    role: WebRole = Field(
        description="viewer reads; responder also acknowledges, contains and tells the cause; approver also accepts, "
        "dismisses, and lets messages out; operator runs leftopen and sees no evidence; auditor reads logs, and places "
        "as digests."
    )
    party: Id = Field(description="Whose assets: those with this party in their chain of contracts.")


class SignIn(Section):
    """The identity provider (OpenID Connect): authorisation code with PKCE."""

    issuer: WebPage = Field(description="Its address, just as it names itself; `/.well-known/...` is below it.")
    client_id: Text = Field(description="How leftopen is registered there.")
    client_secret: Reference | None = Field(
        default=None, description="Where its secret is: `env:NAME` or `file:/path`; none: a public client."
    )
    scopes: Annotated[tuple[Text, ...], Once, Some] = Field(
        default=("openid", "profile"), description="Scopes that are asked for."
    )


class Web(Section):
    """The dashboard and the HTTP API. Without this section `watch` serves neither."""

    listen: Listen = Field(description="Where it is served: address:port or unix:/path, behind your own TLS.")
    url: WebPage = Field(description="How it is reached: only requests for this host are answered.")
    in_clear: Switch = Field(
        default=False,
        description="Whether it may listen without TLS on an address that other machines reach. Left out: it refuses.",
    )
    sign_in: SignIn | None = Field(
        default=None, description="Identity provider; none: people sign in by links of `leftopen web invite`."
    )
    grants: tuple[Grant, ...] = Field(
        default=(), description="Who may do what. No grant, no page; they are read anew at every request."
    )
