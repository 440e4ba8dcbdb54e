"""The probe `closed-name`: a name of a closed network must lead nowhere for those who are outside it.

That a host does not answer is judged by every look at it. Here its name is asked for: an address in a public name
server tells strangers that the host exists, and where.
"""

from __future__ import annotations

from typing import Final

from probes.api import Check, Clear, Dialogue, Exposed, Probe, Unknown, WebTarget
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.requests.dns import Lookup, Records
from probes.requests.http import NoAnswer, looked_up

KIND: Final = "promise-name"


def look(target: WebTarget) -> Dialogue:
    """Ask for both kinds of addresses of the name."""
    place = target.place("/")
    if target.name is None:
        return ()
    four: Records | NoAnswer = yield from looked_up(Lookup(target.name, "A"))
    six: Records | NoAnswer = yield from looked_up(Lookup(target.name, "AAAA"))
    answers = {"A": four, "AAAA": six}
    found = [type_ for type_, said in answers.items() if isinstance(said, Records) and said.values]
    if found:
        checks = tuple(Check(type_, "exposed", OpenReason.NAME_RESOLVES) for type_ in found)
        proof = (Proof(ProofStep.NAME_HAS_ADDRESS, ", ".join(found)),)
        return (Exposed(place, KIND, OpenReason.NAME_RESOLVES, proof=proof, checks=checks),)
    for said in answers.values():
        if isinstance(said, NoAnswer) and said.why is not NoAnswerReason.NO_SUCH_NAME:
            return (Unknown(place, KIND, said.why, said.detail),)
    return (Clear(place, KIND, ClosedReason.NOT_RESOLVED),)


CLOSED_NAME = Probe(
    "closed-name", WebTarget, look, "names of hosts of a closed network that have an address in public name servers"
)
