"""The door `any-account` of an S3 bucket: open to all who have an account, and anyone may have one."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.asks import Ask, Request, Response, Told, Why, one
from probes.buckets.s3_answers import foreign_tenant, refusal
from probes.buckets.s3_asks import LIST, At, moved
from probes.buckets.s3_list import Listed, few, page_of, shows
from probes.buckets.s3_objects import Opened
from probes.buckets.vector import exposed, unknown
from probes.contract import BucketTarget, Door
from probes.recognise.stores.grants import Grants

_PAYS = (("x-amz-request-payer", "requester"),)


def ask_any_account(
    target: BucketTarget, listed: Listed, grants: Grants | None
) -> Generator[Ask, Told, tuple[Door, Opened | None]]:
    """Ask for the list with the owner's probing key, of an account that has nothing to do with the bucket.

    Without such a key nobody knows; grants that a stranger could read to say so are told, and are no proof, since a
    block above the bucket may void them (S3 User Guide, "Blocking public access").
    """
    if not target.signing:
        if grants is not None and grants.gives("any-account", "READ"):
            return unknown("any-account", Why.CONFIGURED_OPEN, "by its own grants; no probing key is declared"), None
        return unknown("any-account", Why.NOT_ASKED, "no probing key is declared"), None
    if listed.said.final:
        return listed.said.door("any-account"), None
    door, opened = yield from _signed(target, listed.at, ())
    if opened is None and door.verdict == "clear" and door.why is Why.DENIED:
        # S3 User Guide, "Requester Pays buckets": refused alike until the asker says that he pays.
        paid, opened = yield from _signed(target, listed.at, _PAYS)
        return (replace(paid, detail="requester pays"), opened) if opened is not None else (door, None)
    return door, opened


def _signed(
    target: BucketTarget, at: At, headers: tuple[tuple[str, str], ...]
) -> Generator[Ask, Told, tuple[Door, Opened | None]]:
    request = _request(at, headers)
    answer = yield from one(request)
    said = refusal(target, at, answer)
    if said.why is Why.WRONG_REGION and isinstance(answer, Response):
        place = moved(target, at, answer, said.error)
        if place is not None:
            at, request = place, _request(place, headers)
            answer = yield from one(request)
            said = refusal(target, at, answer)
    page = page_of(answer)
    if page is None:
        return foreign_tenant(said).door("any-account"), None
    again = replace(request, path=few(request.path))
    proof = "an account that has nothing to do with the bucket is given its list (ListBucketResult)"
    return exposed("any-account", Why.ANY_ACCOUNT), Opened("any-account", again, shows(page), proof)


def _request(at: At, headers: tuple[tuple[str, str], ...]) -> Request:
    return replace(at.ask(LIST, signed=True), headers=headers)
