"""The webhooks: every request that we know of gets the status that its index says; no input gets a 500."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.channels import twilio_signature
from handlers.channels.base import Envelope, Receipt
from handlers.inbox import Crowded
from handlers.metrics import Metrics
from handlers.web.background import Background
from handlers.web.guard import RUNNER, middlewares
from handlers.web.webhooks import Webhooks
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, TELEGRAM_SAMPLES, TWILIO_SAMPLES, Sample

MESSAGES = "/webhooks/twilio/messages"
STATUS = "/webhooks/twilio/status"
VOICE = "/webhooks/twilio/voice/token"
TELEGRAM = "/webhooks/telegram"
PUBLIC = "https://chat.example.org"
SAMPLES = [*TWILIO_SAMPLES, *TELEGRAM_SAMPLES]


class Stored:
    """What came through: an inbox that knows repeats, as the database does."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.receipts: list[Receipt] = []
        self.pressed: list[bytes] = []
        self.trouble: Exception | None = None
        self.held: asyncio.Event | None = None

    async def accept(self, envelope: Envelope) -> str | None:
        if self.trouble:
            raise self.trouble
        if any((envelope.channel, envelope.external_id) == (e.channel, e.external_id) for e in self.envelopes):
            return None
        self.envelopes.append(envelope)
        return "contact"

    async def receive(self, receipt: Receipt) -> None:
        if self.trouble:
            raise self.trouble
        self.receipts.append(receipt)

    async def press(self, raw: bytes) -> None:
        if self.held:
            await self.held.wait()
        self.pressed.append(raw)


@pytest.fixture
def stored() -> Stored:
    return Stored()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def background() -> Background:
    return Background()


@pytest.fixture
async def client(stored: Stored, metrics: Metrics, background: Background) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application(middlewares=middlewares())
    Webhooks(
        public_url=PUBLIC,
        inbox=stored.accept,
        receipts=stored.receive,
        clock=lambda: NOW,
        metrics=metrics,
        background=background,
        twilio=samples.twilio_provider(),
        telegram=samples.telegram_provider(),
        pressed=stored.press,
        patience=0.3,
    ).add_to(app)
    server = TestServer(app)
    await server.start_server(**RUNNER)
    async with TestClient(server) as client:
        yield client
    await background.close()


async def post(client: TestClient[Any, Any], sample: Sample) -> tuple[int, str, str]:
    path = sample.request.url.removeprefix(PUBLIC)
    async with client.post(path, data=sample.request.body, headers=sample.request.headers) as response:
        return response.status, response.content_type, await response.text()


def signed(path: str = MESSAGES) -> dict[str, str]:
    signature = twilio_signature.sign(samples.SETTINGS["TWILIO_AUTH_TOKEN"], PUBLIC + path, [])
    return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
async def test_answers_as_the_index_says(client: TestClient[Any, Any], stored: Stored, sample: Sample) -> None:
    status, kind, text = await post(client, sample)
    assert status == sample.row["status"]
    verdict = sample.row["verdict"]
    if verdict in {"refused", "ignored"}:
        # An edit is kept: whether it changes what we have read is for the turn to see.
        assert len(stored.envelopes) == (1 if str(sample) == "tg_edited_message" else 0)
        assert not stored.receipts
    elif verdict == "receipt":  # the step of a call moves nothing yet
        assert len(stored.receipts) == (0 if sample.row["kind"].startswith("voice") else 1)
    else:
        (envelope,) = stored.envelopes
        assert bool(envelope.parked) is (verdict == "parked")
        assert envelope.raw == sample.request.body
    if (sample.request.url.endswith(MESSAGES) or "/voice/" in sample.request.url) and status == 200:
        assert kind == "text/xml"
        assert text.endswith("<Response/>")


@guards("T25", "T26", partly=True)
async def test_no_line_of_the_log_says_who_came_and_where(
    client: TestClient[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Paths hold tokens. By itself: that the program hushes aiohttp's own log is a second bolt."""
    caplog.set_level(logging.DEBUG)
    async with client.post(VOICE, data=b"x") as response:
        assert response.status == 403
    async with client.get("/nowhere/token") as response:
        assert response.status == 404
    assert not [line for line in caplog.records if line.name.startswith("aiohttp")]
    assert "token" not in caplog.text
    assert "127.0.0.1" not in caplog.text


async def test_a_repeat_is_answered_and_does_nothing_more(
    client: TestClient[Any, Any], stored: Stored, metrics: Metrics
) -> None:
    sample = next(sample for sample in TWILIO_SAMPLES if str(sample).endswith("sms_in_plain"))
    assert [(await post(client, sample))[0] for _ in range(3)] == [200, 200, 200]
    assert len(stored.envelopes) == 1
    assert b'socialdirect_inbound_messages_total{channel="sms",outcome="new"} 1.0' in metrics.text()[0]


@guards("L01")
@pytest.mark.parametrize("name", ["sms_in_plain", "status_sms_2_sent", "tg_start_plain"])
async def test_503_while_the_database_is_away(
    client: TestClient[Any, Any], stored: Stored, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    stored.trouble = ConnectionRefusedError("+33639980011 said Bonjour")
    sample = next(sample for sample in SAMPLES if str(sample).endswith(name))
    path = sample.request.url.removeprefix(PUBLIC)
    async with client.post(path, data=sample.request.body, headers=sample.request.headers) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0
    assert "ConnectionRefusedError" in caplog.text
    assert "Bonjour" not in caplog.text
    stored.trouble = None
    assert (await post(client, sample))[0] == 200
    assert len(stored.envelopes) + len(stored.receipts) == 1


@guards("T28")
@pytest.mark.parametrize("name", ["sms_in_plain", "tg_start_plain"])
async def test_503_while_too_much_waits(
    client: TestClient[Any, Any], stored: Stored, metrics: Metrics, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider comes again; a line of the log for each would be a flood of its own."""
    stored.trouble = Crowded()
    sample = next(sample for sample in SAMPLES if str(sample).endswith(name))
    assert (await post(client, sample))[0] == 503
    assert not caplog.records
    assert b'outcome="shed"} 1.0' in metrics.text()[0]
    stored.trouble = None
    assert (await post(client, sample))[0] == 200
    assert len(stored.envelopes) == 1


@guards("T11")
@pytest.mark.parametrize(("path", "limit"), [(MESSAGES, 64), (STATUS, 64), (VOICE, 64), (TELEGRAM, 256)])
async def test_413_above_the_limit_with_and_without_a_length(
    client: TestClient[Any, Any], stored: Stored, path: str, limit: int
) -> None:
    async def pieces(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b"x" * 1024
        yield b"x" * (size % 1024)

    most = limit * 1024
    for size, expected in ((most, 403), (most + 1, 413)):  # of the right size, it is only not from the provider
        async with client.post(path, data=b"x" * size) as response:
            assert response.status == expected
        async with client.post(path, data=pieces(size)) as response:
            assert response.status == expected
    assert not stored.envelopes


@guards("T11")
@pytest.mark.parametrize(("path", "limit"), [(MESSAGES, 64), (STATUS, 64), (VOICE, 64), (TELEGRAM, 256)])
async def test_413_before_any_of_a_body_that_says_it_is_too_large(
    client: TestClient[Any, Any], path: str, limit: int
) -> None:
    """None of it comes: whoever waited for it would say 408."""
    said = await raw(client, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {limit * 1024 + 1}\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 413 ")


@guards("T11")
@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
async def test_408_when_the_body_comes_ever_so_slowly(client: TestClient[Any, Any], path: str) -> None:
    """A byte at a time, each in less time than a whole body has: that is for all of it."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n".encode())
    line = asyncio.ensure_future(reader.readline())
    for _ in range(30):
        writer.write(b"x")
        await asyncio.wait([line], timeout=0.1)
        if line.done():
            break
    assert (await line).startswith(b"HTTP/1.1 408 ")
    writer.close()


@guards("T11")
@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
async def test_408_when_the_body_does_not_come(client: TestClient[Any, Any], stored: Stored, path: str) -> None:
    answer = await raw(client, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab".encode())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert not stored.envelopes


@guards("T11")
def test_ten_seconds_where_nobody_says_otherwise() -> None:
    assert Webhooks.patience == 10


async def test_400_when_the_chunks_are_wrong(
    client: TestClient[Any, Any], stored: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b" 400 " in await raw(client, head.encode() + b"zz\r\nab\r\n")
    assert b" 400 " in await raw(client, head.encode() + b"2\r\nab\r\n", b"zz\r\nab\r\n")
    assert not stored.envelopes
    assert "zz" not in caplog.text
    assert "127.0.0.1" not in caplog.text


@guards("T11")
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-nothing"])
@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
async def test_415_when_compressed(client: TestClient[Any, Any], stored: Stored, path: str, coding: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: {coding}\r\n"
    bomb = gzip.compress(b"\0" * 1_000_000)
    answer = await raw(client, f"{head}Content-Length: {len(bomb)}\r\n\r\n".encode() + bomb)
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert not stored.envelopes


@guards("L11")
@guards("T09")
@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded; charset=klingon",
        "application/json; charset=\xff",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain; charset=utf-16",
        ";;;",
    ],
)
@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 60_000, b"{" * 60_000, b"9" * 60_000, b"&" * 60_000, b"%"])
async def test_strange_bodies_of_the_wrong_origin_are_403(
    client: TestClient[Any, Any], stored: Stored, path: str, kind: str, body: bytes
) -> None:
    async with client.post(path, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 403
    assert not stored.envelopes


@guards("L11")
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 200_000, b"{" * 60_000, b"9" * 60_000, b"null", b"{}"])
@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=klingon"])
async def test_strange_bodies_of_the_right_origin_are_stored_and_parked(
    client: TestClient[Any, Any], stored: Stored, kind: str, body: bytes
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": samples.SETTINGS["TELEGRAM_WEBHOOK_SECRET"], "Content-Type": kind}
    for _ in range(2):
        async with client.post(TELEGRAM, data=body, headers=headers) as response:
            assert response.status == 200
    (envelope,) = stored.envelopes
    assert envelope.parked
    assert envelope.raw == body


async def test_a_signed_empty_form_is_parked(client: TestClient[Any, Any], stored: Stored) -> None:
    async with client.post(MESSAGES, data=b"", headers=signed()) as response:
        assert response.status == 200
    (envelope,) = stored.envelopes
    assert envelope.parked


@guards("L04")
async def test_the_signed_address_is_the_public_one_whatever_host_says(
    client: TestClient[Any, Any], stored: Stored
) -> None:
    for host, query, expected in (("evil.example", "", 200), ("chat.example.org", "?x=1", 403)):
        headers = signed() | {"Host": host, "X-Forwarded-Host": "evil.example"}
        async with client.post(MESSAGES + query, data=b"", headers=headers) as response:
            assert response.status == expected


async def test_a_press_never_holds_the_reply(
    client: TestClient[Any, Any], stored: Stored, background: Background
) -> None:
    stored.held = asyncio.Event()
    sample = next(sample for sample in TELEGRAM_SAMPLES if str(sample).endswith("tg_callback"))
    assert (await post(client, sample))[0] == 200
    assert not stored.pressed
    stored.held.set()
    await background.settle()
    assert stored.pressed == [sample.request.body]


async def test_a_press_that_was_not_stored_is_not_answered(
    client: TestClient[Any, Any], stored: Stored, background: Background
) -> None:
    stored.trouble = TimeoutError()
    sample = next(sample for sample in TELEGRAM_SAMPLES if str(sample).endswith("tg_callback"))
    assert (await post(client, sample))[0] == 503
    await background.settle()
    assert not stored.pressed


@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
async def test_only_post(client: TestClient[Any, Any], path: str) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        async with client.request(method, path) as response:
            assert response.status == 405


async def raw(client: TestClient[Any, Any], *parts: bytes) -> bytes:
    """The status line of an answer to bytes that no client library would send."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)
    line = await reader.readline()
    writer.close()
    return line
