"""Credentials of an account, read from where the inventory says and from nowhere else; no text made here holds one."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.inventory.model.accounts import Credentials
from monitor.inventory.values.secrets import NoSecret, resolve_secret

_LARGEST = 256 * 2**10


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key, or a user's name and password."""

    id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    """The session token of a temporary key."""


def keys_of(credentials: Credentials, environ: Mapping[str, str]) -> Keys:
    """The credentials that the inventory refers to. Raises NoSecret, whose text says what is wrong and where."""
    if credentials.profile is not None and credentials.profiles is not None:
        return _of_profile(credentials.profile, credentials.profiles)
    for id_, secret in (
        (credentials.access_key, credentials.secret_key),
        (credentials.user, credentials.password),
        (credentials.application_credential, credentials.secret_key),
    ):
        if id_ is not None and secret is not None:
            token = credentials.session_token
            return Keys(
                resolve_secret(id_, environ),
                resolve_secret(secret, environ),
                resolve_secret(token, environ) if token is not None else "",
            )
    raise NoSecret("no credentials are declared")


def pair_of(text: str) -> Keys:
    """A key as it is written in one line, `id:secret`, as for probing. Raises NoSecret."""
    id_, colon, secret = text.strip().partition(":")
    if not colon or not id_ or not secret:
        raise NoSecret("a probing key is written id:secret, in one line")
    return Keys(id_, secret)


def _of_profile(name: str, reference: str) -> Keys:
    path = Path(reference.removeprefix("file:"))
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise NoSecret(f"{reference}: cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > _LARGEST:
        raise NoSecret(f"{reference}: is larger than {_LARGEST // 2**10} KiB")
    profiles = configparser.ConfigParser(interpolation=None, default_section="\0", strict=False)
    try:
        profiles.read_string(raw.decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error):
        # The error of the parser repeats the line that it stumbled over.
        raise NoSecret(f"{reference}: is no file of profiles that can be read") from None
    section = next((one for one in (name, f"profile {name}") if profiles.has_section(one)), None)
    if section is None:
        raise NoSecret(f"{reference}: has no profile {name}")
    found = profiles[section]
    keys = Keys(
        found.get("aws_access_key_id", "").strip(),
        found.get("aws_secret_access_key", "").strip(),
        found.get("aws_session_token", "").strip(),
    )
    if not keys.id or not keys.secret:
        # Roles, processes and single sign-on in a profile would lead to somewhere that the inventory does not name.
        raise NoSecret(f"{reference}: profile {name} holds no access key with its secret; give a role in the inventory")
    return keys
