"""The address of a video room: nobody can guess it, and it is made when it is opened, so nothing of it is stored.

Rooms of Jitsi exist once somebody enters (https://jitsi.github.io/handbook/docs/category/developer-guide). With an
application's id and secret the server asks for a token, which names the room and ends with the hour
(https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md).
"""

import hmac
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from booking.model import Appointment
from handlers.web.ports import JOIN_CLOSES, JOIN_OPENS

DEMO_ROOM = "/demo/room/"


def room_name(secret_key: str, appointment: Appointment) -> str:
    """160 bits. A moved appointment has another room: who had the old address cannot walk in."""
    digest = hmac.new(secret_key.encode(), f"room:{appointment.id}".encode(), sha256).digest()
    return b32encode(digest[:20]).decode().lower()


@dataclass(frozen=True, slots=True)
class VideoRooms:
    """`base` is VIDEO_URL. `app_id` and `app_secret` are given both or not at all."""

    base: str
    secret_key: str
    clock: Callable[[], datetime]
    app_id: str | None = None
    app_secret: str | None = None

    def __call__(self, appointment: Appointment) -> str:
        name = room_name(self.secret_key, appointment)
        address = f"{self.base.rstrip('/')}/{name}"
        return f"{address}?jwt={self._token(name, appointment)}" if self.app_id and self.app_secret else address

    def _token(self, room: str, appointment: Appointment) -> str:
        import jwt

        claims = {
            "aud": "jitsi",
            "iss": self.app_id,
            "sub": urlsplit(self.base).hostname or "",
            "room": room,
            "iat": self.clock(),
            "nbf": appointment.start - JOIN_OPENS,
            "exp": appointment.end + JOIN_CLOSES,
        }
        return jwt.encode(claims, self.app_secret or "", algorithm="HS256", headers={"kid": self.app_id or ""})


@dataclass(frozen=True, slots=True)
class DemoRooms:
    """A page of our own, where there is no video server."""

    public_url: str
    secret_key: str

    def __call__(self, appointment: Appointment) -> str:
        return f"{self.public_url.rstrip('/')}{DEMO_ROOM}{room_name(self.secret_key, appointment)}"
