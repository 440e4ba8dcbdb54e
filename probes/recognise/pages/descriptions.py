"""Documents of public formats that describe a site or an interface, or say how a service is: they hold no files."""

from __future__ import annotations

import json
import re
from typing import Final

from probes.recognise.media.kinds import DATA, kind_of_name
from probes.recognise.people.shown import persons

_LONGEST: Final = 1 << 18
_XML_ROOT: Final = re.compile(
    r"(?:<\?[^>]{0,2000}\?>\s{0,200}|<!--(?:[^-]|-(?!->)){0,4000}-->\s{0,200}|<!DOCTYPE[^<>\[]{0,400}>\s{0,200}){0,8}"
    r"<(?:[\w.-]{1,60}:)?([A-Za-z][\w.-]{0,60})([^<>]{0,4000})>"
)
_XML_FORMATS: Final = {
    "urlset": "sitemaps.org",
    "sitemapindex": "sitemaps.org",
    "definitions": "schemas.xmlsoap.org/wsdl",
    "description": "www.w3.org/ns/wsdl",
    "application": "wadl.dev.java.net",
    "schema": "www.w3.org/2001/xmlschema",
    "edmx": "oasis-open.org/odata/ns/edmx",
    "entitydescriptor": "urn:oasis:names:tc:saml:2.0:metadata",
    "entitiesdescriptor": "urn:oasis:names:tc:saml:2.0:metadata",
    "opensearchdescription": "a9.com/-/spec/opensearch",
    "root": "urn:schemas-upnp-org:device",
    "scpd": "urn:schemas-upnp-org:service",
    "service": "www.w3.org/2007/app",
    "wms_capabilities": "opengis.net/wms",
    "wmt_ms_capabilities": "",
    "wfs_capabilities": "opengis.net/wfs",
    "capabilities": "opengis.net/",
    "clientconfig": "",
    "xrd": "docs.oasis-open.org/ns/xri",
    "cross-domain-policy": "",
    "access-policy": "",
    "browserconfig": "",
}
"""The root of a document in lower case, and what its name space must hold (https://www.sitemaps.org/protocol.html, WSDL
1.1 and 2.0, OData 4, SAML 2.0, UPnP)."""
_OF_PLACES: Final = frozenset({"urlset", "sitemapindex"})
_XML_ANSWERS: Final = tuple(
    (space, frozenset(one_of.split()), frozenset(elements.split()))
    for space, one_of, elements in (
        # OAI-PMH 2.0, sections 3.6, 4.2 and 4.4: an error, or what a repository says of itself
        (
            "www.openarchives.org/oai/2.0/",
            "error identify listmetadataformats listidentifiers listsets",
            "oai-pmh responsedate request error identify repositoryname baseurl protocolversion adminemail compression "
            "earliestdatestamp deletedrecord granularity listmetadataformats metadataformat metadataprefix schema "
            "metadatanamespace listidentifiers header identifier datestamp setspec listsets set setname "
            "resumptiontoken",
        ),
        # SOAP 1.1, section 4.4
        (
            "schemas.xmlsoap.org/soap/envelope/",
            "fault",
            "envelope header body fault faultcode faultstring faultactor detail",
        ),
        # SOAP 1.2 part 1, section 5.4
        (
            "www.w3.org/2003/05/soap-envelope",
            "fault",
            "envelope header body fault code subcode value reason text node role detail",
        ),
    )
)
"""Answers that bring no record: what the name space of their root holds, one element that must be there, and all that
may be there. A record, or anything else, makes them unknown."""
_ELEMENT: Final = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z][\w.-]{0,60})")
_LOC: Final = re.compile(r"<(?:\w{1,20}:)?(?:loc|content_loc)>\s{0,40}(?:<!\[CDATA\[)?\s{0,40}([^<>\s\]]{1,2048})")

_COMMENT: Final = re.compile(r"\s*(?:#.*)?\Z")
_ROBOTS: Final = re.compile(
    r"(?i)\s*(?:user-agent|disallow|allow|sitemap|crawl-delay|host|clean-param|request-rate|visit-time|noindex|"
    r"content-signal)\s*:"
)
_SELLERS: Final = re.compile(r"(?i)\s*(?:[\w.-]{3,100}\s*,\s*[\w-]{1,60}\s*,\s*(?:direct|reseller)\b|\w{4,30}\s*=)")

_WELL: Final = re.compile(
    r"(?i)up|ok(?:ay)?|pass(?:ing|ed)?|healthy|green|yellow|red|alive|live|ready|running|serving|available|connected|"
    r"online|operational|active|down|degraded|warn(?:ing)?|fail(?:ing|ed)?|unhealthy|unknown|out_of_service|success|"
    r"not ?ready|offline|good|normal|critical|unavailable|disconnected|starting|stopped|inactive|true|false"
)
_STATE: Final = frozenset(
    {"status", "state", "health", "healthy", "ok", "alive", "up", "ready", "overall", "result", "indicator"}
)
_PARTS: Final = re.compile(
    r"(?:health_?)?checks?|components?|services?|dependenc(?:y|ies)|probes?|details?|entries|subsystems?|monitors?|results?"
)
_OF_FILES: Final = re.compile(
    r"(?:files?|folders?|director(?:y|ies)|dirs?|items|children|contents?|objects?|bytes|last_?modified|modified|mtime|"
    r"ctime|href|prefix(?:es)?|buckets?|containers?|tree|url|urls)"
)
_SHORT_ANSWER: Final = 1 << 14
_DEEPEST: Final = 8
_LONGEST_SAID: Final = 500
_MOST_LINES: Final = 4000
_FOLDER: Final = re.compile(r"\A/?(?:[^\s/:]{1,200}/){1,20}\Z")


def described(text: str) -> bool:
    """Whether a body is a document of a known format that tells of a site or an interface, and names neither a file of
    data nor a person by a number. Total, linear time."""
    text = text[:_LONGEST].lstrip("\ufeff \t\r\n")
    return _of_a_format(text) and not persons([[line] for line in text.splitlines()])


def _of_a_format(text: str) -> bool:
    if text[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            # One that is longer than what is read begins with its mark.
            longer = len(text) == _LONGEST and _OPENS.match(text) is not None
            return longer or _checks_of_kubernetes(text.splitlines()[:_MOST_LINES])
        return _describes(value) and not _names_data(text)
    if text[:1] == "<":
        return _xml(text)
    lines = [line for line in text.splitlines() if not _COMMENT.match(line)]
    if not lines or len(lines) > _MOST_LINES:
        return False
    robots = any(line.lower().lstrip().startswith("user-agent") for line in lines)
    return (robots and all(map(_ROBOTS.match, lines))) or all(map(_SELLERS.match, lines))


_OPENS: Final = re.compile(r'\{\s{0,40}"(?:openapi|swagger|asyncapi)"\s{0,8}:\s{0,8}"[\d.]{1,8}"\s{0,8},')


def _xml(text: str) -> bool:
    root = _XML_ROOT.match(text)
    if root is None:
        return False
    if (space := _XML_FORMATS.get(root[1].lower())) is None or space not in root[2].lower():
        return _tells_no_record(root, text)
    if root[1].lower() not in _OF_PLACES:
        return not _names_data(text)
    named = (one.partition("?")[0].removesuffix(".xml.gz") for one in _LOC.findall(text))
    return not any(kind_of_name(one) in DATA for one in named)


def _tells_no_record(root: re.Match[str], text: str) -> bool:
    """Whether XML is an answer of a standard's interface without a record: a fault, or what the interface is."""
    if len(text) > _SHORT_ANSWER or _names_data(text):
        return False
    there = {name.lower() for name in _ELEMENT.findall(text[root.start(1) - 1 :])} | {root[1].lower()}
    return any(
        space in root[2].lower() and there & one_of and there <= elements for space, one_of, elements in _XML_ANSWERS
    )


def _names_data(text: str) -> bool:
    return any(kind_of_name(one) in DATA for one in _NAMED.findall(text))


_FEED: Final = frozenset({"rss", "feed", "rdf"})
_NAMED: Final = re.compile(r"[^\s<>\"'=&;/]{1,255}\.[a-z0-9]{2,5}(?![\w.])", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]{0,4096}>|&lt;.{0,400}?&gt;")
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_TELLS: Final = 40


def feed_of_words(text: str) -> bool:
    """Whether a body is a feed (RSS 2.0, RSS 1.0, RFC 4287) of texts, which names no file of data: its items are what
    a site tells everybody. Total, linear time."""
    text = text[:_LONGEST].lstrip("\ufeff \t\r\n")
    root = _XML_ROOT.match(text)
    if root is None or root[1].lower() not in _FEED or _ENCLOSES.search(text):
        return False
    if _names_data(text):
        return False
    return len(_WORDS.findall(_MARKUP.sub(" ", text))) >= _TELLS or _entries_tell(text)


_ENTRY: Final = re.compile(r"(?s)<(entry|item)\b[^<>]{0,400}>(.{0,8000}?)</\1>")
_SAYS: Final = re.compile(r"(?s)<(summary|content|description)\b[^<>]{0,400}>(.{0,4000}?)</\1>")
_SENTENCE: Final = re.compile(r"(?:[^\W\d_]+[,:;]?\s+){2,40}[^\W\d_]+[.!?]")
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){5,}")
_BY_NUMBER: Final = re.compile(r"(?:[?&][\w-]{1,40}=|/(?:play|listen|download|get|media|rec\w*|calls?|files?)/)")


def _entries_tell(text: str) -> bool:
    """Whether each entry of a short feed says a sentence (RFC 4287 sections 4.1.3 and 4.2.13), and none of them has a
    number of a person or a telephone, or leads to what a script brings."""
    entries = [found[2] for found in _ENTRY.finditer(text)]
    if _OF_CALLS.search(_MARKUP.sub(" ", text).lower()):
        return False
    return bool(entries) and all(
        (said := _SAYS.search(one)) is not None
        and _SENTENCE.search(_MARKUP.sub(" ", said[2])) is not None
        and not _NUMBER.search(_DATE.sub(" ", one))
        and not _BY_NUMBER.search(one.lower())
        for one in entries
    )


_OF_CALLS: Final = re.compile(
    r"(?<![^\W\d_])(?:calls?|recordings?|voicemails?|messages?|patients?|samtal|inspelning(?:ar)?|röstmeddelanden?|"
    r"journal(?:er|s)?|opptak|optagelser|aufnahmen)(?![^\W\d_])"
)
_DATE: Final = re.compile(r"<(updated|published|pubDate|id|guid)\b[^<>]{0,400}>[^<>]{0,400}</\1>")
_ENCLOSES: Final = re.compile(r"(?i)<enclosure\b|<media:content\b|\brel=[\"']enclosure")


def _describes(value: object) -> bool:
    """Whether JSON is a description: OpenAPI, AsyncAPI, the metadata of an issuer of tokens (RFC 8414), its public
    keys (RFC 7517), a web application's manifest, a JSON Schema, GraphQL's introspection, FHIR's statement of what a
    server can do, links of apps, the services of a server of maps."""
    if isinstance(value, list):
        return bool(value) and all(
            isinstance(one, dict) and {"relation", "target"} == set(one) and isinstance(one["relation"], list)
            for one in value
        )
    if not isinstance(value, dict):
        return False
    has = value.keys()
    if isinstance(value.get("info"), dict) and has & {"openapi", "swagger", "asyncapi"}:
        return bool(has & {"paths", "components", "webhooks", "channels", "definitions"})
    if {"issuer", "authorization_endpoint", "capabilities", "grant_types_supported"} & has and has & {
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
    }:
        return True  # of FHIR's SMART launch, too
    if isinstance(value.get("resource"), str) and isinstance(value.get("authorization_servers"), list):
        return True  # RFC 9728
    keys = value.get("keys")
    if isinstance(keys, list) and keys:
        return all(isinstance(one, dict) and "kty" in one and not one.keys() & {"d", "p", "k"} for one in keys)
    if has & {"name", "short_name"} and isinstance(value.get("icons"), list) and has & {"start_url", "display"}:
        return True
    if isinstance(value.get("$schema"), str) and has & {"properties", "$defs", "definitions", "$ref"}:
        return True
    if value.get("resourceType") in ("CapabilityStatement", "Conformance") and "fhirVersion" in has:
        return True
    if {"currentVersion", "folders", "services"} <= has:
        # The directory of services of ArcGIS (REST API, Catalog): maps and layers by name and type.
        services = value["services"]
        return isinstance(services, list) and all(
            isinstance(one, dict) and {"name", "type"} <= one.keys() for one in services
        )
    links = value.get("links")
    if has <= {"links", "subject", "aliases", "properties", "expires"} and isinstance(links, list) and links:
        return all(isinstance(one, dict) and {"rel", "href"} <= one.keys() for one in links)  # RFC 6415, nodeinfo
    if has == {"_links"} or {"namespaces", "routes"} <= has:
        return _ways_of_interface(value)
    inner = value.get("data")
    return (isinstance(inner, dict) and isinstance(inner.get("__schema"), dict)) or (
        isinstance(value.get("applinks"), dict)
        and has <= {"applinks", "webcredentials", "appclips", "activitycontinuation"}
    )


_ENDPOINTS: Final = re.compile(
    r"(?:self|health(?:-path)?|info|metrics(?:-requiredmetricname)?|prometheus|beans|conditions|mappings|"
    r"caches(?:-cache)?|loggers(?:-name)?|scheduledtasks|startup|sbom(?:-id)?|flyway|liquibase|integrationgraph)"
)
"""Endpoints of Spring Boot that tell of the program alone (Spring Boot, Actuator, Endpoints): a dump of its memory, its
log, its settings, its sessions and its last requests are none of these."""


def _ways_of_interface(value: dict[str, object]) -> bool:
    """Whether JSON is the links of Spring Boot's actuator, or the routes of WordPress' REST API (REST API Handbook,
    Routes and Endpoints; it says them at the root of the interface)."""
    links, routes = value.get("_links"), value.get("routes")
    if isinstance(routes, dict) and isinstance(value["namespaces"], list):
        return bool(routes) and all(
            path.startswith("/") and isinstance(one, dict) and {"namespace", "methods", "endpoints"} <= one.keys()
            for path, one in routes.items()
        )
    return (
        isinstance(links, dict)
        and {"self", "health"} <= links.keys()
        and all(
            _ENDPOINTS.fullmatch(name.lower()) and isinstance(one, dict) and one.keys() == {"href", "templated"}
            for name, one in links.items()
        )
    )


_CHECK: Final = re.compile(r"\[[+-]\][\w./-]{1,100} (?:ok|excluded: ok|failed: reason withheld)")
_CHECKED: Final = re.compile(r"(?:healthz|livez|readyz) check (?:passed|failed)")


def _checks_of_kubernetes(lines: list[str]) -> bool:
    """Whether lines are those of `/readyz?verbose` (Kubernetes, API health endpoints): a check a line, and the end."""
    *checks, end = (line.strip() for line in lines)
    return (
        _CHECKED.fullmatch(end) is not None
        and all(map(_CHECK.fullmatch, checks))
        and not any(kind_of_name(one.split()[0][3:]) in DATA for one in checks)
    )


def tells_health(text: str) -> bool:
    """Whether JSON says how a service and its parts are: it has a state, each of its parts has one, and nothing in it
    is a field of files or the name of one. Total, linear time."""
    if len(text) > _SHORT_ANSWER:
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and _states(value) and _of_health(value, 0, stated=True)


def _states(value: object) -> bool:
    """Whether a value is a word of state, an object that has one, or a list of such objects."""
    if isinstance(value, dict):
        return any(key.lower() in _STATE and _WELL.fullmatch(str(one)) for key, one in value.items())
    if isinstance(value, list):
        return all(isinstance(one, dict) and _states(one) for one in value)
    return _WELL.fullmatch(str(value)) is not None


def _of_health(value: object, deep: int, *, stated: bool, parts: bool = False) -> bool:
    """Whether a value may stand in such an answer. `stated`: what it tells of has a state of its own; `parts`: it is
    named as the parts of a service, which may be a list."""
    if deep > _DEEPEST:
        return False
    if isinstance(value, list):
        listed = (parts and _states(value)) or not any(isinstance(one, dict | list) for one in value)
        return listed and all(_of_health(one, deep + 1, stated=True, parts=parts) for one in value)
    if not isinstance(value, dict):
        said = str(value)
        return len(said) <= _LONGEST_SAID and kind_of_name(said) not in DATA and not _FOLDER.match(said)
    if any(_OF_FILES.fullmatch(key.lower()) or kind_of_name(key) in DATA for key in value):
        return False
    of_its_own = _states(value)
    if not (of_its_own or stated or all(map(_states, value.values()))):
        return False
    # A disk is told by its path.
    inner = ((key.lower(), one) for key, one in value.items() if key.lower() != "path")
    return all(
        _of_health(one, deep + 1, stated=of_its_own, parts=parts or _PARTS.fullmatch(key) is not None)
        for key, one in inner
    )
