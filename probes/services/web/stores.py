"""The data stores and consoles that are asked over HTTP, a row each: what is asked, and what cannot exist there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.api import Dialogue, Probe, ServiceTarget
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, OpenReason
from probes.recognise.stores import products, web
from probes.services.web.frame import Door, More, WebStore, at_root
from probes.services.web.named import Inside, with_names

_SEARCH = "/_search?size=0&filter_path=hits.total,_shards.total"

STORES = (
    WebStore(
        "elasticsearch", "Elasticsearch and OpenSearch that tell strangers which indices they hold.",
        "/_cat/indices?format=json&h=index,docs.count", web.indices,
        "/_cat/indices/{nonce}?format=json&h=index,docs.count", web.no_index,
        # Hidden indices are in no list, and are searched all the same.
        more=More(_SEARCH, web.searched, where_empty=True),
        # A role of strangers may search some indices, and not see the list of all.
        instead=(
            Door(_SEARCH, web.searchable, "/{nonce}/_search?size=0", web.no_search),
        ),
    ),
    WebStore(
        "docker", "Docker's interface, open to strangers: whoever reaches it runs what they like.",
        "/containers/json?limit=1", web.containers, "/containers/{nonce}/json", web.no_container,
        control=True,
        # Proxies for its socket allow some questions and refuse others.
        instead=(
            Door("/images/json", web.images, "/images/{nonce}/json", web.no_image),
            Door("/info", web.info_of_docker, "/{nonce}", web.not_served),
        ),
        told_by_all=More("/version", web.version_of_docker),
    ),
    WebStore(
        "prometheus", "Prometheus that tells strangers how many series it holds.",
        "/api/v1/status/tsdb?limit=1", web.series, "/api/v1/label/{nonce}/values", web.no_label,
        # Releases before 2.15 do not count their series.
        older=Door("/api/v1/label/job/values", web.jobs, "/api/v1/label/{nonce}/values", web.no_label),
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
        instead=(
            Door("/api/v2/setup", web.influxdb_is_unclaimed, "/api/v2/{nonce}",
                 products.missing_or_refused, setup=True),
        ),
    ),
    WebStore(
        "kibana", "Kibana that lets strangers in to what its Elasticsearch holds.",
        "/api/spaces/space", products.spaces, "/api/spaces/space/{nonce}", products.no_space,
        products.refused_by_kibana,
        older=Door("/api/saved_objects/_find?type=index-pattern&per_page=0", products.patterns,
                   "/api/saved_objects/index-pattern/{nonce}", products.no_space),
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
        instead=(
            Door("/v1/kv/?keys&separator=/", products.listed_keys_of_consul, "/v1/kv/{nonce}?keys", products.not_found),
        ),
    ),
    WebStore(
        "solr", "Solr that tells strangers how many documents its cores hold.",
        "/solr/admin/cores?action=STATUS&wt=json", products.cores,
        "/solr/admin/cores?action=STATUS&wt=json&core={nonce}", products.no_core, products.refused_by_solr,
        instead=(
            Door("/solr/admin/collections?action=LIST&wt=json", products.collections_of_solr,
                 "/solr/admin/collections?action=CLUSTERSTATUS&wt=json&collection={nonce}", products.no_collection),
        ),
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
        instead=(
            Door("/api/v1/pods?limit=1", products.pods, "/api/v1/namespaces/{nonce}/pods/{nonce}",
                 products.nothing_of_kubernetes, beginning=64),
        ),
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
        base=True,
    ),
)  # fmt: skip

IN_THEM: Mapping[str, Inside] = MappingProxyType(
    {
        "registry": Inside(
            "/v2/{name}/tags/list", products.tags, "/v2/{nonce}/tags/list", products.no_repository,
            lambda root, _: Fact(FactKind.HANDS_OUT_TOKENS) in root.facts, entrance="/v2/",
        ),
        "couchdb": Inside(
            "/{name}/_all_docs?limit=0", web.documents_of_couchdb, "/{nonce}/_all_docs?limit=0",
            web.error_is("not_found"),
        ),
        "solr": Inside(
            "/solr/{name}/select?q=*:*&rows=0&wt=json", products.found_in_solr,
            "/solr/{nonce}/select?q=*:*&rows=0&wt=json", products.not_found,
        ),
        "webhdfs": Inside(
            "/webhdfs/v1/{name}?op=LISTSTATUS", products.entries_of_hdfs, "/webhdfs/v1/{nonce}?op=LISTSTATUS",
            products.no_file_of_hdfs, lambda root, _: root.why is ClosedReason.DENIED,
        ),
    }
)  # fmt: skip
"""What is asked of each thing inside a product that its owner names, where each has rights of its own."""


def _look(store: WebStore) -> Callable[[ServiceTarget], Dialogue]:
    return with_names(store, IN_THEM[store.kind]) if store.kind in IN_THEM else at_root(store)


WEB_STORES = tuple(Probe(store.kind, ServiceTarget, _look(store), store.says) for store in STORES)
"""Their probes, in that order."""
