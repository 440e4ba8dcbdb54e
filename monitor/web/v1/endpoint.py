"""One endpoint of the API: reads its parameters, answers JSON with a version of it, and knows how it is described."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_origin

from aiohttp import web

from monitor.web.call import Call
from monitor.web.errors import Problem
from monitor.web.identity.permits import Permit
from monitor.web.identity.token_scopes import TokenScope
from monitor.web.routes import Route
from monitor.web.v1 import models

Q = TypeVar("Q", bound=models._Closed)
B = TypeVar("B", bound=models._Closed)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route of the API with what it takes and answers."""

    route: Route
    query: type[models._Closed]
    body: type[models._Closed] | None
    answer: type[models._Closed]
    says: str


def get(
    path: str,
    name: str,
    scope: TokenScope,
    query: type[Q],
    answer: type[models._Closed],
    read: Callable[[Call, Q], Awaitable[Mapping[str, Any]]],
    permit: Permit = Permit.READ,
) -> Endpoint:
    """An endpoint that reads."""

    async def handle(call: Call) -> web.Response:
        return _json(call, await read(call, _query(call, query)))

    route = Route("GET", f"/api/v1{path}", f"api-{name}", handle, permit, scope.value)
    return Endpoint(route, query, None, answer, (read.__doc__ or "").partition("\n")[0])


def post(
    path: str,
    name: str,
    body: type[B],
    answer: type[models._Closed],
    do: Callable[[Call, B], Awaitable[Mapping[str, Any]]],
) -> Endpoint:
    """An endpoint that acts; what exactly may be done is looked at by what is asked for."""

    async def handle(call: Call) -> web.Response:
        _query(call, models.NoQuery)
        if call.request.content_type != "application/json":
            raise Problem(415, "problem.kind")
        try:
            said = body.model_validate_json(await call.request.read())
        except ValueError as error:
            raise _invalid(error) from None
        return _json(call, await do(call, said))

    route = Route("POST", f"/api/v1{path}", f"api-{name}", handle, Permit.READ, TokenScope.ACTIONS.value)
    return Endpoint(route, models.NoQuery, body, answer, (do.__doc__ or "").partition("\n")[0])


def _query(call: Call, model: type[Q]) -> Q:
    query = call.request.query
    lists = {key for key, field in model.model_fields.items() if get_origin(field.annotation) is list}
    given: dict[str, Any] = {}
    for key in query:
        values = query.getall(key)
        if key not in lists and len(values) > 1:
            raise Problem(
                422, "problem.parameter", more={"errors": [{"parameter": key[:100], "detail": "given twice"}]}
            )
        given[key] = values if key in lists else values[0]
    try:
        return model.model_validate(given)
    except ValueError as error:
        raise _invalid(error) from None


def _invalid(error: ValueError) -> Problem:
    # What was sent is not said again: it may hold anything.
    told = error.errors(include_url=False, include_input=False) if hasattr(error, "errors") else []
    errors = [{"parameter": ".".join(map(str, one["loc"]))[:100], "detail": one["msg"]} for one in told]
    return Problem(422, "problem.parameter", more={"errors": errors})


def _json(call: Call, value: Mapping[str, Any]) -> web.Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(f"{call.seen.scope.key}|{text}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
    # Of what can be acted on, the version that an action rests on is the first part.
    version = f"{value['etag']}-{digest}" if "etag" in value else digest
    headers = {"ETag": f'"{version}"', "Cache-Control": "private, no-cache"}
    if f'"{version}"' in call.request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return web.Response(text=body, content_type="application/json", headers=headers)
