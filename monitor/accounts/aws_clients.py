"""boto3's clients for one account: its own keys and nothing of the environment's, over the guarded way out alone."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from monitor.accounts.aws_api import Call
from monitor.accounts.bucket_settings import Absent, Read, Setting, Unreadable
from monitor.accounts.signed_http import Guarded, NoReply, Reply
from monitor.network.stores.credentials import Keys
from probes.reasons import NoAnswerReason

REGION = r"[a-z]{2,5}(-[a-z]+)+-\d"
HOST = re.compile(
    rf"(\d{{12}}\.)?(s3|s3-control|sts|organizations|cloudfront|s3\.dualstack)(\.({REGION}))?"
    r"\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)",
    re.ASCII,
)
"""Amazon's own hosts of the services that are asked; other hosts below its domains are its customers'."""

_ABSENT = frozenset(
    {
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "OwnershipControlsNotFoundError",
        "NoSuchWebsiteConfiguration",
        "NoSuchAccessPointPolicy",
        "NoSuchMultiRegionAccessPointPolicy",
    }
)
NOT_OFFERED = frozenset({"NotImplemented", "MethodNotAllowed", "UnsupportedOperation", "InvalidRequest.NotImplemented"})
"""What a store says of a question that it lacks."""
_PUBLIC = re.compile(rb"(?<=<IsPublic>)\s*(?:true|1)\s*(?=</IsPublic>)", re.IGNORECASE)
"""boto3 takes every other spelling than `true` for false: a public policy would be private."""
_CODE = re.compile(r"[A-Za-z0-9.]{1,60}", re.ASCII)


@dataclass(slots=True)
class Clients:
    """The clients of one set of keys, made as they are needed; for several threads."""

    session: Any
    keys: Keys = field(repr=False)
    endpoint: str | None
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str) -> Any:
        """boto3's client of a service in a region."""
        with self._lock:  # a session may not make two clients at a time
            if (service, region) not in self._made:
                self._made[service, region] = self.session.client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=self.keys.id,
                    aws_secret_access_key=self.keys.secret,
                    aws_session_token=self.keys.token or None,
                    config=_config(),
                )
            return self._made[service, region]

    def ask(self, call: Call, region: str, **arguments: object) -> Setting[Mapping[str, Any]]:
        """One call: its answer, that there is no such setting, or why it could not be read."""
        return settled(lambda: getattr(self.client(call.service, region), call.method)(**arguments))

    def pages(
        self, call: Call, region: str, most: int, **arguments: object
    ) -> tuple[list[Mapping[str, Any]], Unreadable | None]:
        """All that a call lists, `most` at the most; and why that is not all, if it is not."""
        key, token, again = _LISTS[call.operation]
        found: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        while True:
            page = self.ask(call, region, **arguments)
            if not isinstance(page, Read):
                return found, page if isinstance(page, Unreadable) else None
            items = _at(page.value, key)
            if not isinstance(items, list):
                return found, Unreadable("an answer without the list that was asked for")
            found += [item for item in items if isinstance(item, Mapping)]
            following = _at(page.value, again)
            if not following:
                return found[:most], None if len(found) <= most else _TOO_MANY
            if len(found) >= most:
                return found[:most], _TOO_MANY
            if following in seen or not items:
                return found, Unreadable("the list goes on without an end")
            seen.add(following)
            arguments = {**arguments, token: following}


_LISTS = {
    "ListBuckets": ("Buckets", "ContinuationToken", "ContinuationToken"),
    "ListAccessPoints": ("AccessPointList", "NextToken", "NextToken"),
    "ListMultiRegionAccessPoints": ("AccessPoints", "NextToken", "NextToken"),
    "ListDistributions": ("DistributionList.Items", "Marker", "DistributionList.NextMarker"),
    "ListAccounts": ("Accounts", "NextToken", "NextToken"),
}
"""For each call that lists: where its list is, and by which argument and answer it goes on."""
_TOO_MANY = Unreadable("more are listed than are read at a time")


def _at(page: Mapping[str, Any], path: str) -> Any:
    value: Any = page
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if path == "DistributionList.Items" and value is None and isinstance(page.get("DistributionList"), Mapping):
        return []  # none are left out altogether
    return value


def settled(work: Callable[[], Mapping[str, Any]]) -> Setting[Mapping[str, Any]]:
    """What came of a call of boto3's; its exceptions end here. Messages of the peer are not kept, its codes are."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return Read(work())
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            return Absent()
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
        return Unreadable(code if _CODE.fullmatch(code) and not code.isdigit() else f"refused with status {status}")
    except NoReply as error:
        return Unreadable(str(error))
    except ResponseParserError:
        return Unreadable("an answer that cannot be read")
    except BotoCoreError as error:
        return Unreadable(type(error).__name__)
    except Exception as error:  # noqa: BLE001  boto3 stumbles over a hostile answer in ways of its own
        return Unreadable(f"an answer that cannot be read ({type(error).__name__})")


def session(way: Guarded) -> Any:
    """A session of boto3 that sends by `way`, and reads neither the environment nor a file of the user's."""
    # Set for the whole process: nothing of ours may ever take the machine's own role.
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    import boto3
    import botocore.session
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
    from botocore.credentials import CredentialResolver
    from botocore.exceptions import ConnectionClosedError

    nowhere = {
        name: (None, None, os.devnull if name in ("config_file", "credentials_file") else default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    own = botocore.session.Session(session_vars=nowhere)
    own.register_component("credential_provider", CredentialResolver(providers=[]))
    own.register_component("data_loader", _loader())

    def send(request: Any, **_: object) -> Any:
        body = request.body
        if isinstance(body, str):
            body = body.encode()
        try:
            reply = way.send(request.method, request.url, _headers(request.headers), body or None)
        except NoReply as error:
            if error.why is NoAnswerReason.RESET:
                raise ConnectionClosedError(endpoint_url=request.url) from None  # which is tried again
            raise
        return _answered(request.url, reply)

    own.register("before-send", send)
    # A tenant's bucket is called `tenant:name`, which is a name to some stores and none to boto3.
    own.unregister("before-parameter-build.s3", _validator())
    return boto3.session.Session(botocore_session=own)


@cache
def _loader() -> Any:
    """What reads the descriptions of services: once for all sessions, since each costs a tenth of a second."""
    from botocore.loaders import create_loader

    return create_loader()


def _validator() -> Any:
    from botocore.handlers import validate_bucket_name

    return validate_bucket_name


def _config() -> Any:
    from botocore.config import Config

    return Config(
        # Waiting is the guarded way's; so is the reading of proxies, which is none.
        retries={"total_max_attempts": 3, "mode": "standard"},
        proxies={},
        ignore_configured_endpoint_urls=True,
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _headers(headers: Mapping[str, Any]) -> dict[str, str]:
    return {key: value.decode("latin-1") if isinstance(value, bytes) else str(value) for key, value in headers.items()}


def _answered(url: str, reply: Reply) -> Any:
    from botocore.awsrequest import AWSResponse

    body = _PUBLIC.sub(b"true", reply.body)

    class Body:
        def stream(self, *_: object, **__: object) -> list[bytes]:
            return [body]

        def read(self, *_: object) -> bytes:
            return body

    return AWSResponse(url, reply.status, reply.headers, Body())
