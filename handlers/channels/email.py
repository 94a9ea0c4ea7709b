"""Mail: confirmation links, and notices to workers who chose it. Text, and a calendar part where there is one.

Nothing is read here: people answer on the channel that they wrote on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import unquote, urlsplit

from conversations.model import Input, Reply
from conversations.text import t
from handlers.channels import drawing
from handlers.channels.base import ChannelName, Draw, Finding, Payload, SendError, Signal, Undecodable
from handlers.channels.outcomes import MAIL, of_line

if TYPE_CHECKING:
    import aiosmtplib  # at run time only where mail is sent: it takes a while

TIMEOUT: Final = 20.0


class Post(Protocol):
    """What takes a message away. `Smtp`, or `Kept` in the demo."""

    async def deliver(self, message: EmailMessage) -> None:
        """Raises SendError."""

    async def greet(self) -> None:
        """Raises SendError when the server does not take us."""


@dataclass(slots=True)
class Kept:
    """Mail that is shown instead of sent."""

    messages: list[EmailMessage] = field(default_factory=list)

    async def deliver(self, message: EmailMessage) -> None:
        self.messages.append(message)

    async def greet(self) -> None:
        """Always there."""


@dataclass(frozen=True, slots=True)
class EmailChannel:
    post: Post
    sender: str  # "Social Direct <contact@…>", or an address alone
    clock: Callable[[], datetime]
    name: ChannelName = "email"

    def decode(self, raw: bytes) -> Input | Signal:  # noqa: ARG002
        raise Undecodable("mail is not read")

    def render(self, reply: Reply, draw: Draw) -> Payload:
        # Nothing that asks for an answer: none is read here.
        said = tuple(text for text in reply.texts if text.msgid not in drawing.ANSWERED_BY_WORDS)
        text = drawing.numbered(replace(reply, texts=said), draw)
        # Nothing of what it says: others may read over a shoulder.
        subject = t("mail.subject") if draw.about is not None or draw.calendar is not None else t("mail.subject_other")
        payload = Payload(text, {"subject": draw.say(subject), "text": text})
        return with_calendar(payload, draw.calendar.text, draw.calendar.method) if draw.calendar else payload

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        message = self._message(payload, address)
        # The same id at each try: a message that came twice is shown once.
        message["Message-ID"] = f"<{outbox_id}@{self.sender.rpartition('@')[2].strip('>')}>"
        await self.post.deliver(message)
        return str(message["Message-ID"])

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:  # noqa: ARG002
        return []

    async def ping(self) -> None:
        """Whether the server takes us, without a message."""
        await self.post.greet()

    async def check(self) -> Sequence[Finding]:
        try:
            await self.post.greet()
        except SendError as error:
            of = "the name and password in SMTP_URL" if error.alarm else "SMTP_URL's host and port, and the way there"
            return [Finding("email", False, f"The mail server does not take us ({error}); check {of}.")]
        return [Finding("email", True, "The mail server takes us.")]

    def _message(self, payload: Payload, address: str) -> EmailMessage:
        message = EmailMessage(policy.SMTP)
        message["From"] = _line(self.sender)
        message["To"] = _single(address)
        message["Subject"] = _line(payload.fields["subject"])
        message["Date"] = format_datetime(self.clock())
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
        message.set_content(payload.fields["text"])
        if calendar := payload.fields.get("calendar"):
            message.add_alternative(calendar, subtype="calendar", params={"method": payload.fields["method"]})
        return message


def with_calendar(payload: Payload, calendar: str, method: Literal["REQUEST", "CANCEL", "PUBLISH"]) -> Payload:
    """The message with an iCalendar part, which mail programs offer to put in the agenda (RFC 6047)."""
    return replace(payload, fields={**payload.fields, "calendar": calendar, "method": method})


@dataclass(frozen=True, slots=True)
class Smtp:
    """`url`: smtp://user:password@host:port, or smtps://…"""

    url: str
    timeout: float = TIMEOUT

    async def deliver(self, message: EmailMessage) -> None:
        import aiosmtplib

        client = await self._connected()
        try:
            await client.send_message(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _failure(error) from None
        finally:
            client.close()

    async def greet(self) -> None:
        (await self._connected()).close()

    async def _connected(self) -> "aiosmtplib.SMTP":
        """Connected and logged in. Whatever fails here, no message was taken."""
        import aiosmtplib

        parts = urlsplit(self.url)
        client = aiosmtplib.SMTP(
            hostname=parts.hostname,
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=self.timeout,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, OSError):
            raise of_line("unreached") from None
        except aiosmtplib.SMTPException as error:  # our name and password, or how they are given
            if isinstance(error, aiosmtplib.SMTPResponseException):
                raise _reply(error.code, "login") from None
            raise MAIL["login"].error("not_logged_in") from None
        return client


def _failure(error: Exception) -> SendError:
    """By SMTP's own grammar: 4xx is for a while, 5xx for good (RFC 5321, 4.2.1). Texts hold addresses: none is kept."""
    import aiosmtplib

    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _reply(max((refused.code for refused in error.recipients), default=550), "5xx to")
        case aiosmtplib.SMTPSenderRefused():
            return _reply(error.code, "sender")
        case aiosmtplib.SMTPResponseException():
            return _reply(error.code, "5xx")
    return of_line("no_answer")


def _reply(code: int, for_good: str) -> SendError:
    """`for_good`: which line of the table a 5xx is."""
    line = for_good if code >= 500 else "421" if code == 421 else "4xx"
    return MAIL[line].error(str(code))


def _line(text: str) -> str:
    """One line of a header: nobody adds one of their own."""
    return " ".join(text.split())


def _single(address: str) -> Address:
    """One recipient, whatever the text pretends."""
    try:
        found = Address(addr_spec=address)
    except (ValueError, HeaderParseError, IndexError):
        raise MAIL["bad_address"].error("bad_address") from None
    if not address.isascii() or not found.domain:
        raise MAIL["bad_address"].error("bad_address")
    return found
