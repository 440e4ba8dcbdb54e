"""`python -m bench.peer COUNT PORT CONNECT READ [tls]`: a plain aiohttp client that gets each front page."""

from __future__ import annotations

import asyncio
import json
import sys

import aiohttp
import uvloop

from bench.places import spots

AT_ONCE = 256


async def fetch(count: int, port: int, connect: float, read: float, scheme: str) -> dict[str, int]:
    """How many answered with each status, and how many not at all."""
    counts: dict[str, int] = {}
    gate = asyncio.Semaphore(AT_ONCE)
    limits = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=limits) as session:

        async def one(address: str) -> str:
            async with gate:
                try:
                    async with session.get(
                        f"{scheme}://{address}:{port}/", allow_redirects=False, ssl=False
                    ) as response:
                        await response.read()
                        return str(response.status)
                except (aiohttp.ClientError, TimeoutError, OSError):
                    return "none"

        for word in await asyncio.gather(*(one(spot.address) for spot in spots(count))):
            counts[word] = counts.get(word, 0) + 1
    return counts


if __name__ == "__main__":
    spoken = "https" if "tls" in sys.argv[5:] else "http"
    places, at, connect, read = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    print(json.dumps(uvloop.run(fetch(places, at, connect, read, spoken))))
