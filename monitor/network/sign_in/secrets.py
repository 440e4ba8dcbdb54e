"""Reads what declared subjects sign in with, and what canaries are called, when a look begins."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.inventory.model.access_log import AccessLog, LogActor
from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.dispatch import DispatchBox
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.matrix import MatrixSubject, RoleMatrix
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.network.sign_in.form import FormAccount
from monitor.network.sign_in.provider import Provider
from monitor.network.sign_in.refusals import Account, Refusals
from monitor.network.sign_in.sessions import SecretsOf, SubjectSecrets
from monitor.network.sources.access_log import LogSource
from monitor.network.sources.imap import ImapBox
from monitor.network.sources.mailboxes import HttpBox, Mailbox
from monitor.network.sources.misdirected import CountSource
from monitor.network.sources.reading import Source, SourceAsk, SourceOf
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.canary_tokens import TOKEN
from probes.recognise.logs.rows import LogForm
from probes.requests.http import NoAnswer
from probes.requests.sources import ReadCount, ReadLog, ReadMailbox

ProviderOf = Callable[[str], Provider | NoAnswer]
"""The identity provider that an asset is, by its id, or why it is not asked."""


def signing_in(inventory: Inventory, environ: Mapping[str, str], refusals: Refusals, provider: ProviderOf) -> SecretsOf:
    """What reads the secrets of the matrices and canary sessions that `inventory` declares.

    `refusals` outlives looks: it remembers which credentials were refused. `provider` leads to the asset of an identity
    provider.
    """
    return partial(_secrets, inventory, environ, refusals, provider)


def declared_sources(inventory: Inventory, environ: Mapping[str, str]) -> SourceOf:
    """What says where the logs, mailboxes and counts are that `inventory` declares, and how they call the canaries."""
    return partial(_source, inventory, environ)


def _source(inventory: Inventory, environ: Mapping[str, str], target: WebTarget, ask: SourceAsk) -> Source | NoAnswer:
    match ask:
        case ReadLog():
            return _log_source(inventory, environ, target)
        case ReadMailbox(box=box):
            return _mailbox(inventory, environ, target, box)
        case ReadCount():
            return _count_source(inventory, target)


def _count_source(inventory: Inventory, target: WebTarget) -> CountSource | NoAnswer:
    asset = inventory.asset(target.asset)
    dispatch = asset.dispatch if isinstance(asset, HostAsset) else None
    if dispatch is None or dispatch.monthly is None:
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no count is declared")
    monthly = dispatch.monthly
    columns = {"id": monthly.id, "at": monthly.at, "actor": monthly.id, "activity": monthly.outcome}
    return CountSource(Path(monthly.counted), Path(monthly.log), columns, monthly.misdirected, ZoneInfo(dispatch.zone))


def _secrets(
    inventory: Inventory, environ: Mapping[str, str], refusals: Refusals, provider: ProviderOf, target: WebTarget
) -> SubjectSecrets | NoAnswer:
    asset = inventory.asset(target.asset)
    if not isinstance(asset, HostAsset):
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no host")
    try:
        if target.access_log is not None and asset.access_log is not None:
            actors = asset.access_log.actors
            headers = {one.id: _headers(one, environ) for one in actors}
            accounts = {id_: Account(asset.id, f"log {id_}", repr(said)) for id_, said in headers.items() if said}
            return SubjectSecrets(headers, {}, {}, None, accounts, _passwords(actors), refusals)
        if target.matrix is None or asset.roles is None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no subjects are declared")
        headers = {one.id: _headers(one, environ) for one in asset.roles.subjects}
        tokens = {one.tenant: resolve_secret(one.token, environ) for one in asset.roles.canaries}
        forms = {one.id: _account(asset.roles, one, environ) for one in asset.roles.subjects if one.kind == "form"}
    except NoSecret as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))
    wrong = _no_tokens(tokens)
    if wrong is not None:
        return wrong
    accounts = {id_: Account(asset.id, id_, repr(said)) for id_, said in headers.items() if said}
    accounts |= {id_: Account(asset.id, id_, form.identity) for id_, form in forms.items()}
    form = asset.roles.sign_in
    at = provider(form.provider) if form is not None and form.provider is not None else None
    return SubjectSecrets(headers, tokens, forms, at, accounts, _passwords(asset.roles.subjects), refusals)


def _passwords(subjects: Iterable[MatrixSubject | LogActor]) -> frozenset[str]:
    return frozenset(one.id for one in subjects if one.kind == "basic")


def _account(roles: RoleMatrix, subject: MatrixSubject, environ: Mapping[str, str]) -> FormAccount:
    assert roles.sign_in is not None  # noqa: S101  the inventory was checked: one needs the other
    assert subject.credential is not None  # noqa: S101  likewise
    user, _, password = resolve_secret(subject.credential, environ).partition(":")
    form = roles.sign_in
    return FormAccount(
        form.page, form.to or form.page, form.user, form.password, user, password, form.start or "", form.back or ""
    )


def _log_source(inventory: Inventory, environ: Mapping[str, str], target: WebTarget) -> LogSource | NoAnswer:
    asset = inventory.asset(target.asset)
    if not isinstance(asset, HostAsset) or asset.access_log is None:
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no log is declared")
    log = asset.access_log
    try:
        actors, objects = (
            {resolve_secret(one.logged_as, environ): one.id for one in group} for group in (log.actors, log.objects)
        )
        headers = _headers(log, environ)
    except NoSecret as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))
    if len(actors) < len(log.actors) or len(objects) < len(log.objects):
        return NoAnswer(NoAnswerReason.NOT_ASKED, "two canary accounts or objects are called alike in the log")
    return LogSource(
        LogForm(log.form),
        log.columns.named(),
        ZoneInfo(log.zone) if log.zone is not None else None,
        log.numbered,
        actors,
        objects,
        Path(log.file) if log.file is not None else None,
        log.get or "",
        headers,
        Path(log.written) if log.written is not None else None,
    )


def _mailbox(inventory: Inventory, environ: Mapping[str, str], target: WebTarget, box: str) -> Mailbox | NoAnswer:
    asset = inventory.asset(target.asset)
    dispatch = asset.dispatch if isinstance(asset, HostAsset) else None
    declared = next((one for one in dispatch.boxes if one.id == box), None) if dispatch is not None else None
    if dispatch is None or declared is None:
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no box is declared")
    try:
        tokens = {case.id: resolve_secret(case.token, environ) for case in dispatch.cases}
        wrong = _no_tokens(tokens)
        if wrong is not None:
            return wrong
        if declared.maildir is not None:
            return Mailbox(Path(declared.maildir), tokens)
        if declared.imap is None:
            return Mailbox(HttpBox(declared.get or "", _headers(declared, environ)), tokens)
        imap = declared.imap
        user, password = (resolve_secret(secret, environ) for secret in (imap.user, imap.password))
        authority = Path(imap.authority) if imap.authority is not None else None
        return Mailbox(ImapBox(imap.port, user, password, imap.folder, authority), tokens)
    except NoSecret as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))


def _no_tokens(tokens: Mapping[str, str]) -> NoAnswer | None:
    if all(TOKEN.fullmatch(token) for token in tokens.values()) and len(set(tokens.values())) == len(tokens):
        return None
    return NoAnswer(NoAnswerReason.NOT_ASKED, "a canary token is not 12 to 64 letters, digits, hyphens, or not unique")


def _headers(
    subject: MatrixSubject | LogActor | AccessLog | DispatchBox, environ: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
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
        case "anonymous" | "form":
            return ()
