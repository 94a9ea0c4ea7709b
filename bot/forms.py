"""How the values of settings are written: `4h`, `48h,2h`, `21:00-08:00`, `mon-fri 09:00-18:00`, keys, numbers.

Each function takes the text and gives the value, or raises ValueError saying what was expected. The message never
repeats the text: it may be a secret.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit

from booking.model import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS: dict[str, Literal["seconds", "minutes", "hours", "days"]] = {
    "s": "seconds",
    "m": "minutes",
    "h": "hours",
    "d": "days",
}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When what is not urgent waits, in the recipient's own time zone. May cross midnight, and usually does."""

    start: time
    end: time

    def holds(self, local: datetime) -> bool:
        """Whether this local moment is quiet; the end is not."""
        now = local.time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


def parts(text: str) -> list[str]:
    """The comma-separated parts, without blanks and empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]


def duration(text: str) -> timedelta:
    """`15m`, `4h`, `56d`, `90s`."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError("expected a length of time such as 15m, 4h or 56d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def durations(text: str) -> tuple[timedelta, ...]:
    """`48h,2h`: the longest first, however they were written."""
    found = tuple(sorted({duration(part) for part in parts(text)}, reverse=True))
    if not found:
        raise ValueError("expected lengths of time such as 48h,2h")
    return found


def rates(text: str) -> dict[str, tuple[int, timedelta]]:
    """`sms=10/s,email=100/m`: so many messages in a second, minute or hour, by channel."""
    found = {}
    for part in parts(text):
        named = re.fullmatch(r"(sms|whatsapp|telegram|email)=(\d{1,5})/([smh])", part)
        if named is None or int(named[2]) == 0 or named[1] in found:
            raise ValueError("expected rates of channels such as sms=10/s,email=100/m")
        found[named[1]] = (int(named[2]), timedelta(**{UNITS[named[3]]: 1}))
    return found


def prices(text: str) -> dict[str, Decimal]:
    """`sms=0.0725,whatsapp=0.05`: of a segment, by channel, in EUR."""
    found: dict[str, Decimal] = {}
    for part in parts(text):
        named = re.fullmatch(r"(sms|whatsapp|telegram|email)=([0-9]{1,3}(?:\.[0-9]{1,6})?)", part)
        if named is None or named[1] in found:
            raise ValueError("expected prices of channels such as sms=0.0725,whatsapp=0.05")
        found[named[1]] = Decimal(named[2])
    return found


PLACES = ("server", "database", "documents", "backups", "redis", "scanner", "mail", "video", "twilio")
ELSEWHERE = (*PLACES, "twilio-us", "meta", "telegram")


def regions(text: str) -> dict[str, str]:
    """`database=fr,mail=ie`: the country of each, by its two letters (ISO 3166), or `eu`."""
    found: dict[str, str] = {}
    for part in parts(text):
        name, _, country = part.lower().partition("=")
        if name not in PLACES or name in found or re.fullmatch("[a-z]{2}", country) is None:
            raise ValueError(f"expected countries such as database=fr,mail=ie, of {', '.join(PLACES)}")
        found[name] = country
    return found


def elsewhere(text: str) -> frozenset[str]:
    """`twilio-us,meta`."""
    found = frozenset(part.lower() for part in parts(text))
    if not found <= {*ELSEWHERE}:
        raise ValueError(f"expected names among {', '.join(ELSEWHERE)}")
    return found


def clock(text: str) -> time:
    """`09:00`."""
    if re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text) is None:
        raise ValueError("expected times such as 09:00")
    return time.fromisoformat(text)


def quiet_hours(text: str) -> QuietHours:
    """`21:00-08:00`."""
    start, dash, end = text.strip().partition("-")
    if not dash or start == end:
        raise ValueError("expected two different times such as 21:00-08:00")
    return QuietHours(clock(start), clock(end))


def days(text: str) -> frozenset[int]:
    """`mon-fri`, `sat`, `fri-mon`: weekdays, Monday is 0."""
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError("expected days such as mon-fri or sat")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def weekly_hours(text: str) -> tuple[Hours, ...]:
    """`mon-fri 09:00-12:30, mon-thu 14:00-18:00, sat 10:00-12:00`."""
    found = []
    for part in parts(text.lower()):
        named, _, times = part.partition(" ")
        start, dash, end = times.strip().partition("-")
        if not dash or start == end:
            raise ValueError("expected hours such as mon-fri 09:00-18:00")
        found.append(Hours(days(named), clock(start), clock(end)))
    if not found:
        raise ValueError("expected hours such as mon-fri 09:00-18:00")
    return tuple(found)


def key(text: str) -> bytes:
    """32 bytes in URL-safe base64, with or without its padding."""
    bare = text.strip().rstrip("=")
    try:
        if re.fullmatch(r"[A-Za-z0-9_-]+", bare) is None:
            raise binascii.Error
        found = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        found = b""
    if len(found) != 32:
        raise ValueError("expected keys of 32 bytes in URL-safe base64: `socialdirect secrets` prints one")
    return found


def languages(text: str) -> tuple[str, ...]:
    """`fr,en,pt_PT`: catalogue names, in the order in which they are offered."""
    found = tuple(dict.fromkeys(parts(text)))
    if not found or any(re.fullmatch(r"[a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?", name) is None for name in found):
        raise ValueError("expected languages such as fr,en,pt_PT")
    return found


def phone(text: str) -> str:
    """A number with its country code. Blanks are dropped, as people copy them."""
    bare = re.sub(r"[\s.]", "", text)
    if re.fullmatch(r"\+[1-9]\d{6,14}", bare) is None:
        raise ValueError("expected a phone number with its country code, such as +33199000001")
    return bare


def sms_sender(text: str) -> str:
    """A number, or a short code: people can answer either."""
    return text.strip() if re.fullmatch(r"\d{3,8}", text.strip()) else phone(text)


def sender_name(text: str) -> str:
    """A one-way sender: letters, digits and blanks, at least one letter.

    https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id
    """
    bare = text.strip()
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}", bare) is None:
        raise ValueError("expected 1 to 11 letters, digits or blanks with at least one letter")
    return bare


def web_address(text: str) -> str:
    """`https://host/path`, without a slash at its end, so that paths can be appended."""
    found = urlsplit(text.strip())
    if found.scheme not in {"http", "https"} or not found.hostname or found.query or found.fragment:
        raise ValueError("expected an address such as https://rdv.example.org")
    return text.strip().rstrip("/")


def address_of(text: str, *schemes: str) -> str:
    """A server's address with one of these schemes."""
    if not any(text.startswith(f"{scheme}://") and len(text) > len(scheme) + 3 for scheme in schemes):
        raise ValueError(f"expected an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return text


def documents(text: str) -> str:
    """A folder of this machine, or a bucket with the key to it."""
    if text.startswith("file://") and len(text) > len("file://"):
        return text
    found = urlsplit(text)
    if found.scheme in {"s3", "s3+http"} and found.hostname and found.username and found.password and found.path[1:]:
        return text
    raise ValueError("expected file://folder or s3://key:secret@host/bucket?region=name")


def scanner(text: str) -> str:
    """ClamAV's daemon."""
    found = urlsplit(text)
    if (found.scheme == "tcp" and found.hostname) or (found.scheme == "unix" and found.path[1:] and not found.netloc):
        return text
    raise ValueError("expected tcp://host:3310 or unix:///run/clamav/clamd.ctl")


def mail_address(text: str) -> str:
    """`name@host`, or `Name <name@host>`."""
    bare = text.strip()
    if re.fullmatch(r"[^<>@\s]+@[^<>@\s]+|[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>", bare) is None:
        raise ValueError("expected an e-mail address")
    return bare
