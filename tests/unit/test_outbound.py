"""What is sent to others is bounded in place, time and size, whatever they do."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from time import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.errors import (
    AddressRefused,
    AnswerBrokeOff,
    OutboundError,
    ReceiverTooSlow,
    ReceiverUnreachable,
)
from pipeline.outbound import Answer, Outbound, OutboundLimits, retry_seconds
from pipeline.outbound_rules import Ip, OutboundRules
from tests.fakes.receiver import (
    answers,
    babbles,
    breaks_off,
    closes,
    drips,
    drips_its_head,
    hangs,
    receiving,
)

pytestmark = pytest.mark.anyio
LOOPBACK = OutboundRules(http=True, networks=(ip_network("127.0.0.0/8"),))
SHORT = OutboundLimits(seconds=0.5)
GENEROUS = OutboundLimits(seconds=300)


class Names:
    """A name server that gives one answer after the other."""

    def __init__(self, *found: Sequence[str]) -> None:
        self._found, self.asked = list(found), list[str]()

    async def __call__(self, name: str, port: int) -> Sequence[Ip]:
        self.asked.append(name)
        return [ip_address(each) for each in self._found.pop(0)]


async def post(url: str, outbound: Outbound, body: bytes = b"{}") -> Answer:
    try:
        return await outbound.post(url, body, {"Content-Type": "application/json"})
    finally:
        outbound.close()


async def test_a_body_arrives_as_it_is_and_its_answer_comes_back() -> None:
    async with receiving(answers(202, b"taken")) as receiver:
        answer = await post(receiver.url, Outbound(LOOPBACK, GENEROUS), '{"ä": 1}'.encode())
    assert (answer.status, answer.body, answer.retry_seconds) == (202, b"taken", None)
    (request,) = receiver.received
    assert (request.path, request.body) == ("/hook", '{"ä": 1}'.encode())
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


async def test_a_name_is_looked_up_once_and_keeps_its_host_header() -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "Hooks.example.com")
        await post(url, Outbound(LOOPBACK, GENEROUS, lookup=names))
    assert names.asked == ["hooks.example.com"]
    port = receiver.address.rpartition(":")[2]
    assert receiver.received[0].headers["host"] == f"hooks.example.com:{port}"


async def test_a_name_that_leads_inside_is_refused_before_anything_is_sent() -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        for found in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]):
            strict = Outbound(OutboundRules(http=True), GENEROUS, lookup=Names(found))
            with pytest.raises(AddressRefused):
                await post(url, strict)
    assert receiver.received == []


async def test_an_address_that_takes_no_connection_is_passed_over() -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        names = Names(["127.0.0.2", "127.0.0.1"])  # nobody listens on the first
        answer = await post(url, Outbound(LOOPBACK, GENEROUS, lookup=names))
    assert answer.status == 200


async def test_a_redirect_is_an_answer_like_any_other() -> None:
    async with receiving() as inside:
        async with receiving(answers(302, b"", Location=inside.url)) as receiver:
            answer = await post(receiver.url, Outbound(LOOPBACK, GENEROUS))
        assert answer.status == 302
        assert inside.received == []


async def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    async with receiving(answers(200, b"x" * 5_000_000)) as receiver:
        answer = await post(receiver.url, Outbound(LOOPBACK, GENEROUS))
    assert answer.status == 200
    assert answer.body == b"x" * 64 * 1024


@pytest.mark.parametrize("behaviour", [hangs, drips, drips_its_head])
async def test_a_receiver_gets_only_so_much_time(behaviour: object) -> None:
    async with receiving(behaviour) as receiver:  # type: ignore[arg-type]
        with pytest.raises(ReceiverTooSlow, match=r"within 0\.5 seconds"):
            await post(receiver.url, Outbound(LOOPBACK, SHORT))


async def test_a_slow_name_server_gets_only_so_much_time() -> None:
    async def slow(name: str, port: int) -> Sequence[Ip]:
        await asyncio.sleep(3600)
        return []

    with pytest.raises(ReceiverTooSlow):
        await post("https://hooks.example.com/", Outbound(LOOPBACK, SHORT, lookup=slow))


@pytest.mark.parametrize("behaviour", [breaks_off, closes, babbles])
async def test_an_answer_that_is_none_is_an_error(behaviour: object) -> None:
    async with receiving(behaviour) as receiver:  # type: ignore[arg-type]
        with pytest.raises(AnswerBrokeOff):
            await post(receiver.url, Outbound(LOOPBACK, GENEROUS))


async def test_an_endless_head_is_not_read_for_ever() -> None:
    async with receiving(answers(200, b"", X_Long="y" * 1_000_000)) as receiver:
        with pytest.raises(AnswerBrokeOff):
            await post(receiver.url, Outbound(LOOPBACK, GENEROUS))


async def test_nobody_there_is_an_error() -> None:
    async with receiving() as receiver:
        pass
    with pytest.raises(ReceiverUnreachable):
        await post(receiver.url, Outbound(LOOPBACK, GENEROUS))


async def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ReceiverUnreachable, match=r"nowhere\.invalid has no address"):
        await post("https://nowhere.invalid/", Outbound(OutboundRules(), GENEROUS))


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        monkeypatch.setenv("ALL_PROXY", proxy.address)
        await post(receiver.url, Outbound(LOOPBACK, GENEROUS))
    assert (len(proxy.received), len(receiver.received)) == (0, 1)


async def test_the_certificate_must_be_that_of_the_name_though_the_address_is_pinned(
    tmp_path: Path,
) -> None:
    served, trust = certificate("hooks.example.com", tmp_path)
    async with receiving(trusted=served) as receiver:
        for name, goes in (("hooks.example.com", True), ("other.example.com", False)):
            outbound = Outbound(LOOPBACK, GENEROUS, lookup=Names(["127.0.0.1"]), trust=trust)
            url = receiver.url.replace("127.0.0.1", name)
            if goes:
                assert (await post(url, outbound)).status == 200
            else:
                with pytest.raises(ReceiverUnreachable, match="certificate"):
                    await post(url, outbound)


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    served, _ = certificate("hooks.example.com", tmp_path)
    async with receiving(trusted=served) as receiver:
        url = receiver.url.replace("127.0.0.1", "hooks.example.com")
        with pytest.raises(OutboundError, match="certificate"):
            await post(url, Outbound(LOOPBACK, GENEROUS, lookup=Names(["127.0.0.1"])))


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_seconds("120") == 120
    later = datetime.fromtimestamp(time() + 3600, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_seconds(later) == pytest.approx(3600, abs=60)
    assert retry_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    for nothing in ("", "soon", "-5", "1.5"):
        assert retry_seconds(nothing) is None


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of this name shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    return served, ssl.create_default_context(cafile=str(file))
