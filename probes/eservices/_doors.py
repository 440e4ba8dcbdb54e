"""The doors of Open ePlatform that must be shut to strangers: interfaces that hand out cases, pages of operators.

Interfaces are asked for ids that cannot exist, so that one that is open has nothing to hand out. Its paths are those
of the program's own interfaces; asking for a person's number, which some of them take in their path, is never done.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from probes.api import Clear, Exposed, Unknown, Verdict, WebTarget
from probes.eservices._answers import closed_by
from probes.eservices.kinds import ADMIN, INTERFACE
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Answer, Ask, Reply, Request, Response, one, several
from probes.web.proof.canary import healthy, same

INTERFACES: Final = {
    "/api/instanceapi/": "/api/instanceapi/getinstance/{id}/xml",
    "/api/messageapi/": "/api/messageapi/getmessages/flowinstance/{id}",
    "/api/fileuploadqueryapi/": "/api/fileuploadqueryapi/getfile/{id}/{id}/{id}",
    "/api/multisigninstanceapi/": "/api/multisigninstanceapi/getwaitinginstances/citizenidentifier/{id}/1",
}
ADMIN_PAGES: Final = (
    "/flowadmin",
    "/flowinstanceadmin",
    "/administration/sessionadmin",
    "/administration/runtimeinfo",
    "/administration/threadinfo",
    "/administration/systemadmin",
    "/administration/useradmin",
    "/administration/mailsender",
)
_TAKE: Final = 64 << 10
_FEW: Final = 1024
"""Bytes of an interface's answer: enough to tell an error from data, too few to hold a case."""


def interfaces(target: WebTarget) -> Generator[Ask, Reply, list[Verdict]]:
    """One verdict for each interface: anything but a refusal, a login or a missing interface is open."""
    beside_path = f"/api/{target.nonce}/getinstance/{target.nonce}/xml"
    paths = {place: path.format(id=target.nonce) for place, path in INTERFACES.items()}
    answers = yield from several(
        tuple(Request("GET", path, _FEW, said=_said(target, path)) for path in (beside_path, *paths.values()))
    )
    beside = answers[0]
    verdicts: list[Verdict] = []
    for (place, path), answer in zip(paths.items(), answers[1:], strict=True):
        verdicts.append((yield from _interface(target, place, path, answer, beside, beside_path)))
    return verdicts


def _interface(
    target: WebTarget, place: str, path: str, answer: Answer, beside: Answer, beside_path: str
) -> Generator[Ask, Reply, Verdict]:
    filed = target.place(place)
    shut = closed_by(answer)
    if shut is None and isinstance(answer, Response):
        if same(answer, path, beside, beside_path):
            return Unknown(filed, INTERFACE, UndecidedReason.CATCH_ALL)
        again = yield from one(Request("GET", path, _FEW, fresh=True, said=_said(target, path)))
        if closed_by(again) is not None or not isinstance(again, Response):
            return Unknown(filed, INTERFACE, UndecidedReason.UNSTABLE)
        proof = (Proof(ProofStep.INTERFACE_ANSWERS), Proof(ProofStep.CANARY_DIFFERS), Proof(ProofStep.SEEN_AGAIN))
        return Exposed(filed, INTERFACE, OpenReason.INTERFACE_OPEN, proof=proof)
    why, detail = shut if shut is not None else (UndecidedReason.STATUS_UNEXPECTED, "")
    if why is ClosedReason.NOT_FOUND and isinstance(answer, Response) and not same(answer, path, beside, beside_path):
        # The interface is there and says that it has no such case: to whom it says more cannot be told from that.
        return Unknown(filed, INTERFACE, UndecidedReason.NO_SUCH_CASE)
    if isinstance(why, ClosedReason) and healthy(beside):
        return Clear(filed, INTERFACE, why)
    return Unknown(filed, INTERFACE, UndecidedReason.CANARY_FAILED if isinstance(why, ClosedReason) else why, detail)


def admin_pages(target: WebTarget) -> Generator[Ask, Reply, list[Verdict]]:
    """One verdict for each page of operators: a login, a refusal or nothing must be there."""
    beside_path = f"/{target.nonce}"
    answers = yield from several(
        tuple(Request("GET", path, _TAKE, said=_said(target, path)) for path in (beside_path, *ADMIN_PAGES))
    )
    beside = answers[0]
    verdicts: list[Verdict] = []
    for path, answer in zip(ADMIN_PAGES, answers[1:], strict=True):
        place = target.place(path)
        shut = closed_by(answer)
        if shut is not None and isinstance(shut[0], ClosedReason):
            closed = Clear(place, ADMIN, shut[0])
            verdicts.append(closed if healthy(beside) else Unknown(place, ADMIN, UndecidedReason.CANARY_FAILED))
        elif shut is not None or not isinstance(answer, Response):
            why, detail = shut if shut is not None else (UndecidedReason.STATUS_UNEXPECTED, "")
            verdicts.append(Unknown(place, ADMIN, why, detail))
        elif same(answer, path, beside, beside_path):
            verdicts.append(Unknown(place, ADMIN, UndecidedReason.CATCH_ALL))
        else:
            again = yield from one(Request("GET", path, _TAKE, fresh=True))
            proof = (Proof(ProofStep.PAGE_ANSWERS), Proof(ProofStep.CANARY_DIFFERS), Proof(ProofStep.SEEN_AGAIN))
            stable = closed_by(again) is None and isinstance(again, Response)
            opened = Exposed(place, ADMIN, OpenReason.ADMIN_PAGE_OPEN, proof=proof)
            verdicts.append(opened if stable else Unknown(place, ADMIN, UndecidedReason.UNSTABLE))
    return verdicts


def _said(target: WebTarget, path: str) -> str:
    return path.replace(target.nonce, "{canary}")
