"""One POST to a witness or a time-stamping service, in a process of its own: whatever the far end does, it is over at
the deadline.

Run as `python -m monitor.proof.witness.post` this file is the child: an order on stdin, the answer on stdout, as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import sys
from base64 import b64decode, b64encode
from urllib.parse import urlsplit

from monitor.inventory.values.keep_out import keep_out

MODULE = "monitor.proof.witness.post"
DEADLINE = 20.0
"""Seconds from the start of the process to its result."""
LARGEST = 11 * 1024
"""Bytes of an answer: a few signature lines, a size, or a stamp with its certificates."""


def post(url: str, form: str, body: bytes, seconds: float) -> tuple[int, bytes, str]:
    """The status, the answer, and why there is none (then the status is 0). No redirect is followed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return 0, b"", "its address is no URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return 0, b"", "its address is no http(s) URL"
    connection = (
        http.client.HTTPSConnection(parts.hostname, port, timeout=seconds, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.hostname, port, timeout=seconds)
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": form, "Connection": "close"})
        response = connection.getresponse()
        text = response.read(LARGEST + 1)
    except TimeoutError:
        return 0, b"", "it did not answer in time"
    except ssl.SSLError:
        return 0, b"", "its certificate could not be verified, or TLS failed"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, b"", f"it could not be asked ({type(error).__name__})"
    finally:
        connection.close()
    return (0, b"", "its answer is too long") if len(text) > LARGEST else (response.status, text, "")


def main() -> None:
    """The child."""
    order = json.loads(sys.stdin.buffer.read(256 * 1024))
    # The parent kills us at the deadline; this is for the case that the parent itself was killed.
    signal.setitimer(signal.ITIMER_REAL, DEADLINE + 2)
    keep_out()
    status, answer, why = post(order["url"], order["form"], b64decode(order["body"]), DEADLINE / 2)
    os.write(1, json.dumps([status, b64encode(answer).decode(), why]).encode())


if __name__ == "__main__":
    main()
