"""Sending to addresses that others chose, within bounds of place, time and size.

A name is looked up once, every address it has must be allowed, and the connection goes to one of
just these: whoever answers differently the next time gains nothing. TLS still checks the name.
Redirects are not followed, and proxies of the environment not used: they would look names up anew.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from time import time

import httpx

from pipeline.errors import AnswerBrokeOff, ReceiverTooSlow, ReceiverUnreachable
from pipeline.outbound_rules import Ip, OutboundRules, check_ips, check_url, literal_ip

LOOKUPS = 32
"""Names looked up at once, in threads of their own: a slow name server holds up nobody else."""
MOST_ADDRESSES = 4
"""Of one name that are tried."""

Lookup = Callable[[str, int], Awaitable[Sequence[Ip]]]


@dataclass(frozen=True, slots=True)
class OutboundLimits:
    """``seconds`` from the lookup to the end of the answer; of which at most ``answer_bytes`` are
    read."""

    seconds: float = 10.0
    answer_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is how it begins; ``retry_seconds`` what ``Retry-After`` asks for."""

    status: int
    body: bytes
    retry_seconds: float | None


class Outbound:
    """Posts to others. Opens a connection of its own each time."""

    def __init__(
        self,
        rules: OutboundRules = OutboundRules(),
        limits: OutboundLimits = OutboundLimits(),
        *,
        lookup: Lookup | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._rules, self._limits, self._trust = rules, limits, trust
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
        self._lookup = lookup or self._ask_resolver

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer, whatever its status.

        Raises AddressRefused, ReceiverUnreachable, ReceiverTooSlow and AnswerBrokeOff.
        """
        try:
            async with asyncio.timeout(self._limits.seconds):
                parsed = check_url(url, self._rules)
                found = await self._resolve(parsed)
                return await self._post_to_one(parsed, found[:MOST_ADDRESSES], body, headers)
        except TimeoutError as error:
            raise ReceiverTooSlow(self._limits.seconds) from error

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _resolve(self, url: httpx.URL) -> Sequence[Ip]:
        literal = literal_ip(url)
        if literal is not None:
            return [literal]
        found = await self._lookup(url.raw_host.decode(), url.port or 0)
        check_ips(found, self._rules)
        return found

    async def _ask_resolver(self, name: str, port: int) -> Sequence[Ip]:
        def ask() -> Sequence[Ip]:
            rows = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(ip_address(row[4][0]) for row in rows))

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except OSError as error:
            raise ReceiverUnreachable(f"{name} has no address ({error.strerror}).") from error

    async def _post_to_one(
        self, url: httpx.URL, found: Sequence[Ip], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """One address after the other, until one takes the connection."""
        failure = ""
        async with self._client(self._limits.seconds / len(found)) as client:
            for ip in found:
                try:
                    return await self._post(client, url, ip, body, headers)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    failure = str(error) or type(error).__name__
        raise ReceiverUnreachable(failure)

    async def _post(
        self,
        client: httpx.AsyncClient,
        url: httpx.URL,
        ip: Ip,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        request = client.build_request(
            "POST",
            url.copy_with(host=str(ip)),
            content=body,
            headers={**headers, "Host": url.netloc.decode()},
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        try:
            answer = await client.send(request, stream=True)
            try:
                return await self._read(answer)
            finally:
                await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except httpx.TransportError as error:
            raise AnswerBrokeOff(str(error) or type(error).__name__) from error

    async def _read(self, answer: httpx.Response) -> Answer:
        body = b""
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) >= self._limits.answer_bytes:
                break
        waits = retry_seconds(answer.headers.get("retry-after", ""))
        return Answer(answer.status_code, body[: self._limits.answer_bytes], waits)

    def _client(self, connect_seconds: float) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._trust or _usual_trust(),
            timeout=httpx.Timeout(self._limits.seconds, connect=connect_seconds),
            follow_redirects=False,
            trust_env=False,
            # an answer that is packed could be unpacked without end
            headers={"Accept-Encoding": "identity"},
        )


def retry_seconds(told: str) -> float | None:
    """``Retry-After`` (RFC 9110, 10.2.3): seconds or a date; None where it is neither."""
    if told.strip().isdecimal():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time())
    except (ValueError, OverflowError):
        return None


@cache
def _usual_trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()
