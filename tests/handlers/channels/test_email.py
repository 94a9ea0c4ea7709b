"""Mail, through a real SMTP server in this process."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from conversations.model import Link, Reply
from conversations.text import t
from handlers.channels.base import Draw, Payload, SendError, Undecodable
from handlers.channels.email import EmailChannel, Kept, Smtp, with_calendar
from locales.voice import Voice
from tests.guards import guards
from tests.handlers.channels.samples import NOW
from tests.servers.ports import unused_port

TOLD = Payload("Bonjour Inès", {"subject": "Social Direct", "text": "Bonjour Inès\nÀ mardi."})
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@dataclass
class Server:
    """Takes what it is given, or answers what the test says."""

    to: str = ""
    data: str = ""
    came: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - the server looks for this name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.to:
            return self.to
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return self.data
        self.came.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    there = Server()
    port = unused_port()
    controller = Controller(there, hostname="127.0.0.1", port=port)
    controller.start()
    there.url = f"smtp://127.0.0.1:{port}"
    yield there
    controller.stop()


def channel(url: str) -> EmailChannel:
    return EmailChannel(Smtp(url, timeout=5), "Social Direct <contact@example.org>", lambda: NOW)


async def failed(mail: EmailChannel, address: str = "ines@example.org", payload: Payload = TOLD) -> SendError:
    with pytest.raises(SendError) as caught:
        await mail.send(payload, address, "01J")
    assert "ines" not in f"{caught.value!r}{caught.value.__cause__!r}"
    return caught.value


async def test_a_text_arrives_whole(server: Server) -> None:
    assert await channel(server.url).send(TOLD, "ines@example.org", "01J") == "<01J@example.org>"
    (message,) = server.came
    assert message["From"] == "Social Direct <contact@example.org>"
    assert message["To"] == "ines@example.org"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == "Bonjour Inès\r\nÀ mardi.\r\n"
    assert message.get_content_type() == "text/plain"


@guards("L06")
async def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    """Not a word of greeting: no message was taken."""
    until = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as there:
        port = there.sockets[0].getsockname()[1]
        mail = EmailChannel(Smtp(f"smtp://127.0.0.1:{port}", timeout=0.2), "x@example.org", lambda: NOW)
        async with asyncio.timeout(30):  # ours, where nothing else ends it
            assert (await failed(mail)).outcome == "retry"
        until.set()


async def test_a_calendar_part_comes_beside_the_text(server: Server) -> None:
    await channel(server.url).send(with_calendar(TOLD, CALENDAR, "REQUEST"), "ines@example.org", "01J")
    (message,) = server.came
    text, calendar = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(calendar, EmailMessage)
    assert text.get_content_type() == "text/plain"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_content() == CALENDAR


@guards("T16")
async def test_nobody_adds_a_header_or_a_recipient(server: Server) -> None:
    forged = Payload("x", {"subject": "Bonjour\r\nBcc: eve@example.org", "text": "x"})
    await channel(server.url).send(forged, "ines@example.org", "01J")
    assert server.recipients == ["ines@example.org"]
    assert server.came[0]["Bcc"] is None
    assert server.came[0]["Subject"] == "Bonjour Bcc: eve@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ines",
        "ines@",
        "ines@example.org, eve@example.org",
        "ines@example.org\r\nBcc: eve@example.org",
        "é@example.org",
    ],
)
async def test_what_is_no_single_address_is_refused(address: str) -> None:
    kept = Kept()
    error = await failed(EmailChannel(kept, "contact@example.org", lambda: NOW), address)
    assert (error.outcome, error.dead) == ("refused", True)
    assert kept.messages == []


@pytest.mark.parametrize(
    ("to", "data", "outcome", "dead", "alarm"),
    [
        ("550 no such user", "", "refused", True, False),
        ("450 later", "", "retry", False, False),
        ("", "552 too much", "refused", False, True),
        ("", "451 later", "retry", False, False),
    ],
)
async def test_what_the_servers_answers_mean(
    to: str, data: str, outcome: str, dead: bool, alarm: bool, server: Server
) -> None:
    server.to, server.data = to, data
    error = await failed(channel(server.url))
    assert (error.outcome, error.dead, error.alarm) == (outcome, dead, alarm)


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    away = channel(f"smtp://127.0.0.1:{unused_port()}")
    assert (await failed(away)).outcome == "retry"
    (finding,) = await away.check()
    assert not finding.ok


async def test_a_server_that_wants_no_password_is_told_to_whoever_set_one(server: Server) -> None:
    error = await failed(channel(server.url.replace("//", "//user:p%40ss@")))
    assert (error.outcome, error.alarm) == ("stop", True)


async def test_the_server_is_looked_at(server: Server) -> None:
    (finding,) = await channel(server.url).check()
    assert finding.ok
    (finding,) = await EmailChannel(Kept(), "contact@example.org", lambda: NOW).check()
    assert finding.ok


def test_mail_is_not_read() -> None:
    with pytest.raises(Undecodable):
        EmailChannel(Kept(), "contact@example.org", lambda: NOW).decode(b"x")


@pytest.mark.parametrize(
    ("about", "subject"),
    [(Link("appointment", "a1"), "Social Direct : votre rendez-vous"), (None, "Social Direct : un message pour vous")],
)
def test_a_subject_speaks_of_an_appointment_where_there_is_one(about: Link | None, subject: str) -> None:
    draw = Draw(Voice("fr"), lambda _: "https://rdv.example.org/a/x", "fr", about=about)
    assert channel("").render(Reply((t("feedback.thanks"),)), draw).fields["subject"] == subject
