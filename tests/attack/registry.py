"""All attacks, in the order in which they are run."""

from __future__ import annotations

from typing import Final

from tests.attack.attack import Attack
from tests.attack.clocks import clocks
from tests.attack.commits import commits
from tests.attack.disks import damaged, filling, full_disk, keys
from tests.attack.fleet.kills import fleet_kills
from tests.attack.fleet.scale import fleet_scale
from tests.attack.fuzz import fuzz
from tests.attack.kills import kills
from tests.attack.leaks import leaks, surroundings
from tests.attack.limits import descriptors, locked, memory, memory_of_group
from tests.attack.load import flat, load
from tests.attack.pages import pages
from tests.attack.peers.strangers import strangers
from tests.attack.peers.tls import odd_tls
from tests.attack.power.cut import power_cuts
from tests.attack.rows import damaged_rows
from tests.attack.storm import storm
from tests.attack.suites import SUITES
from tests.attack.upgrades import upgrades

ATTACKS: Final = (
    Attack(
        "kills",
        "faults",
        "kill -9 at random moments of watch, run, survey, ack and backup on one ledger, while recorders open and close",
        "no alert lost, none told that is not on file; the ledger and hot copies whole, and what their log says",
        kills,
        whole=500,
        sample=8,
        seconds=400,
    ),
    Attack(
        "commits",
        "faults",
        "kill -9 after each sync of an operation: open, close, deeds, drill, survey, checkpoint, restore, new key",
        "what is on file has its message and the other way round; done again, all is as if nothing had been killed",
        commits,
        whole=12,
        sample=1,
        seconds=400,
    ),
    Attack(
        "full-disk",
        "faults",
        "rounds on disks of 4 KiB to 1.6 MiB, then there is room, then the disk is read-only",
        "said in words, nothing half written, the alert is sent once there is room",
        full_disk,
        whole=16,
        sample=1,
        seconds=60,
    ),
    Attack(
        "disk-fills",
        "faults",
        "the disk of a `watch` fills up to its last pages, or refuses every write, while a recorder opens",
        "the `watch` goes on; what opened is told, and what closed recorded, once there is room; no traceback",
        filling,
        whole=6,
        sample=0,
        seconds=170,
    ),
    Attack(
        "power-cuts",
        "faults",
        "the power is cut at any moment: what was not synced is lost, torn or out of order; ledger, log, copies, files",
        "all is whole, what a command or a message confirmed is there, what is owed is told, the log verifies",
        power_cuts,
        whole=400,
        sample=0,
        seconds=100,
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
        "damaged-rows",
        "faults",
        "rows of every table overwritten, four at once: other text, no UTF-8, absurd numbers, none; a recorder opens",
        "a damaged row costs itself alone: the other messages go out, what opens is told, all ends in words",
        damaged_rows,
        whole=60,
        sample=1,
        seconds=200,
    ),
    Attack(
        "keys",
        "faults",
        "the key of the witnesses lost, empty, cut or foreign, while the folder is open and while it is half fixed",
        "said by every command, never replaced; the finding stays open as long as one of its files is",
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
        seconds=40,
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
        "memory",
        "faults",
        "rounds of a program that may use 100 MiB of memory and more",
        "never well, `open` only where it was seen; with enough memory everything is told",
        memory,
        whole=16,
        sample=0,
        seconds=90,
    ),
    Attack(
        "memory-of-group",
        "faults",
        "processes that want 1 GiB in the control group of a `watch` that may use 384 MiB",
        "the kernel ends those; the `watch` looks on and tells what opens",
        memory_of_group,
        whole=40,
        sample=0,
        seconds=120,
    ),
    Attack(
        "clocks",
        "faults",
        "clocks that jump by hours and days, both ways, while a finding clears too; nights in which the hour changes",
        "the finding stays open, is told once, and closes only after looks apart; a `watch` looks on",
        clocks,
        whole=26,
        sample=0,
        seconds=120,
    ),
    Attack(
        "fleet-kills",
        "faults",
        "kill -9 of worker, hub and its recorder, broker, gate and the worker behind it, in the middle of batches",
        "no batch lost, none recorded twice, no host blamed",
        fleet_kills,
        whole=1_500,
        sample=0,
        seconds=350,
    ),
    Attack(
        "fuzz",
        "peers",
        "random damage, entities, depth and packed bombs in pages, answers of all protocols and stores, letters, logs",
        "no exception, under 1 s of CPU a MB, time not faster than the bytes, under 200 MiB",
        fuzz,
        whole=300,
        sample=12,
        seconds=150,
    ),
    Attack(
        "strangers",
        "peers",
        "every service asked of servers that are silent, slow, endless, changing, or speak another protocol",
        "unknown, or clear in the words of a refusal; never exposed; in limited time, bytes and memory",
        strangers,
        whole=100,
        sample=2,
        seconds=60,
    ),
    Attack(
        "odd-tls",
        "peers",
        "all alerts at three moments, floods of records, renegotiation, giant and damaged certificates",
        "unknown, or clear where a certificate of ours is demanded; an open folder is seen; limited time and memory",
        odd_tls,
        whole=300,
        sample=0,
        seconds=60,
    ),
    Attack(
        "surroundings",
        "scope",
        "proxies, netrc, endpoints and keys of Amazon in the environment and the home of the program",
        "none is used: no connection, no login, nothing of them on file",
        surroundings,
        whole=9,
        sample=1,
    ),
    Attack(
        "leaks",
        "secrets",
        "addresses of channels with passwords, through channels that take, echo, break off and do not exist",
        "in no log, message, ledger, command line, core file or environment of a child; files are their owner's alone",
        leaks,
        whole=2,  # a refused message is tried again after minutes: more of them would take half an hour
        sample=0,
        seconds=100,
    ),
    Attack(
        "idle-clients",
        "pages",
        "thousands of idle connections to the page of messages, requests that are no HTTP, strange hosts, guesses",
        "looks and alerts go on, the page answers, few descriptors are held, nothing of it is logged",
        pages,
        whole=10_000,
        sample=100,
        alone=True,
    ),
    Attack(
        "load",
        "load",
        "10,000 findings and assets, 50,000 places, 1,000 channels, ten million folded looks; 20 commands",
        "each is done within 20 s of CPU, in words",
        load,
        whole=10_000,
        sample=0,
        seconds=250,
    ),
    Attack(
        "storm",
        "load",
        "10,000 findings that open at once, and a `watch` that tells them",
        "all are told, in 100 messages at most and 120 s of CPU; no stall over 100 ms by its own work",
        storm,
        whole=10_000,
        sample=50,
        seconds=90,
    ),
    Attack(
        "fleet-scale",
        "load",
        "hosts that are each looked at once an hour by a fleet: all at once at first, "
        "an hour later again, then as their turns come",
        "none lost; recording and bytes within twice the arithmetic; of 10,000 hosts: engine under 0.5 ms",
        fleet_scale,
        whole=4_000,
        sample=0,
        seconds=330,
    ),
    Attack(
        "flat",
        "load",
        "a `watch` that looks once a second at ten recorders which open and close",
        "memory, descriptors and threads stay flat, no child is left, no stall over 100 ms by its own work",
        flat,
        whole=60,
        sample=0,
        seconds=120,
    ),
    Attack(
        "old-ledgers",
        "upgrades",
        "a ledger of 0.1.0 after each step of its upgrade, shown by four commands; a ledger of a newer version",
        "the same findings and the same past each time; the newer one is refused in words and left as it is",
        upgrades,
        whole=30,
        sample=2,
        seconds=50,
    ),
    *SUITES,
)
