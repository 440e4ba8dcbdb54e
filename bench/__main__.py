"""`python -m bench [WORKLOAD ...]`: measure, and print one table. `--small` is a quick look at whether it all works."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.figures import Figure, table

if TYPE_CHECKING:
    from bench.rounds import Setting


def _patient(setting: Setting) -> Setting:
    from bench.rounds import patient

    return patient(setting, os.getloadavg()[0], os.cpu_count() or 1)


def _rounds(small: bool, runs: int) -> list[Figure]:
    from bench.rounds import SMALL, Setting, measure

    return measure(SMALL if small else _patient(Setting()), runs)


def _tls(small: bool, runs: int) -> list[Figure]:
    from bench.rounds import SMALL, Setting, measure

    tiny = replace(SMALL, connect=5, read=5, ask=10, tls=True)
    return measure(tiny if small else _patient(Setting(500, tls=True)), runs)


def _tls_full(small: bool, runs: int) -> list[Figure]:
    from bench.rounds import Setting, measure

    many = Setting(5000, tls=True, mostly_closed=True, holes=50)
    return _tls(small, runs) + ([] if small else measure(_patient(many), 1))


def _looks(small: bool, runs: int) -> list[Figure]:
    from bench.looks import MOSTLY_CLOSED, PLACES, measure
    from bench.rounds import SMALL

    closed = replace(SMALL, mostly_closed=True, holes=0) if small else MOSTLY_CLOSED
    return [*measure(SMALL if small else PLACES, runs), *measure(closed, runs)]


def _recognise(small: bool, runs: int) -> list[Figure]:
    from bench.recognise import measure

    return measure(200 if small else 10_000, runs)


def _ledger(small: bool, runs: int) -> list[Figure]:
    from bench.ledger import measure

    return measure(20 if small else 1000, 2 if small else 24, runs)


def _survey(small: bool, runs: int) -> list[Figure]:
    from bench.survey import SMALL, Setting, measure

    return measure(Setting(disks=(SMALL,), runs=1) if small else Setting(runs=runs))


def _survey_full(small: bool, runs: int) -> list[Figure]:
    from bench.survey import Setting, full, measure

    return measure(full(Setting(runs=runs)))


def _buckets(small: bool, runs: int) -> list[Figure]:
    from bench.buckets import SMALL, Setting, measure

    return measure(SMALL if small else Setting(runs=runs))


def _buckets_full(small: bool, runs: int) -> list[Figure]:
    from bench.buckets import FULL, Setting, measure

    setting = Setting(runs=runs)
    return measure(setting) + measure(Setting(FULL, 1), peers=())


def _differential(small: bool, runs: int) -> list[Figure]:
    from bench.differential import measure

    return measure(20 if small else 1000)


def _proof(small: bool, runs: int) -> list[Figure]:
    from bench.proof import measure

    return measure(20, 1, 2, 1) if small else measure(1000, 31, 24, runs)


def _exposure(small: bool, runs: int) -> list[Figure]:
    from bench.exposure import measure

    return measure(300 if small else 7_500, 3 if small else 12)


def _fleet(small: bool, runs: int) -> list[Figure]:
    from bench.fleet import measure

    return measure(200 if small else 10_000, 1 if small else runs)


def _locks(small: bool, runs: int) -> list[Figure]:
    from bench.fleet import MANY
    from bench.locks import measure

    return measure(500 if small else MANY)


def _latency(small: bool, runs: int) -> list[Figure]:
    from bench.latency import SMALL, USUAL, measure

    return measure(SMALL if small else USUAL)


def _latency_full(small: bool, runs: int) -> list[Figure]:
    from bench.latency import FULL, measure

    return measure(FULL)


# Each is imported when its turn comes, and `rounds` is the first: the kernel counts the memory of a program that is
# started from here as no less than ours.
WORKLOADS: dict[str, Callable[[bool, int], list[Figure]]] = {
    "rounds": _rounds,
    "tls": _tls,
    "looks": _looks,
    "recognise": _recognise,
    "ledger": _ledger,
    "proof": _proof,
    "exposure": _exposure,
    "fleet": _fleet,
    "differential": _differential,
    "latency": _latency,
    "locks": _locks,
    "survey": _survey,
    "buckets": _buckets,
}


def main(arguments: list[str]) -> int:
    """Run the workloads named, or all; the exit code is 1 when one of them found something wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workload", nargs="*", choices=[*WORKLOADS, []], help="default: all of them")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the medians are shown (default 3)")
    parser.add_argument(
        "--full",
        action="store_true",
        help="also 5,000 places in TLS, 2.7 million files, buckets of 10 million keys, and alerts among 10,000 places",
    )
    parser.add_argument("--small", action="store_true", help="tiny sizes: the figures mean nothing")
    asked = parser.parse_args(arguments)
    if asked.full:
        WORKLOADS["tls"] = _tls_full
        WORKLOADS["survey"] = _survey_full
        WORKLOADS["buckets"] = _buckets_full
        WORKLOADS["latency"] = _latency_full
    figures: list[Figure] = []
    for name in WORKLOADS:
        if asked.workload and name not in asked.workload:
            continue
        print(f"measuring {name} ...", file=sys.stderr)
        try:
            before = os.getloadavg()[0]
            measured = WORKLOADS[name](asked.small, max(1, asked.runs))
            load = f"{before:.0f}-{os.getloadavg()[0]:.0f}"
            figures += [replace(one, load=load) for one in measured]
        except (AssertionError, RuntimeError) as error:
            print(f"{name}: wrong: {error}", file=sys.stderr)
            return 1
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
