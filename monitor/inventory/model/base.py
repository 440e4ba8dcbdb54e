"""Parts of the inventory that say how much looking may cost, and how it is known that we can see."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from monitor.inventory.values.scalars import AddressText, Bytes, Folder, Name, Port, Seconds, SurveyPace, Switch, whole


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values in their order, each once."""
    return tuple(dict.fromkeys(values))


Once = AfterValidator(_once)


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("is an empty list: name at least one")
    return values


Some = AfterValidator(_some)
"""At least one. Not `min_length`: that counts only the values that are good, and so reports one mistake twice."""


class Section(BaseModel):
    """A part of the inventory: frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Budget(Section):
    """The most that one look of one probe at one endpoint may cost."""

    requests: Annotated[int, whole(1, 10000)] = Field(default=80, description="Number of requests.")
    bytes: Bytes = Field(default=8 * 2**20, description="Bytes received, such as `8MiB`.")
    seconds: Seconds = Field(default=120.0, description="Seconds from the first request to the last answer.")


class Timeouts(Section):
    """How long one request is waited for."""

    connect: Seconds = Field(default=5.0, description="Seconds until the connection must be open.")
    read: Seconds = Field(default=10.0, description="Seconds that may pass without a byte.")
    ask: Seconds = Field(default=30.0, description="Seconds for a request with its whole answer.")


class Survey(Section):
    """What measuring a proven exposure may cost: it reads folder pages, never the files in them."""

    automatic: Switch = Field(
        default=True, description="Whether a survey starts by itself as soon as an exposure is proven."
    )
    pace: SurveyPace = Field(default=20.0, description="Requests per second to the host during a survey.")
    concurrency: Annotated[int, whole(1, 64)] = Field(
        default=8, description="The most requests that run at the same time. A survey begins with 2."
    )
    requests: Annotated[int, whole(1, 10_000_000)] = Field(
        default=20_000, description="Number of requests of one survey."
    )
    bytes: Bytes = Field(default=4 * 2**30, description="Bytes of pages that one survey receives, such as `4GiB`.")
    seconds: Seconds = Field(default=1800.0, description="Seconds that one survey may take.")


class Control(Section):
    """A place of our own whose state is known: each round must judge it rightly, or the round is blind."""

    address: AddressText = Field(description="Address of the place.")
    port: Port = Field(description="Port of the place.")
    host: Name | None = Field(
        default=None, description="The host name that is sent to it. Leave it out to ask by IP address."
    )
    path: Folder = Field(default="/", description="The folder to look at.")
    tls: Switch = Field(default=False, description="Whether to use TLS.")


class Controls(Section):
    """The two places of our own that each round must judge rightly."""

    open: Control = Field(description="A place of your own with an open listing of harmless files.")
    closed: Control = Field(description="A place of your own that refuses strangers.")
