"""The OpenAPI 3.1 description of the API, made from the table of endpoints and its models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from aiohttp import web

from monitor.web.act.once import KEY
from monitor.web.call import Services
from monitor.web.v1 import models
from monitor.web.v1.endpoint import Endpoint
from monitor.web.v1.table import ENDPOINTS

_REFERENCE = "#/components/schemas/{model}"
_GAPS = {"finding": "Id of a finding, such as LO-17GTMKV9PK.", "asset": "Id of an asset.", "message": "Its number."}
_REFUSED = {
    400: "The request is too long to be read, or has no Idempotency-Key.",
    401: "Not signed in.",
    403: "The grant or the token does not allow it, or a fresh sign-in is asked for.",
    404: "Not there, or not yours to see.",
    409: "It is refused, or the key was used for something else.",
    412: "It has changed since it was seen.",
    413: "The body is longer than 64 KiB.",
    415: "The body is no JSON.",
    422: "A parameter is unknown, given twice or has a bad value.",
    428: "If-Match is missing.",
    429: "Too many requests; come again after Retry-After.",
    503: "Busy, or this server only reads.",
}


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for one in ENDPOINTS:
        paths.setdefault(one.route.path, {})[one.route.method.lower()] = _operation(one, schemas)
    _schema(models.ProblemDetails, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leftopen",
            "version": "1",
            "description": "What a grant shows of what leftopen sees, and what it may do about it. Times are UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def text() -> str:
    """The description as the file that is checked in."""
    return json.dumps(description(), ensure_ascii=False, indent=1) + "\n"


async def serve(_: web.Request, __: Services) -> web.Response:
    """`GET /api/v1/openapi.json`."""
    return web.Response(text=text(), content_type="application/json", headers={"Cache-Control": "max-age=300"})


def _operation(one: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    acts = one.body is not None
    parameters = [
        _parameter(name, "path", {"type": "string", "maxLength": 100}, _GAPS[name]) for name in one.route.gaps
    ]
    parameters += _query(one, schemas)
    if acts:
        key = {"type": "string", "pattern": KEY}
        parameters.append(_parameter("Idempotency-Key", "header", key, "A name of your own for this action."))
    if acts and "finding" in one.route.gaps:
        version = {"type": "string", "minLength": 1}
        parameters.append(_parameter("If-Match", "header", version, "The ETag of the finding as you saw it."))
    refused = [400, 401, 403, 404, 422, 429, 503] + ([409, 413, 415] if acts else [])
    refused += [412, 428] if acts and "finding" in one.route.gaps else []
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    # What is longer than a line of HTTP may be is answered before anything of ours is asked.
    too_long = {"content": problem | {"text/plain": {"schema": {"type": "string"}}}}
    answers = {str(one): {"description": _REFUSED[one], "content": problem} for one in sorted(refused)}
    operation: dict[str, Any] = {
        "operationId": one.route.name.removeprefix("api-"),
        "summary": one.says,
        "description": f"A token needs the scope `{one.route.token}`.",
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": _schema(one.answer, schemas)}}},
            **({} if acts else {"304": {"description": "It is as you have it (If-None-Match)."}}),
            **answers,
            "400": answers["400"] | too_long,
        },
    }
    if one.body is not None:
        content = {"application/json": {"schema": _schema(one.body, schemas)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _query(one: Endpoint, schemas: dict[str, Any]) -> Iterable[dict[str, Any]]:
    made = one.query.model_json_schema(ref_template=_REFERENCE)
    for name, schema in made.get("properties", {}).items():
        required = name in made.get("required", ())
        plain = {key: value for key, value in schema.items() if key not in ("title", "description")}
        yield _parameter(name, "query", plain, schema.get("description", ""), required=required)


def _parameter(
    name: str, where: str, schema: dict[str, Any], says: str, *, required: bool | None = None
) -> dict[str, Any]:
    value: dict[str, Any] = {"name": name, "in": where, "required": where != "query" if required is None else required}
    return value | {"schema": schema} | ({"description": says} if says else {})


def _schema(model: type[models._Closed] | type[models.ProblemDetails], schemas: dict[str, Any]) -> dict[str, str]:
    made = model.model_json_schema(ref_template=_REFERENCE)
    for name, part in made.pop("$defs", {}).items():
        schemas[name] = part
    schemas[model.__name__] = made
    return {"$ref": _REFERENCE.format(model=model.__name__)}
