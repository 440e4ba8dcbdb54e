"""Which store's software answers: by the headers that it writes itself, since a name proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEAWEEDFS = "SeaweedFS"
CEPH = "Ceph RGW"
AMAZON = "Amazon S3"

_BANNERS = (
    ("seaweedfs", SEAWEEDFS),
    ("amazons3", AMAZON),
    ("aliyunoss", "Alibaba OSS"),
    ("wasabis3", "Wasabi"),
    ("minio", "MinIO"),
    ("tencent-cos", "Tencent COS"),
    ("uploadserver", "Google Cloud Storage"),
    ("cleversafe", "IBM COS"),
    ("garage", "Garage"),
)
# rgw_common.cc, `req_state::trans_id`: tx, a counter, the time, then the zone's and the gateway's ids; Swift's own
# transactions end after the time.
_CEPH_ID = re.compile(r"tx[0-9a-f]{21,}-[0-9a-f]{8,}-[0-9a-f]+-\S+")


def engine(headers: Iterable[tuple[str, str]]) -> str:
    """The software behind an answer, or nothing where its headers do not tell."""
    named = {name.lower(): value for name, value in headers}
    banner = named.get("server", "").lower()
    for word, name in _BANNERS:
        if banner.startswith(word):
            return name
    if any(name.startswith("x-rgw-") for name in named) or _CEPH_ID.fullmatch(named.get("x-amz-request-id", "")):
        return CEPH
    return ""
