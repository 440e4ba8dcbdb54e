"""Reads what the subjects of a matrix sign in with, and the canary tokens, when a look at it begins."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial

from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.matrix import MatrixSubject
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.network.sessions import SecretsOf, SubjectSecrets
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.canary_tokens import TOKEN
from probes.requests.http import NoAnswer


def signing_in(inventory: Inventory, environ: Mapping[str, str]) -> SecretsOf:
    """What reads the secrets of the matrices that `inventory` declares."""
    return partial(_secrets, inventory, environ)


def _secrets(inventory: Inventory, environ: Mapping[str, str], target: WebTarget) -> SubjectSecrets | NoAnswer:
    asset = inventory.asset(target.asset)
    if not isinstance(asset, HostAsset) or asset.roles is None:
        return NoAnswer(NoAnswerReason.NOT_ASKED, "no matrix is declared")
    try:
        headers = {one.id: _headers(one, environ) for one in asset.roles.subjects}
        tokens = {one.tenant: resolve_secret(one.token, environ) for one in asset.roles.canaries}
    except NoSecret as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))
    if any(TOKEN.fullmatch(token) is None for token in tokens.values()) or len(set(tokens.values())) < len(tokens):
        return NoAnswer(
            NoAnswerReason.NOT_ASKED, "a canary token is not 12 to 64 letters, digits, hyphens, or not unique"
        )
    return SubjectSecrets(headers, tokens)


def _headers(subject: MatrixSubject, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if subject.credential is None:
        return ()
    secret = resolve_secret(subject.credential, environ)
    match subject.kind:
        case "bearer":
            return (("Authorization", f"Bearer {secret}"),)
        case "basic":
            return (("Authorization", f"Basic {base64.b64encode(secret.encode()).decode()}"),)
        case "cookie":
            return (("Cookie", secret),)
        case "anonymous":
            return ()
