"""What further products answer over HTTP: consoles, registries, orchestrators, archives of images and records."""

from __future__ import annotations

import re

from probes.recognise.stores.web import (
    Held,
    NotTheStore,
    Withheld,
    as_json,
    has,
    inside,
    number_of,
    rows_of,
)


def spaces(body: bytes) -> Held:
    """The spaces of Kibana, of which there is one at least. Raises NotTheStore."""
    rows = rows_of(as_json(body), each=has("id", "name"))
    if not rows:
        raise NotTheStore
    return Held((("spaces", len(rows)),))


def no_space(status: int, body: bytes) -> bool:
    """Whether Kibana says that a space is missing. Raises NotTheStore."""
    return status == 404 and inside(as_json(body), "statusCode") == 404


def refused_by_kibana(body: bytes) -> bool:
    """Whether Kibana itself refuses. Raises NotTheStore."""
    return inside(as_json(body), "statusCode") in (401, 403)


def patterns(body: bytes) -> Held:
    """How many patterns of indices a Kibana knows that has no spaces: an older one, its free edition, OpenSearch
    Dashboards. Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "saved_objects") != []:
        raise NotTheStore
    return Held(empty=not number_of(inside(told, "total")))


def services_of_consul(body: bytes) -> Held:
    """The services in Consul's catalogue. Consul is one of them, so none means that they are withheld. Raises
    NotTheStore, Withheld."""
    told = as_json(body)
    if not isinstance(told, dict) or not all(isinstance(tags, list) for tags in told.values()):
        raise NotTheStore
    if not told:
        raise Withheld
    return Held((("services", len(told)),))


def no_service(status: int, body: bytes) -> bool:
    """Whether Consul knows no instance of a service. Raises NotTheStore."""
    return status == 200 and as_json(body) == []


def keys_of_consul(status: int, body: bytes) -> Held | None:
    """The first steps of Consul's keys; 404 where there are none. Raises NotTheStore."""
    if status == 404:
        return Held(empty=True)
    if status != 200:
        return None
    return Held((("entries", len(rows_of(as_json(body), each=lambda row: isinstance(row, str)))),))


def listed_keys_of_consul(body: bytes) -> Held:
    """The first steps of Consul's keys, where services are withheld. Raises NotTheStore."""
    names = rows_of(as_json(body), each=lambda row: isinstance(row, str))
    if not names:
        raise Withheld
    return Held((("entries", len(names)),))


def refused_by_consul(body: bytes) -> bool:
    """Whether Consul itself refuses."""
    return body.startswith((b"Permission denied", b"rpc error making call: Permission denied", b"ACL not found"))


def cores(body: bytes) -> Held:
    """The cores of Solr with their documents. Raises NotTheStore."""
    status = _solr(body)
    documents = sum(number_of(inside(core, "index", "numDocs") or 0) for core in status.values())
    return Held((("documents", documents), ("cores", len(status))), empty=not status)


def found_in_solr(body: bytes) -> Held:
    """How many documents a core of Solr finds for everything (`rows=0`). Raises NotTheStore."""
    number = number_of(inside(as_json(body), "response", "numFound"))
    return Held((("documents", number),), empty=not number)


def no_core(status: int, body: bytes) -> bool:
    """Whether Solr says nothing of a core. Raises NotTheStore."""
    return status == 200 and all(core == {} for core in _solr(body).values())


def collections_of_solr(body: bytes) -> Held:
    """The collections of a cluster of Solr (Collections API, LIST). Raises NotTheStore."""
    told = as_json(body)
    rows = inside(told, "collections")
    if inside(told, "responseHeader", "status") != 0 or not isinstance(rows, list):
        raise NotTheStore
    return Held((("collections", len(rows)),), empty=not rows)


def no_collection(status: int, body: bytes) -> bool:
    """Whether Solr says that a collection is missing (CLUSTERSTATUS). Raises NotTheStore."""
    said = inside(as_json(body), "error", "msg")
    if not isinstance(said, str):
        raise NotTheStore
    return status in (400, 404) and "not found" in said.lower()


def _solr(body: bytes) -> dict[str, object]:
    told = as_json(body)
    status = inside(told, "status")
    if inside(told, "responseHeader", "status") != 0 or not isinstance(status, dict):
        raise NotTheStore
    return status


def refused_by_solr(body: bytes) -> bool:
    """Whether Solr itself refuses."""
    return (
        re.search(rb"(?i)require authentication|Unauthorized request, Response code: 40[13]|HTTP ERROR 403", body)
        is not None
    )


def _is_dashboard(row: object) -> bool:
    """Grafana before 5 tells where a dashboard is (`uri`), the later ones its `uid`."""
    return has("title", "type")(row) and (has("uid")(row) or has("uri")(row))


def dashboards(body: bytes) -> Held:
    """The dashboards of Grafana. Raises NotTheStore."""
    rows = rows_of(as_json(body), each=_is_dashboard)
    return Held((("dashboards", len(rows)),), empty=not rows)


def no_dashboard(status: int, body: bytes) -> bool:
    """Whether Grafana says that a dashboard is missing. Raises NotTheStore."""
    return status == 404 and "not found" in str(inside(as_json(body), "message")).lower()


def refused_by_grafana(body: bytes) -> bool:
    """Whether Grafana itself refuses. Raises NotTheStore."""
    told = as_json(body)
    return inside(told, "message") in ("Unauthorized", "unauthorized", "Access denied") or str(
        inside(told, "messageId")
    ).startswith("auth")


def notebooks(body: bytes) -> Held:
    """The files and folders that Jupyter shows. Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "type") != "directory":
        raise NotTheStore
    rows = rows_of(inside(told, "content"), each=has("name", "type"))
    return Held((("entries", len(rows)),), empty=not rows)


def no_notebook(status: int, body: bytes) -> bool:
    """Whether Jupyter says that a file is missing."""
    return status == 404 and (b"does not exist" in body or b"No such file or directory" in body)


def refused_by_jupyter(body: bytes) -> bool:
    """Whether Jupyter itself refuses. Raises NotTheStore."""
    told = as_json(body)
    return isinstance(told, dict) and told.keys() >= {"message", "reason"} and told["message"] == "Forbidden"


def repositories(body: bytes) -> Held:
    """The names in a registry of container images. Raises NotTheStore."""
    names = rows_of(inside(as_json(body), "repositories"), each=lambda row: isinstance(row, str))
    return Held((("repositories", len(names)),), empty=not names)


def tags(body: bytes) -> Held:
    """The tags of one repository in such a registry. Raises NotTheStore."""
    told = as_json(body)
    if not isinstance(inside(told, "name"), str):
        raise NotTheStore
    names = inside(told, "tags") or []
    return Held((("tags", len(rows_of(names, each=lambda row: isinstance(row, str)))),), empty=not names)


def _registry_code(body: bytes) -> object:
    errors = inside(as_json(body), "errors")
    return inside(errors[0], "code") if isinstance(errors, list) and errors else None


def no_repository(status: int, body: bytes) -> bool:
    """Whether a registry knows no such name, or gives it to nobody, while it gives others. Raises NotTheStore."""
    return (status == 404 and _registry_code(body) == "NAME_UNKNOWN") or (
        status in (401, 403) and refused_by_registry(body)
    )


def refused_by_registry(body: bytes) -> bool:
    """Whether a registry itself refuses. Raises NotTheStore."""
    return _registry_code(body) in ("UNAUTHORIZED", "DENIED")


def namespaces(body: bytes) -> Held:
    """The namespaces of a Kubernetes cluster. Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "kind") != "NamespaceList":
        raise NotTheStore
    rows = rows_of(inside(told, "items"), each=lambda row: isinstance(row, dict))
    return Held((("namespaces", len(rows)),), empty=not rows)


def no_namespace(status: int, body: bytes) -> bool:
    """Whether Kubernetes says that a namespace is missing. Raises NotTheStore."""
    told = as_json(body)
    return status == 404 and inside(told, "kind") == "Status" and inside(told, "reason") == "NotFound"


def nothing_of_kubernetes(status: int, body: bytes) -> bool:
    """Whether Kubernetes says of something that it is missing or not to be had. Raises NotTheStore."""
    return status in (401, 403, 404) and (status == 404 or refused_by_kubernetes(body))


def refused_by_kubernetes(body: bytes) -> bool:
    """Whether Kubernetes itself refuses. Raises NotTheStore."""
    if re.match(rb'\s*\{\s*"kind":\s*"Status"', body):
        return True  # where the beginning of an answer alone is read
    told = as_json(body)
    return inside(told, "kind") == "Status" and inside(told, "status") == "Failure"


def pods(body: bytes) -> Held:
    """Whether a kubelet begins to list its pods; what stands in the list holds secrets and is not read. Raises
    NotTheStore."""
    if re.match(rb'\{"kind":"PodList","apiVersion":"v1"', body) is None:
        raise NotTheStore
    return Held()


def refused_by_kubelet(body: bytes) -> bool:
    """Whether a kubelet itself refuses."""
    return body.strip() == b"Unauthorized" or body.startswith(b"Forbidden (user=")


def missing_or_refused(status: int, body: bytes) -> bool:
    """Whether a server has nothing at a path, or demands a login before it says so."""
    return status in (401, 404)


def not_found(status: int, body: bytes) -> bool:
    """Whether a server says that something is missing, in whatever words."""
    return status == 404


def queues(body: bytes) -> Held:
    """How many queues and messages RabbitMQ holds (`/api/overview`). Raises NotTheStore."""
    told = as_json(body)
    if not isinstance(inside(told, "management_version"), str):
        raise NotTheStore
    number = number_of(inside(told, "object_totals", "queues"))
    messages = number_of(inside(told, "queue_totals", "messages") or 0)
    return Held((("messages", messages), ("queues", number)), empty=not number)


def entries_of_hdfs(body: bytes) -> Held:
    """The entries of a folder of HDFS. Raises NotTheStore."""
    listed = inside(as_json(body), "FileStatuses", "FileStatus")
    rows = rows_of(listed, each=has("pathSuffix", "type"))
    return Held((("entries", len(rows)),), empty=not rows)


def _hdfs_error(body: bytes) -> object:
    return inside(as_json(body), "RemoteException", "exception")


def no_file_of_hdfs(status: int, body: bytes) -> bool:
    """Whether HDFS says that a file is missing. Raises NotTheStore."""
    return status == 404 and _hdfs_error(body) == "FileNotFoundException"


def refused_by_hdfs(body: bytes) -> bool:
    """Whether HDFS itself refuses. Raises NotTheStore."""
    return _hdfs_error(body) in ("AccessControlException", "SecurityException", "AuthorizationException")


def studies(body: bytes) -> Held:
    """Whether a list of studies begins with one; their names are not read. Raises NotTheStore."""
    if body not in (b"[{", b"[]"):
        raise NotTheStore
    return Held(empty=body == b"[]")


def patients(body: bytes) -> Held:
    """How many patients a FHIR server holds (a Bundle with a total). Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "resourceType") != "Bundle":
        raise NotTheStore
    number = number_of(inside(told, "total"))
    return Held((("patients", number),), empty=not number)


def resources(body: bytes) -> Held:
    """Whether a FHIR server holds resources of a kind. Raises NotTheStore."""
    return Held(empty=patients(body).empty)


def no_resource(status: int, body: bytes) -> bool:
    """Whether a FHIR server says that a resource is missing, or refuses each by itself. Raises NotTheStore."""
    return no_patient(status, body) or (status in (401, 403) and refused_by_fhir(body))


def no_patient(status: int, body: bytes) -> bool:
    """Whether a FHIR server says that a patient is missing. Raises NotTheStore."""
    return status in (404, 410) and inside(as_json(body), "resourceType") == "OperationOutcome"


def refused_by_fhir(body: bytes) -> bool:
    """Whether a FHIR server itself refuses. Raises NotTheStore."""
    return inside(as_json(body), "resourceType") == "OperationOutcome"
