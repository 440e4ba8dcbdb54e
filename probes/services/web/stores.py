"""The data stores and consoles that are asked over HTTP, a row each: what is asked, and what cannot exist there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote

from probes.api import Clear, Dialogue, Probe, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.reasons import OpenReason, UndecidedReason
from probes.recognise.stores import products, web
from probes.services.web.frame import More, WebStore, at_root, looked

STORES = (
    WebStore(
        "elasticsearch", "Elasticsearch and OpenSearch that tell strangers which indices they hold.",
        "/_cat/indices?format=json&h=index,docs.count", web.indices,
        "/_cat/indices/{nonce}?format=json&h=index,docs.count", web.no_index,
    ),
    WebStore(
        "docker", "Docker's interface, open to strangers: whoever reaches it runs what they like.",
        "/containers/json?limit=1", web.containers, "/containers/{nonce}/json", web.no_container, control=True,
    ),
    WebStore(
        "prometheus", "Prometheus that tells strangers how many series it holds.",
        "/api/v1/status/tsdb?limit=1", web.series, "/api/v1/label/{nonce}/values", web.no_label,
    ),
    WebStore(
        "couchdb", "CouchDB that tells strangers which databases it holds, or lets them be its administrator.",
        "/_all_dbs", web.databases_of_couchdb, "/{nonce}", web.error_is("not_found"),
        web.refused_as("unauthorized", "forbidden"),
        more=More("/_session", web.everybody_is_admin, OpenReason.FULL_CONTROL),
    ),
    WebStore(
        "clickhouse", "ClickHouse that tells strangers which databases it holds.",
        "/?query=SHOW+DATABASES", web.databases_of_clickhouse,
        "/?query=SHOW+TABLES+FROM+{nonce}", web.no_database_of_clickhouse, web.refused_by_clickhouse,
    ),
    WebStore(
        "influxdb", "InfluxDB that tells strangers which databases it holds, or has no administrator yet.",
        "/query?q=SHOW+DATABASES", web.databases_of_influxdb,
        "/query?q=SHOW+MEASUREMENTS+ON+%22{nonce}%22", web.no_database_of_influxdb, web.refused_by_influxdb,
        unclaimed=web.influxdb_has_no_admin,
    ),
    WebStore(
        "kibana", "Kibana that lets strangers in to what its Elasticsearch holds.",
        "/api/spaces/space", products.spaces, "/api/spaces/space/{nonce}", products.no_space,
        products.refused_by_kibana,
    ),
    WebStore(
        "grafana", "Grafana that shows strangers its dashboards.",
        "/api/search?limit=1000", products.dashboards, "/api/dashboards/uid/{nonce}", products.no_dashboard,
        products.refused_by_grafana,
    ),
    WebStore(
        "consul", "Consul that tells strangers which services and keys it holds.",
        "/v1/catalog/services", products.services_of_consul, "/v1/catalog/service/{nonce}", products.no_service,
        products.refused_by_consul,
        more=More("/v1/kv/?keys&separator=/", products.keys_of_consul, withheld=OpenReason.STORE_NAMES),
    ),
    WebStore(
        "solr", "Solr that tells strangers how many documents its cores hold.",
        "/solr/admin/cores?action=STATUS&wt=json", products.cores,
        "/solr/admin/cores?action=STATUS&wt=json&core={nonce}", products.no_core, products.refused_by_solr,
    ),
    WebStore(
        "jupyter", "Jupyter that lets strangers in: whoever is in runs what they like.",
        "/api/contents?content=1", products.notebooks, "/api/contents/{nonce}", products.no_notebook,
        products.refused_by_jupyter, control=True,
    ),
    WebStore(
        "registry", "Registries of container images that list their repositories to strangers.",
        "/v2/_catalog?n=1000", products.repositories, "/v2/{nonce}/tags/list", products.no_repository,
        products.refused_by_registry, tokens=True,
    ),
    WebStore(
        "kubernetes", "Kubernetes clusters that list their namespaces to strangers.",
        "/api/v1/namespaces?limit=500", products.namespaces, "/api/v1/namespaces/{nonce}", products.no_namespace,
        products.refused_by_kubernetes,
    ),
    WebStore(
        "kubelet", "Kubelets that let strangers in: whoever is in runs commands in every container.",
        "/pods", products.pods, "/{nonce}", products.not_found, products.refused_by_kubelet, control=True,
        reads_in_clear=True, beginning=64,
    ),
    WebStore(
        "rabbitmq", "RabbitMQ's management that tells strangers how many messages it holds.",
        "/api/overview", products.queues, "/api/vhosts/{nonce}", web.error_is("Object Not Found", "not_found"),
        web.refused_as("not_authorised", "not_authorized"),
    ),
    WebStore(
        "webhdfs", "HDFS that lists its root to strangers.",
        "/webhdfs/v1/?op=LISTSTATUS", products.entries_of_hdfs,
        "/webhdfs/v1/{nonce}?op=LISTSTATUS", products.no_file_of_hdfs, products.refused_by_hdfs,
    ),
)  # fmt: skip

TAGS = WebStore(
    "registry", "", "/tags/list", products.tags, "/v2/{nonce}/tags/list", products.no_repository,
    products.refused_by_registry, base=True, tokens=True,
)  # fmt: skip
_REPOSITORIES = 8


def _registry(store: WebStore) -> Callable[[ServiceTarget], Dialogue]:
    def look(target: ServiceTarget) -> Dialogue:
        """Ask for the list of repositories, and for each declared one: a registry may refuse the list and give them."""
        known = (one.path.strip("/") for one in target.known if one.kind == store.kind)
        named = [name for name in dict.fromkeys((*known, *(name.strip("/") for name in target.names))) if name]
        root = yield from looked(store, target, target.place("/"))
        if isinstance(root, Clear) and Fact(FactKind.HANDS_OUT_TOKENS) in root.facts and not named:
            why = "strangers get a token, and no list: declare repositories under names"
            root = Unknown(root.place, store.kind, UndecidedReason.NAME_NEEDED, why, root.facts)
        verdicts: list[Verdict] = [root]
        for name in named[:_REPOSITORIES]:
            path = quote(unquote(name), safe="/-._~")
            here = replace(TAGS, path=f"/v2/{path}/tags/list")
            verdicts.append((yield from looked(here, target, target.place(f"/{path}/"))))
        return tuple(verdicts)

    return look


def _look(store: WebStore) -> Callable[[ServiceTarget], Dialogue]:
    return _registry(store) if store.kind == TAGS.kind else at_root(store)


WEB_STORES = tuple(Probe(store.kind, ServiceTarget, _look(store), store.says) for store in STORES)
"""Their probes, in that order."""
