"""Records of patients behind an interface of health care: the list, twice, beside a record that cannot exist."""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Certainty, Count, Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason, UndecidedReason
from probes.recognise.stores.health_records import RecordList, record_list, shows_records
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.web._folder_page import PAGE
from probes.web._outcome import REFUSALS, Undecided


def health_records(
    target: WebTarget, path: str, at: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """What a search of FHIR or of DICOMweb at `at` (to which `path` leads) shows a stranger; None where it is none.

    Open needs all of: a list of records, a record that cannot exist and is not shown, and the list again over a new
    connection. The list shows people as it is: nobody's record is asked for. Neither names nor ids are kept.
    """
    listed = _listed(at, page)
    if listed is None or target.data == "static":
        return None
    name = listed.missing(target.nonce)
    beside = yield from one(Request("GET", name, PAGE, said=f"{path}{{record that cannot exist}}"))
    if isinstance(beside, NoAnswer):
        return Undecided(beside.why, beside.detail)
    if shows_records(beside.body) or beside.status not in (*REFUSALS, 200, 204, 400):
        return Undecided(UndecidedReason.CANARY_FAILED, "a record that cannot exist is not said to be missing")
    # Where the path leads to is the server's word, and is recorded under a name of ours.
    again = yield from one(Request("GET", at, PAGE, fresh=True, said="" if at == path else f"{path}{{list again}}"))
    certainty, seen = Certainty.PROVEN, Proof(ProofStep.SEEN_AGAIN)
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty, seen = Certainty.LIKELY, Proof(ProofStep.NOT_SEEN_AGAIN)
    elif _listed(at, again) is None:
        return Undecided(UndecidedReason.UNSTABLE, "a second connection was answered otherwise")
    return Exposed(
        target.place(at),
        "listing",
        OpenReason.STORE_OPEN,
        certainty,
        counted=(Count(listed.things, listed.number),),
        witnesses=(at,),
        facts=facts,
        proof=(Proof(ProofStep.STORE_COUNTS), Proof(ProofStep.SHARE_CANARY), seen),
    )


def _listed(at: str, answer: Answer) -> RecordList | None:
    if not isinstance(answer, Response) or answer.status != 200 or answer.ending is not Ending.WHOLE:
        return None
    return record_list(at, answer.body)
