"""Signs one request with a probing key (AWS Signature Version 4): what is open to every account holder shows by it."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.network.stores.credentials import Keys

UNSIGNED = "UNSIGNED-PAYLOAD"


def sign(
    method: str, url: str, headers: tuple[tuple[str, str], ...], region: str, keys: Keys, now: datetime
) -> tuple[tuple[str, str], ...]:
    """The headers that sign a request without a body.

    `url` is the whole URL as it will be sent, percent-encoded to the letter; `headers` are signed with it, beside the
    host. A store that knows no regions takes `us-east-1`.
    """
    # botocore costs a tenth of a second to import, and few inventories have a probing key.
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method=method, url=url, headers=dict(headers))
    auth = S3SigV4Auth(Credentials(keys.id, keys.secret, keys.token or None), "s3", region or "us-east-1")
    request.context["timestamp"] = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    # What add_auth() does, with a clock that is an argument, and without a digest of a body that there is not.
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    request.headers["X-Amz-Content-SHA256"] = UNSIGNED
    if keys.token:
        request.headers["X-Amz-Security-Token"] = keys.token
    text = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(text, request))
    given = {name.lower() for name, _ in headers}
    return tuple((name, str(value)) for name, value in request.headers.items() if name.lower() not in given)
