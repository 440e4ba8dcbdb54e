"""Services of a host as the inventory declares them: presets, and single services with their port and names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from monitor.inventory.model.base import Once, Section
from monitor.inventory.values.scalars import Key, Kind, Port, Switch, shown, text_of
from probes.recognise.media.recorder_paths import default_shares
from probes.services.catalogue import SERVICES, Preset, of_preset
from probes.services.catalogue import Service as Known

SWEEP_EVERY = timedelta(hours=6)
"""Time between two knocks at the ports of presets."""

_WORDS = (*(preset.value for preset in Preset), *SERVICES)


def _word_of(value: object) -> str:
    word = text_of(value)
    if word not in _WORDS:
        raise ValueError(f"{shown(word)} is none of {', '.join(_WORDS)}")
    return word


class Service(Section):
    """One service of a host, or a preset of services. A word alone stands for `speaks` with it."""

    speaks: Annotated[str, Kind(_word_of, "service or preset", enum=list(_WORDS))] = Field(
        description="What it speaks, or a preset, which is asked at the usual ports of its services."
    )
    port: Port | None = Field(default=None, description="Its port, where it is not the usual one.")
    tls: Switch = Field(default=False, description="Whether it is spoken to in TLS from its first byte.")
    names: Annotated[tuple[Key, ...], Once] = Field(
        default=(), description="Shares, modules or paths that are tried even when nothing lists them."
    )

    @model_validator(mode="after")
    def _of_one_service(self) -> Self:
        if self.preset is not None and (self.port is not None or self.names or self.tls):
            raise ValueError(f"'{self.speaks}' is a preset: port, tls and names belong to a single service")
        if self.preset is None and self.names and not self.known.names:
            raise ValueError(f"'{self.speaks}' has nothing that could be named")
        return self

    @property
    def preset(self) -> Preset | None:
        """The preset that it is; None of a single service."""
        return Preset(self.speaks) if self.speaks in tuple(Preset) else None

    @property
    def known(self) -> Known:
        """The service in the catalogue, as it is declared to be spoken to; it is no preset."""
        known = SERVICES[self.speaks]
        return replace(known, tls=True) if self.tls else known


def _written(value: Any) -> Any:
    """A list of services whose words are spelled out as mappings."""
    if not isinstance(value, list | tuple):
        return value
    return [{"speaks": one} if isinstance(one, str) else one for one in value]


Services = Annotated[tuple[Service, ...], BeforeValidator(_written), Once]


def declared(services: tuple[Service, ...]) -> dict[int, tuple[Known, tuple[str, ...]]]:
    """The single services by port, each with its names. Of two at one port the first counts."""
    found: dict[int, tuple[Known, tuple[str, ...]]] = {}
    for service in services:
        if service.preset is None:
            found.setdefault(service.port or service.known.port, (service.known, service.names))
    return found


def by_preset(services: tuple[Service, ...]) -> dict[int, Known]:
    """The services that presets ask, by port, without those that are declared by themselves."""
    single = declared(services)
    wanted = [preset for preset in (service.preset for service in services) if preset is not None]
    return {one.port: one for preset in wanted for one in of_preset(preset) if one.port not in single}


def default_names(services: tuple[Service, ...]) -> dict[str, tuple[str, ...]]:
    """By protocol what is tried at the ports of presets though nothing lists it: the shares of recorders, where a host
    is said to be one."""
    if not any(service.preset is Preset.RECORDER for service in services):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for share in default_shares():
        found[share.speaks] = (*found.get(share.speaks, ()), share.name)
    return found


def ports(services: tuple[Service, ...]) -> tuple[int, ...]:
    """Every port that they may be asked at, in order."""
    return tuple(sorted({*declared(services), *by_preset(services)}))
