"""Names of a closed network, by what name servers say."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict, WebTarget
from probes.names.closed_name import CLOSED_NAME
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup, Records
from probes.requests.http import NoAnswer, Request, Response
from probes.requests.stream import Step, Sweep
from probes.testing import play

TARGET = WebTarget("nas", "nas.sjunet.example", "nas.sjunet.example", "", 443, tls=False)
GONE = NoAnswer(NoAnswerReason.NO_SUCH_NAME)
FAILED = NoAnswer(NoAnswerReason.DNS_FAILED)
NONE = Records(())


def _nothing(request: Request) -> Response:
    raise AssertionError("nothing is asked over HTTP")


@pytest.mark.parametrize(
    ("four", "six", "kind"),
    [
        (Records(("192.0.2.1",)), NONE, Exposed),
        (NONE, Records(("2001:db8::1",)), Exposed),
        (FAILED, Records(("2001:db8::1",)), Exposed),
        (GONE, GONE, Clear),
        (NONE, NONE, Clear),
        (GONE, FAILED, Unknown),
        (FAILED, GONE, Unknown),
    ],
)
def test_an_address_is_a_finding_and_silence_of_name_servers_is_none(
    four: Records | NoAnswer, six: Records | NoAnswer, kind: type[Verdict]
) -> None:
    def said(step: Lookup | Step | Sweep) -> Records | NoAnswer:
        assert isinstance(step, Lookup)
        assert step.name == TARGET.name
        return four if step.type == "A" else six

    ((verdict,), _) = play(CLOSED_NAME, TARGET, _nothing, elsewhere=said)
    assert isinstance(verdict, kind)
