"""No parser of what peers send is left out of the fuzz: whatever takes bytes there runs on the fuzz's own examples."""

from __future__ import annotations

import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from types import CodeType, FrameType, FunctionType, ModuleType

import monitor.network.http
import monitor.network.sources
import probes.recognise
from tests.attack.parsers import PARSERS

NOT_OF_PEERS = {
    "monitor.network.http.client.HttpConversation.send_form": "takes what is sent",
    "probes.recognise.buckets.key_page.KeyPage.within": "compares names that were read already",
    "probes.recognise.listing.streaming.row_dialects.links": "a step of reading a page, by the dialect of its rows",
    "probes.recognise.listing.streaming.row_dialects.shown_time": "as above",
}
"""Functions that take bytes and read no answer by themselves, and why."""


def modules() -> Iterator[ModuleType]:
    """Where answers are read: all of the recognisers, the reader of HTTP, and what owners export."""
    for package in (probes.recognise, monitor.network.http, monitor.network.sources):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(found.name)
    for name in ("monitor.network.certificate", "probes.requests.stream", "probes.web._folder_page"):
        yield import_module(name)


def readers(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """The public functions and methods of a module that take bytes."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
            continue
        members = vars(value).items() if inspect.isclass(value) else [("", value)]
        for method, function in members:
            if isinstance(function, FunctionType) and not method.startswith("_") and _takes_bytes(function):
                yield f"{module.__name__}.{name}{'.' if method else ''}{method}", function


def _takes_bytes(function: FunctionType) -> bool:
    words = ("bytes", "bytearray", "memoryview")
    return any(str(given.annotation) in words for given in inspect.signature(function).parameters.values())


def test_every_reader_of_bytes_is_fuzzed() -> None:
    names: dict[CodeType, str] = {}
    for module in modules():
        names |= {function.__code__: name for name, function in readers(module)}
    ran: set[str] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in names:
            ran.add(names[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for parser in PARSERS:
            for example in parser.examples:
                parser.read(example)
    finally:
        sys.setprofile(before)
    assert len(ran) > 80
    assert set(names.values()) - ran - NOT_OF_PEERS.keys() == set(), "give tests/attack/parsers.py an example for it"
    assert NOT_OF_PEERS.keys() <= set(names.values())
