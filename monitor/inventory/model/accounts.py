"""Accounts at providers of object stores whose settings may be read: whose they are, and where the credentials are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from monitor.inventory.model.base import Once, Section
from monitor.inventory.values.addresses import is_address
from monitor.inventory.values.scalars import (
    Id,
    Kind,
    Net,
    Reference,
    Span,
    Switch,
    Text,
    WebPage,
    duration_of,
    host_text,
    shown,
    switch_of,
    text_of,
)
from monitor.inventory.yaml_source import Fault, Loc

_ROLE = re.compile(r"arn:aws(-[a-z]+)*:iam::\d{12}:role/[\w+=,.@/-]{1,512}", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@/-]{1,512}", re.ASCII)
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,40}", re.ASCII)


class Provider(StrEnum):
    """In what way an account is asked for its settings."""

    AWS = "aws"
    S3 = "s3"
    SWIFT = "swift"


def role_of(value: object) -> str:
    """The ARN of a role to assume."""
    text = text_of(value)
    if not _ROLE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not the ARN of a role (arn:aws:iam::123456789012:role/leftopen)")
    return text


def role_name_of(value: object) -> str:
    """The name of a role, with its path, without the ARN before it."""
    text = text_of(value)
    if not _ROLE_NAME.fullmatch(text) or text.startswith("arn:"):
        raise ValueError(f"{shown(text)} is not the name of a role (leftopen; the account's number is put before it)")
    return text


def region_of(value: object) -> str:
    """A region's name: it becomes a part of a host's name."""
    text = text_of(value)
    if not _REGION.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a region (eu-north-1)")
    return text


Role = Annotated[str, Kind(role_of, "ARN of a role")]
RoleName = Annotated[str, Kind(role_name_of, "name of a role")]
Region = Annotated[str, Kind(region_of, "region")]


class Credentials(Section):
    """Where the credentials are. They need to read settings alone: see docs/buckets-account.md."""

    access_key: Reference | None = Field(
        default=None, description="Where the id of the access key is stored (aws, s3)."
    )
    secret_key: Reference | None = Field(
        default=None,
        description="Where the secret of the access key is stored (aws, s3), or the secret of an application "
        "credential (swift).",
    )
    session_token: Reference | None = Field(
        default=None, description="Where the session token is stored. It is needed for temporary keys only."
    )
    profile: Text | None = Field(
        default=None, description="Name of a profile in the file `profiles`. Use it instead of a key."
    )
    profiles: Reference | None = Field(
        default=None,
        description="Path of the file of profiles: `file:/path`. leftopen never reads another file of profiles.",
    )
    user: Reference | None = Field(default=None, description="Where the name of the user is stored (swift).")
    password: Reference | None = Field(
        default=None, description="Where the password or key of the user is stored (swift)."
    )
    application_credential: Reference | None = Field(
        default=None,
        description="Where the id of an application credential is stored (swift, Keystone v3). Use it instead of a "
        "user.",
    )


class Account(Section):
    """An account at a provider whose buckets' settings are read and held against what is seen from outside."""

    id: Id = Field(description="Short name of the account.")
    provider: Provider = Field(description="`aws`, `swift`, or `s3` for any other store that speaks the S3 protocol.")
    owner: Id = Field(description="The party that owns the account and must act.")
    contract: Id | None = Field(default=None, description="The contract that allows leftopen to read its settings.")
    credentials: Credentials = Field(description="Where the credentials are stored.")
    role: Role | None = Field(
        default=None, description="ARN of a role that leftopen assumes with the credentials (aws)."
    )
    external_id: Reference | None = Field(
        default=None, description="Where the external id is stored, if the role needs one."
    )
    organisation: Switch = Field(
        default=False, description="Whether leftopen also reads the other accounts of the AWS organisation."
    )
    member_role: RoleName | None = Field(
        default=None, description="Name of the role that leftopen assumes in each account of the organisation."
    )
    endpoint: WebPage | None = Field(
        default=None,
        description="URL of the store. `s3` needs it; `swift` needs it when the store is not at the host of `auth`.",
    )
    auth: WebPage | None = Field(
        default=None, description="URL that gives out tokens (swift). It ends in `/v1.0`, or in `/v3` for Keystone."
    )
    project: Text | None = Field(default=None, description="Project to log in to (swift, Keystone v3).")
    domain: Text = Field(default="Default", description="Domain of user and project (swift, Keystone v3).")
    operator: Switch = Field(
        default=False,
        description="Whether the user is allowed to see access lists (swift). Only then is a missing list read as: "
        "there is none.",
    )
    region: Region = Field(default="us-east-1", description="The region that is asked first.")
    networks: Annotated[tuple[Net, ...], Once] = Field(
        default=(), description="Networks to which the name of the endpoint may resolve, besides the public internet."
    )
    interval: Span = Field(default=duration_of("1h"), description="Time between two readings of the settings.")


_NEEDS: dict[str, tuple[str, ...]] = {"s3": ("endpoint",), "swift": ("auth",)}
_OF_AWS = ("role", "external_id", "organisation", "member_role")
_OF_SWIFT = ("auth", "project", "domain", "operator")
_KEYS_OF = {
    "aws": ("access_key", "secret_key", "session_token", "profile", "profiles"),
    "s3": ("access_key", "secret_key", "session_token", "profile", "profiles"),
    "swift": ("user", "password", "application_credential", "secret_key"),
}


def faults(loc: Loc, account: dict[str, Any]) -> Iterator[Fault]:
    """What does not fit together within one account, as it was written."""
    provider = str(account.get("provider"))
    if provider not in list(Provider):
        return  # reported where it is read for the model
    for key in _NEEDS.get(provider, ()):
        if key not in account:
            yield Fault(loc, f"an account at provider {provider} needs the key '{key}'")
    others = (_OF_SWIFT if provider != Provider.SWIFT else ()) + (_OF_AWS if provider != Provider.AWS else ())
    for key in others:
        if key in account:
            yield Fault((*loc, key), f"{key} is not for provider {provider}", at_key=True)
    if "external_id" in account and "role" not in account and "member_role" not in account:
        yield Fault((*loc, "external_id"), "an external id is for a role: give role as well", at_key=True)
    organisation = _true(account.get("organisation"))
    if organisation and "member_role" not in account:
        yield Fault((*loc, "organisation"), "to read an organisation's accounts, give member_role too", at_key=True)
    if "member_role" in account and not organisation:
        yield Fault((*loc, "member_role"), "member_role is for an organisation: set organisation: true", at_key=True)
    if provider == Provider.SWIFT and "auth" in account and _ends(account["auth"]) is None:
        yield Fault((*loc, "auth"), "auth must be a URL that ends in /v1.0, /v1, or /v3")
    for key in ("endpoint", "auth"):
        yield from _url((*loc, key), account.get(key))
    credentials = account.get("credentials")
    if isinstance(credentials, dict):
        yield from _credentials((*loc, "credentials"), credentials, provider, account)


def _credentials(loc: Loc, credentials: dict[str, Any], provider: str, account: dict[str, Any]) -> Iterator[Fault]:
    for key in credentials:
        if key in Credentials.model_fields and key not in _KEYS_OF[provider]:
            yield Fault((*loc, key), f"{key} is not for provider {provider}", at_key=True)
    pairs = [("session_token", "access_key"), ("profile", "profiles"), ("profiles", "profile")]
    pairs += [("application_credential", "secret_key"), ("user", "password"), ("password", "user")]
    pairs += [("access_key", "secret_key")]
    if provider == Provider.SWIFT:
        pairs += [("secret_key", "application_credential")]
        ways = ("user", "application_credential")
    else:
        pairs += [("secret_key", "access_key")]
        ways = ("access_key", "profile")
    for one, other in pairs:
        if one in credentials and other not in credentials and other in _KEYS_OF[provider]:
            yield Fault((*loc, one), f"{one} needs {other} beside it", at_key=True)
    given = [way for way in ways if way in credentials]
    if not given and not any(key in credentials for key in _KEYS_OF[provider]):
        yield Fault(loc, f"credentials need {ways[0]}, or {ways[1]}")
    if len(given) > 1:
        yield Fault((*loc, given[1]), f"{given[1]} beside {given[0]} says it twice: give one of them", at_key=True)
    profiles = credentials.get("profiles")
    if isinstance(profiles, str) and profiles.startswith("env:"):
        yield Fault((*loc, "profiles"), "profiles are in a file: give file:/absolute/path")
    if provider == Provider.SWIFT:
        keystone = _ends(account.get("auth")) == "/v3"
        if "application_credential" in credentials and not keystone:
            yield Fault((*loc, "application_credential"), "application credentials are for an auth that ends in /v3")
        if "user" in credentials and keystone and "project" not in account:
            yield Fault(loc[:-1], "a user of Keystone needs the key 'project'")


def _url(loc: Loc, value: object) -> Iterator[Fault]:
    if not isinstance(value, str) or not re.match(r"https?://", value):
        return
    try:
        parts = urlsplit(value)
        host, _ = host_text(parts.hostname or ""), parts.port
    except ValueError:
        yield Fault(loc, f"{loc[-1]} is a URL of no valid host or port")
        return
    if parts.query or parts.fragment:
        yield Fault(loc, f"{loc[-1]} has no query and no fragment")
    if parts.scheme == "http" and not is_address(host):
        # A token in clear text is anybody's; on a bare address it is a test's, or a network of one's own.
        yield Fault(loc, f"{loc[-1]} must be https: credentials do not go over the network in clear text")


def _ends(value: object) -> str | None:
    path = value.rstrip("/") if isinstance(value, str) else ""
    return next((end for end in ("/v1.0", "/v1", "/v3") if path.endswith(end)), None)


def _true(value: object) -> bool:
    try:
        return value is not None and switch_of(value)
    except ValueError:
        return False


def keystone(account: Account) -> bool:
    """Whether tokens are given by Keystone v3."""
    return account.auth is not None and _ends(account.auth) == "/v3"


def hosts(account: Account) -> tuple[tuple[str, int], ...]:
    """The hosts and ports that the account declares itself; none for AWS, whose own are known."""
    found = []
    for url in (account.endpoint, account.auth):
        if url is not None:
            parts = urlsplit(url)
            found.append((host_text(parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80)))
    return tuple(dict.fromkeys(found))
