"""All attacks, in the order in which they are run."""

from __future__ import annotations

from typing import Final

from tests.attack.attack import Attack
from tests.attack.disks import damaged, full_disk, keys
from tests.attack.fuzz import fuzz
from tests.attack.kills import kills
from tests.attack.limits import descriptors, locked
from tests.attack.peers.strangers import strangers
from tests.attack.suites import suite

ATTACKS: Final = (
    Attack(
        "kills",
        "faults",
        "kill -9 at random moments of watch, run, survey, ack and backup on one ledger, while recorders open and close",
        "no alert lost, none told that is not on file, the ledger and hot copies of it whole",
        kills,
        whole=500,
        sample=16,
    ),
    Attack(
        "full-disk",
        "faults",
        "rounds on disks of 4 KiB to 1.6 MiB, then there is room, then the disk is read-only",
        "said in words, nothing half written, the alert is sent once there is room",
        full_disk,
        whole=16,
        sample=2,
    ),
    Attack(
        "damaged-ledger",
        "faults",
        "random pages of the ledger overwritten or cut off; four commands each",
        "every command ends in words, `run` never looks well",
        damaged,
        whole=12,
        sample=1,
    ),
    Attack(
        "keys",
        "faults",
        "the key of the witnesses lost, empty, cut or foreign",
        "said, never replaced, the finding stays open",
        keys,
        whole=3,
        sample=1,
    ),
    Attack(
        "descriptors",
        "faults",
        "rounds of a program that may open 8 files and more",
        "never well, never a traceback; with enough of them everything is told",
        descriptors,
        whole=15,
        sample=2,
    ),
    Attack(
        "locked-ledger",
        "faults",
        "somebody else holds the ledger for 0.7 s again and again while recorders open and close",
        "no alert lost, no traceback",
        locked,
        whole=12,
        sample=2,
    ),
    Attack(
        "fuzz",
        "peers",
        "random damage, entities, depth and packed bombs in pages, answers of all protocols and stores, letters, logs",
        "no exception, under 1 s of CPU a MB, time not faster than the bytes, under 200 MiB",
        fuzz,
        whole=600,
        sample=30,
    ),
    Attack(
        "strangers",
        "peers",
        "every service asked of servers that are silent, slow, endless, changing, or speak another protocol",
        "unknown, or clear in the words of a refusal; never exposed; in limited time, bytes and memory",
        strangers,
        whole=100,
        sample=2,
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
            "tests/probes/recognise/test_listings_hostile.py",
            "tests/probes/recognise/test_stream_hostile.py",
        ),
        whole=1,
        sample=0,
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
        "secrets",
        "secrets",
        "seeded names, numbers, keys and addresses of channels searched for in ledger, logs, messages, environments",
        "none outside its place",
        suite(
            "tests/acceptance/test_secrets.py",
            "tests/monitor/alerts/test_outbox.py",
            "tests/monitor/alerts/test_sign_at_sending.py",
        ),
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
