"""The address of a worker's own calendar: found in what they wrote, and judged before anything is fetched from it.

It is a secret: whoever has it reads the whole calendar. And it is the one address on the outside that a stranger could
make this program call (threat T13), so only its shape is judged here, and whom it leads to when the connection is made.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit, urlunsplit

LONGEST: Final = 2000  # characters; Outlook's and Google's private addresses have about 200
_WRITTEN: Final = re.compile(r"\b(?:webcals?|https?)://[^\s<>\"]+", re.IGNORECASE)


def find(text: str) -> str | None:
    """The first address that a text names, as it was written."""
    found = _WRITTEN.search(text)
    return found[0].rstrip(".,;)") if found else None


def without(text: str) -> str:
    """The text around its addresses: a word inside an address is not said."""
    return _WRITTEN.sub(" ", text)


def says_calendar(address: str) -> bool:
    """Whether it tells by its scheme that it is a calendar's, as programs write it."""
    return address.lower().startswith("webcal")


def looks_so(address: str) -> bool:
    """Whether it may well be a calendar's, by how Google, Outlook, iCloud and their like write theirs."""
    said = address.lower()
    return says_calendar(address) or ".ics" in said or any(word in said for word in ("ical", "calendar", "calendrier"))


def checked(address: str) -> str | None:
    """The address as it may be called: https, a name with a dot in it, the usual port, no password. Else None.

    `webcal` is how calendar programs write the same thing.
    """
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in {"https", "webcal", "webcals"} or port not in {None, 443}:
        return None
    if parts.username is not None or parts.password is not None or not _is_name(host):
        return None
    return urlunsplit(("https", host, parts.path or "/", parts.query, ""))


def _is_name(host: str) -> bool:
    if "." not in host or not re.fullmatch(r"[a-z0-9.-]+", host) or host.rpartition(".")[2].isdecimal():
        return False  # one label is a name of our own network, digits at the end an address in some dress
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
