"""Attacks that are tests of the suite: run by pytest, and counted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tests.acceptance.builders import ROOT
from tests.attack.attack import Attack, Outcome


def suite(*paths: str) -> partial[Outcome]:
    """An attack that runs these tests, whatever the amount."""
    return partial(_run, paths)


def _run(paths: Sequence[str], amount: int, folder: Path) -> Outcome:
    outcome = Outcome()
    report = folder / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", f"--junitxml={report}", *paths],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    outcome.check(done.returncode in (0, 1), f"pytest ended with {done.returncode}: {done.stdout[-300:]}")
    skipped = 0
    # The report is our own pytest's, made a moment ago.
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314
        outcome.tried += 1
        skipped += case.find("skipped") is not None
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failures.append(f"{case.get('classname')}::{case.get('name')}")
    outcome.tried -= skipped
    outcome.measured = f"{skipped} skipped" if skipped else "all of them ran"
    return outcome


SUITES: Final = (
    Attack(
        "channels",
        "faults",
        "channels that hang, lie, redirect, refuse, answer late, endless or packed, break off; two watchers",
        "other channels are not delayed, nothing is lost or sent elsewhere; the second watcher is refused",
        suite(
            "tests/monitor/alerts/test_outbox.py",
            "tests/monitor/alerts/test_webhook.py",
            "tests/monitor/alerts/test_mail_refused.py",
            "tests/monitor/alerts/test_replies.py",
            "tests/monitor/alerts/test_retry.py",
            "tests/monitor/alerts/test_leases.py",
            "tests/monitor/service/test_alone.py",
            "tests/monitor/service/test_watch_faults.py",
        ),
        whole=1,
        sample=0,
        seconds=80,
    ),
    Attack(
        "channel-urls",
        "scope",
        "addresses of channels that lead to metadata services, link-local, files, elsewhere by userinfo or a redirect",
        "no connection there, said in words without the address; a message is sent where it is declared, or not",
        suite(
            "tests/monitor/alerts/test_channel_addresses.py",
            "tests/monitor/alerts/test_apprise_channel.py",
            "tests/monitor/alerts/test_outbox.py::test_a_redirect_is_a_refusal_and_is_not_followed",
        ),
        whole=1,
        sample=0,
    ),
    Attack(
        "crossed-sockets",
        "peers",
        "hundreds of TLS hosts that reset beside hundreds that answer with their own address",
        "no answer of one host is read as another's",
        suite("tests/monitor/network/test_channel.py"),
        whole=1,
        sample=0,
    ),
    Attack(
        "hostile-servers",
        "peers",
        "slow, endless, cut, lying and broken servers of about 150 kinds, bombs, floods of interim answers, odd TLS",
        "a verdict in limited time and memory, never a wrong one",
        suite(
            "tests/monitor/network/test_faults.py",
            "tests/monitor/network/test_bounds.py",
            "tests/monitor/network/test_certificate.py",
            "tests/monitor/network/test_stream_client.py",
            "tests/monitor/network/http",
            "tests/monitor/surveys/test_frontier.py",
            "tests/monitor/surveys/test_page_worker.py",
            "tests/probes/recognise/test_listings_hostile.py",
            "tests/probes/recognise/test_stream_hostile.py",
        ),
        whole=1,
        sample=0,
        seconds=180,
    ),
    Attack(
        "scope",
        "scope",
        "rebinding name servers, wrapped and odd addresses, redirects, links, proxies and netrc in the environment",
        "no connection to what is not declared",
        suite(
            "tests/monitor/network/test_scope.py",
            "tests/monitor/inventory/test_scope.py",
            "tests/monitor/network/test_dns.py",
        ),
        whole=1,
        sample=0,
    ),
    Attack(
        "fleet-rights",
        "scope",
        "a worker that reads, forges, declares, binds, broadcasts or purges by its own credentials; other declarations",
        "refused by the broker or by the hub, or seen as silence",
        suite(
            "tests/monitor/fleet/test_rights.py",
            "tests/monitor/fleet/test_broker.py",
            "tests/monitor/fleet/test_declaration.py",
            "tests/monitor/fleet/test_envelope.py",
            "tests/monitor/fleet/gate",
        ),
        whole=1,
        sample=0,
        seconds=90,
    ),
    Attack(
        "stores",
        "scope",
        "stores that answer badly: redirects and regions that name another host, lists that change, never end or lie",
        "no request outside the declaration, never a wrong verdict",
        suite("tests/probes/buckets/test_hostile_rounds.py", "tests/monitor/network/stores"),
        whole=1,
        sample=0,
        seconds=60,
    ),
    Attack(
        "secrets",
        "secrets",
        "seeded names, numbers, keys and addresses of channels searched for in ledger, logs, messages, environments",
        "none outside its place",
        suite(
            "tests/acceptance/test_secrets.py",
            "tests/monitor/alerts/test_sign_at_sending.py",
            "tests/probes/eservices",
            "tests/probes/logs",
            "tests/probes/dispatch",
            "tests/monitor/inventory/test_secrets.py",
        ),
        whole=1,
        sample=0,
        seconds=60,
    ),
    Attack(
        "outputs",
        "pages",
        "markup, terminal codes, formulas and line ends in names, banners and notes, through every output",
        "escaped or taken out everywhere: pages, tables, CSV, messages, reports, logs",
        suite(
            "tests/monitor/api/test_csv_text.py",
            "tests/monitor/cli/test_long_table.py",
            "tests/monitor/cli/test_reading.py",
            "tests/monitor/alerts/test_change.py",
            "tests/monitor/alerts/test_apprise_channel.py",
            "tests/monitor/reports/test_vendor.py",
            "tests/probes/recognise/test_masking.py",
        ),
        whole=1,
        sample=0,
    ),
    Attack(
        "identity",
        "pages",
        "forged and odd tokens, keys and documents of an identity provider; states, nonces and codes used again",
        "nobody is let in but who was meant, nobody is locked out by a key of a new kind, each refusal has its words",
        suite("tests/monitor/web/test_oidc.py", "tests/monitor/web/test_provider.py"),
        whole=1,
        sample=0,
    ),
    Attack(
        "links",
        "pages",
        "guesses, replays, races, strange hosts and floods on the pages behind the links of messages",
        "one deed a link, limits on guesses, looks go on",
        suite("tests/monitor/web"),
        whole=1,
        sample=0,
        seconds=80,
    ),
    Attack(
        "races",
        "pages",
        "thirty at once: a link of an alert, a deed, an invitation, a token taken back, an answer, a code of a gate",
        "what may be done once is done once, and every one of them gets an answer",
        suite(
            "tests/monitor/web/test_thirty_at_once.py",
            "tests/monitor/web/test_killed.py",
            "tests/monitor/fleet/gate/test_registry.py",
        ),
        whole=1,
        sample=0,
    ),
    Attack(
        "upgrades",
        "upgrades",
        "ledgers of released versions, of a newer version, and of none",
        "opened and migrated with the same findings, or refused in words",
        suite("tests/monitor/store/test_migrations.py", "tests/monitor/store/test_ledger.py"),
        whole=1,
        sample=0,
    ),
)
