"""Google's, Oracle's, Microsoft's and OpenStack's stores, each in its own words and in every state of a bucket.

Sources: Cloud Storage XML and JSON API references; OCI Object Storage API ("API errors"); Azure Blob service REST API
("Status and error codes", "List Blobs"); OpenStack Object Store API. A state that no store has is not here.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from tests.servers.canned_store import Asked, Bucket, Says, ranged, size

WHEN = "2026-03-01T10:00:00.000Z"
TYPE = {"xml": {"Content-Type": "application/xml; charset=UTF-8"}, "json": {"Content-Type": "application/json"}}


def _json(status: int, value: Any, headers: Mapping[str, str]) -> Says:
    return Says(status, json.dumps(value), {**TYPE["json"], **headers})


@dataclass
class Google:
    """Google Cloud Storage by both interfaces. `allows` are the permissions of a stranger beside list and get."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    allows: tuple[str, ...] = ()
    policy: tuple[tuple[str, str], ...] = ()
    """Who holds which role, where the policy is readable."""
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Server": "UploadServer", "X-GUploader-UploadID": "AHmUCY0qX2"}
    )

    def says(self, asked: Asked) -> Says | None:
        """What Google says at one of its hosts."""
        host, path = asked.host, asked.path
        name = host.removesuffix(".storage.googleapis.com") if host.endswith(".storage.googleapis.com") else ""
        if not name and host != "storage.googleapis.com":
            return None
        if "authorization" in asked.headers:
            # Any of them, even an empty one: a public bucket answers this too.
            return self.refused(401, "authError", "Invalid Credentials") if path.startswith("/storage/") else self.word(
                401, "AuthenticationRequired", "Authentication required."
            )  # fmt: skip
        if not name and path.startswith("/storage/v1/b/"):
            name, _, rest = path.removeprefix("/storage/v1/b/").partition("/")
            return self.by_json(asked, unquote(name), rest)
        if not name:
            name, _, path = path[1:].partition("/")
        return self.by_xml(asked, unquote(name), unquote(path.removeprefix("/")))

    def by_xml(self, asked: Asked, name: str, key: str) -> Says:
        """The XML API."""
        bucket = self.buckets.get(name)
        if bucket is None:
            return self.word(404, "NoSuchBucket", "The specified bucket does not exist.")
        if bucket.state == "requester pays":
            text = "Bucket is a requester pays bucket but no user project provided."
            return self.word(400, "UserProjectMissing", text)
        kind = "object" if key else "bucket"
        right = "get" if key else "list"
        denied = self.word(
            403,
            "AccessDenied",
            "Access denied.",
            f"Anonymous caller does not have storage.objects.{right} access to the Google Cloud Storage {kind}. "
            f"Permission 'storage.objects.{right}' denied on resource (or it may not exist).",
        )
        if key:
            if key in bucket.keys and bucket.reads:
                return ranged(asked, {**self.headers, "x-goog-generation": "1772359200000000"})
            missing = self.word(404, "NoSuchKey", "The specified key does not exist.", f"No such object: {name}/{key}")
            return missing if bucket.lists and key not in bucket.keys else denied
        if asked.method == "HEAD":
            # storage.buckets.get is no part of allUsers:objectViewer.
            return Says(403, headers=self.headers)
        if not bucket.shows(asked.query.get("prefix", "")):
            return denied
        rows, more = bucket.rows(asked.query.get("prefix", ""), asked.query.get("start-after", ""), 1000)
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Generation>1</Generation><LastModified>{WHEN}</LastModified>"
            f"<Size>{size(key)}</Size></Contents>"
            for key in rows
        )
        body = (
            f"<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
            f"<Name>{name}</Name><Prefix></Prefix><KeyCount>{len(rows)}</KeyCount>"
            f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{found}</ListBucketResult>"
        )
        return Says(200, body, {**TYPE["xml"], **self.headers})

    def by_json(self, asked: Asked, name: str, rest: str) -> Says:
        """The JSON API."""
        bucket = self.buckets.get(name)
        if bucket is None:
            return self.refused(404, "notFound", "The specified bucket does not exist.")
        query = asked.query
        if bucket.state == "requester pays":
            text = "Bucket is a requester pays bucket but no user project provided."
            return self.refused(400, "required", text)
        if rest == "iam/testPermissions":
            held = self.allows + ("storage.objects.list",) * bucket.lists + ("storage.objects.get",) * bucket.reads
            said = {"permissions": list(held)} if held else {}
            return _json(200, {"kind": "storage#testIamPermissionsResponse", **said}, self.headers)
        if rest == "iam":
            if not self.policy:
                return self.anonymous("storage.buckets.getIamPolicy", "bucket")
            bindings = [{"role": role, "members": [who]} for who, role in self.policy]
            return _json(200, {"kind": "storage#policy", "bindings": bindings}, self.headers)
        if not bucket.shows(query.get("prefix", "")):
            return self.anonymous("storage.objects.list", "bucket")
        after, most = query.get("startOffset", ""), int(query.get("maxResults", "1000"))
        if query.get("pageToken"):
            after = base64.urlsafe_b64decode(query["pageToken"]).decode()
        rows, more = bucket.rows(query.get("prefix", ""), after, most, inclusive=True, end=query.get("endOffset", ""))
        items = [{"name": key, "size": str(size(key)), "updated": WHEN, "kind": "storage#object"} for key in rows]
        if query.get("versions") == "true" and bucket.state != "soft delete":
            items += [{"name": key, "size": "9", "updated": WHEN, "timeDeleted": WHEN} for key in bucket.old]
        if query.get("softDeleted") == "true":
            kept = bucket.old if bucket.state == "soft delete" else ()
            items = [{"name": key, "size": "9", "updated": WHEN, "softDeleteTime": WHEN} for key in kept]
        value: dict[str, Any] = {"kind": "storage#objects"}
        if more:
            value["nextPageToken"] = base64.urlsafe_b64encode(more.encode()).decode()
        if items:
            value["items"] = items
        return _json(200, _only(value, query.get("fields", "")), self.headers)

    def anonymous(self, permission: str, kind: str) -> Says:
        """A stranger's refusal."""
        message = (
            f"Anonymous caller does not have {permission} access to the Google Cloud Storage {kind}. Permission "
            f"'{permission}' denied on resource (or it may not exist)."
        )
        return self.refused(401, "required", message)

    def refused(self, status: int, reason: str, message: str) -> Says:
        """An error of the JSON API."""
        first = {"message": message, "domain": "global", "reason": reason}
        return _json(
            status, {"error": {"code": status, "message": message, "errors": [first]}},
            {**self.headers, **({"WWW-Authenticate": "Bearer realm=..."} if status == 401 else {})},
        )  # fmt: skip

    def word(self, status: int, code: str, message: str, details: str = "") -> Says:
        """An error of the XML API."""
        more = f"<Details>{escape(details)}</Details>" if details else ""
        body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}</Error>"
        return Says(status, f"<?xml version='1.0' encoding='UTF-8'?>{body}", {**TYPE["xml"], **self.headers})


def _only(value: dict[str, Any], fields: str) -> dict[str, Any]:
    """The part of an answer that `fields` names: nothing else is sent."""
    if not fields:
        return value
    inner = re.search(r"items\(([^)]*)\)", fields)
    wanted = set(re.sub(r"\([^)]*\)", "", fields).split(","))
    found = {name: part for name, part in value.items() if name in wanted}
    if inner and "items" in found:
        kept = set(inner[1].split(","))
        found["items"] = [{name: part for name, part in one.items() if name in kept} for one in found["items"]]
    return found


@dataclass
class Oracle:
    """Oracle's object storage in one namespace. `reads` without `lists` is `ObjectReadWithoutList`."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    namespace: str = "axaxnpcrorw5"
    headers: Mapping[str, str] = field(default_factory=lambda: {"opc-request-id": "arn-1:Lx9y", "x-api-id": "native"})

    def says(self, asked: Asked) -> Says | None:
        """What Oracle says at one of its hosts."""
        found = re.fullmatch(r"objectstorage\.([a-z0-9-]+)\.oraclecloud\.com", asked.host)
        if found is None:
            return None
        parts = re.fullmatch(r"/n/([^/]+)/b/([^/]+)(?:/(o|objectversions)(?:/(.*))?)?", asked.path)
        if parts is None:
            return self.error(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.")
        name, what, key = unquote(parts[2]), parts[3], unquote(parts[4] or "")
        bucket = self.buckets.get(name)
        hidden = self.error(
            404, "BucketNotFound",
            f"Either the bucket named '{name}' does not exist in the namespace '{parts[1]}' or you are not authorized "
            "to access it",
        )  # fmt: skip
        if bucket is None or parts[1] != self.namespace or (bucket.region or found[1]) != found[1]:
            return hidden
        if key:
            if not bucket.reads:
                return hidden
            text = f"The object '{key}' was not found in the bucket '{name}'"
            return ranged(asked, self.headers) if key in bucket.keys else self.error(404, "ObjectNotFound", text)
        if not bucket.lists or what is None:
            return hidden
        if what == "objectversions":
            rows = [{"name": key, "versionId": "1", "isDeleteMarker": False} for key in bucket.old]
            return _json(200, {"items": rows * 2, "prefixes": []}, self.headers)
        query = asked.query
        keys, more = bucket.rows(
            query.get("prefix", ""), query.get("start", ""), int(query.get("limit", "1000")), inclusive=True,
            end=query.get("end", ""),
        )  # fmt: skip
        wanted = {"name", *query.get("fields", "").split(",")}
        facts = {"timeCreated": WHEN, "timeModified": WHEN}
        items = [{"name": key, "size": size(key), **facts} for key in keys]
        shown = [{name: part for name, part in one.items() if name in wanted} for one in items]
        return _json(200, {"objects": shown, **({"nextStartWith": more} if more else {})}, self.headers)

    def error(self, status: int, code: str, message: str) -> Says:
        """An error in its words."""
        return _json(status, {"code": code, "message": message}, self.headers)


@dataclass
class Microsoft:
    """Azure's blob service: accounts, each with its containers. A container's level is `reads` and `lists`."""

    accounts: dict[str, dict[str, Bucket]] = field(default_factory=dict)
    off: str = ""
    """What keeps the whole account shut, as the code of a refusal."""
    private: str = "ResourceNotFound"
    """How a private container answers: newer versions demand a credential."""
    demands_tls: bool = False

    def says(self, asked: Asked) -> Says | None:
        """What the service says at one of its hosts."""
        host = asked.host
        if not host.endswith(".blob.core.windows.net"):
            return None
        containers = self.accounts.get(host.removesuffix(".blob.core.windows.net"), {})
        if self.demands_tls and not asked.tls:
            return self.error(400, "AccountRequiresHttps", "The account being accessed does not support http.")
        if self.off:
            return self.error(OFF[self.off], self.off, "The account is shut.")
        name, _, key = asked.path[1:].partition("/")
        container = containers.get(unquote(name))
        shut = self.error(STATUS[self.private], self.private, "The specified resource does not exist.")
        if container is None:
            return shut
        if key:
            return self.blob(asked, container, unquote(key), shut)
        if asked.query.get("comp") != "list" or not container.lists:
            return shut
        return self.page(asked, container)

    def blob(self, asked: Asked, container: Bucket, key: str, shut: Says) -> Says:
        """One blob: whoever may read is told what is missing, and nobody else is."""
        if not container.reads:
            return shut
        if key not in container.keys:
            return self.error(404, "BlobNotFound", "The specified blob does not exist.")
        return ranged(asked, {**self.headers, "x-ms-blob-type": "BlockBlob"})

    def page(self, asked: Asked, container: Bucket) -> Says:
        """A page of List Blobs: in the words of 2009 to whoever does not say for which version he asks."""
        query = asked.query
        if asked.headers.get("x-ms-version", "") < "2019-12-12" and "include" in query:
            return self.error(400, "InvalidQueryParameterValue", "Value for one of the query parameters is invalid.")
        marker = query.get("marker", "")
        after = base64.urlsafe_b64decode(marker[6:]).decode() if marker else ""
        prefix, most = query.get("prefix", ""), int(query.get("maxresults", "5000"))
        rows, folders, more = _parted(container, prefix, after, most, query.get("delimiter", ""))
        said = (
            "<Properties><Creation-Time>Sun, 01 Mar 2026 10:00:00 GMT</Creation-Time><Last-Modified>Sun, 01 Mar 2026 "
            "10:00:00 GMT</Last-Modified><Etag>0x8</Etag><Content-Length>{}</Content-Length></Properties>"
        )
        latest = "<VersionId>2026-03-01T10:00:00.0Z</VersionId><IsCurrentVersion>true</IsCurrentVersion>"
        include = query.get("include", "").split(",")
        blobs = "".join(f"<BlobPrefix><Name>{escape(folder)}</Name></BlobPrefix>" for folder in folders)
        for key in rows:
            mark = latest if container.old and "versions" in include else ""
            blobs += f"<Blob><Name>{escape(key)}</Name>{mark}{said.format(size(key))}<OrMetadata /></Blob>"
        kinds = {
            "versions": "<VersionId>2025-03-01T10:00:00.0Z</VersionId>",
            "snapshots": "<Snapshot>2025-03-01T10:00:00.0Z</Snapshot>",
            "deleted": "<Deleted>true</Deleted>",
        }
        mark = kinds.get(container.state, "") if container.state in include else ""
        blobs += "".join(
            f"<Blob><Name>{escape(key)}</Name>{mark}{said.format(9)}</Blob>" for key in container.old if mark
        )
        token = f"2!92!{'_'}{base64.urlsafe_b64encode(more.encode()).decode()}" if more else ""
        body = (
            f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://{asked.host}/" '
            f'ContainerName="calls"><MaxResults>{most}</MaxResults><Blobs>{blobs}</Blobs><NextMarker>{token}'
            "</NextMarker></EnumerationResults>"
        )
        return Says(200, body, {"Content-Type": "application/xml", **self.headers})

    @property
    def headers(self) -> Mapping[str, str]:
        """What stands in every answer."""
        return {"Server": "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0", "x-ms-request-id": "7d5c0c1b"}

    def error(self, status: int, code: str, message: str) -> Says:
        """An error in its words."""
        body = (
            f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}\nRequestId:7d5c'
        )
        more = (
            {"WWW-Authenticate": "Bearer authorization_uri=https://login.microsoftonline.com/x"}
            if status == 401
            else {}
        )
        headers = {"Content-Type": "application/xml", "x-ms-error-code": code, **self.headers, **more}
        return Says(status, f"{body}</Message></Error>", headers)


def _parted(container: Bucket, prefix: str, after: str, most: int, delimiter: str) -> tuple[list[str], list[str], str]:
    """The blobs of a page, the folders that stand for all that is in them, and the first key of the next page."""
    most = min(most, container.page)
    rows: list[str] = []
    folders: list[str] = []
    for key in container.rows(prefix, after, len(container.keys), inclusive=True, all_of_them=True)[0]:
        if folders and key.startswith(folders[-1]):
            continue
        if len(rows) + len(folders) == most:
            return rows, folders, key
        slash = key.find(delimiter, len(prefix)) if delimiter else -1
        if slash < 0:
            rows.append(key)
        else:
            folders.append(key[: slash + 1])
    return rows, folders, ""


STATUS = {"ResourceNotFound": 404, "NoAuthenticationInformation": 401}
OFF = {"PublicAccessNotPermitted": 409, "AccountIsDisabled": 403, "AuthorizationFailure": 403, "ServerBusy": 503}


@dataclass
class OpenStack:
    """OpenStack Swift at a declared endpoint. A container's read rule is `.r:*` by `reads`, `.rlistings` by `lists`."""

    host: str
    account: str
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def says(self, asked: Asked) -> Says | None:
        """What it says."""
        if asked.host != self.host:
            return None
        parts = re.fullmatch(r"/v1/([^/]+)/([^/]+)(?:/(.*))?", asked.path)
        container = self.buckets.get(unquote(parts[2])) if parts is not None and parts[1] == self.account else None
        more = {"X-Trans-Id": "tx1b6d2e3f4a5b4c7d8e9f0-006b0246e0", "Content-Type": "text/html; charset=UTF-8"}
        shut = Says(
            401,
            "<html><h1>Unauthorized</h1><p>This server could not verify that you are authorized to access the document "
            "you requested.</p></html>",
            {**more, "WWW-Authenticate": f'Swift realm="{self.account}"'},
        )
        if parts is None or container is None:
            return shut
        key = unquote(parts[3] or "")
        if key:
            missing = Says(404, "<html><h1>Not Found</h1><p>The resource could not be found.</p></html>", more)
            return shut if not container.reads else ranged(asked, more) if key in container.keys else missing
        if not container.lists:
            return shut
        query = asked.query
        rows, _ = container.rows(
            query.get("prefix", ""), query.get("marker", ""), int(query.get("limit", "10000")),
            end=query.get("end_marker", ""),
        )  # fmt: skip
        found = [{"name": key, "bytes": size(key), "hash": "ea41", "last_modified": WHEN[:-1]} for key in rows]
        counted = {"X-Container-Object-Count": str(len(container.keys)), "X-Container-Bytes-Used": str(container.sizes)}
        return _json(200, found, {"X-Trans-Id": more["X-Trans-Id"], **counted})
