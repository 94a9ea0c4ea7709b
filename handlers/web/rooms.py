"""The address of a video room: nobody can guess it, and it is made when it is opened, so nothing of it is stored.

Rooms of Jitsi exist once somebody enters (https://jitsi.github.io/handbook/docs/category/developer-guide). With an
application's id and secret the server asks for a token, which names one room, one participant and the time of the hour
(https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md):

    {"iss": app id, "aud": app id, "sub": "video.example.org", "room": …, "iat": now, "nbf": start - 10 min,
     "exp": end + 30 min, "context": {"user": {"id": "worker", "name": "Claire", "affiliation": "owner",
     "moderator": "true"}, "features": {"recording": "false", …}}}

It is signed at each click and stands in no message: our own link redirects there. It lasts as long as the door is open,
because a telephone that lost its network comes back with the same address; the server looks at it on entering alone.
"""

import hmac
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from booking.model import Appointment
from handlers.web.ports import JOIN_CLOSES, JOIN_OPENS, Seat

DEMO_ROOM: Final = "/demo/room/"

# Nothing is recorded (terms, annex: video). Without `features` in a token Jitsi allows every one of them, and it
# compares with the string "true": util.lib.lua, is_feature_allowed, of its prosody plugins.
FEATURES: Final[Mapping[str, str]] = dict.fromkeys(
    ("recording", "livestreaming", "transcription", "sip-inbound-call", "sip-outbound-call"), "false"
)

# mod_token_affiliation makes an owner of who says so here, and a member of everybody else. All values are strings: null
# or a number raises in prosody.
RANKS: Final[Mapping[str, Mapping[str, str]]] = {
    "worker": {"affiliation": "owner", "moderator": "true"},
    "person": {"affiliation": "member", "moderator": "false"},
}

# What the browser is asked for besides, as far as the server lets an address decide (jitsi-meet, configWhitelist.ts):
# camera and microphone are tried before one is seen; no recording, no other companies' servers, no invitations, no
# list of past rooms on a telephone that others use.
CONFIG: Final = "&".join(
    f"config.{name}"
    for name in (
        "prejoinConfig.enabled=true",
        "disableThirdPartyRequests=true",
        "localRecording.disable=true",
        "recordingService.enabled=false",
        "liveStreaming.enabled=false",
        "transcription.enabled=false",
        "disableInviteFunctions=true",
        "doNotStoreRoom=true",
    )
)


def room_name(secret_key: str, appointment: Appointment) -> str:
    """160 bits. A moved appointment has another room: who had the old address cannot walk in."""
    digest = hmac.new(secret_key.encode(), f"room:{appointment.id}".encode(), sha256).digest()
    return b32encode(digest[:20]).decode().lower()


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """A token as prosody reads it."""
    import jwt

    return jwt.encode(dict(claims), secret, algorithm="HS256")


def address(base: str, room: str, token: str | None) -> str:
    """Where the browser goes. The token is in the address: Jitsi takes it nowhere else."""
    door = f"{base.rstrip('/')}/{room}"
    return f"{door}?jwt={token}" if token else door


@dataclass(frozen=True, slots=True)
class VideoRooms:
    """`base` is VIDEO_URL. `app_id` and `app_secret` are given both or not at all."""

    base: str
    secret_key: str
    clock: Callable[[], datetime]
    app_id: str | None = None
    app_secret: str | None = None

    def __call__(self, appointment: Appointment, seat: Seat) -> str:
        room = room_name(self.secret_key, appointment)
        token = (
            signed(self.claims(room, appointment, seat), self.app_secret) if self.app_id and self.app_secret else None
        )
        return f"{address(self.base, room, token)}#{CONFIG}"

    def claims(self, room: str, appointment: Appointment, seat: Seat) -> Mapping[str, Any]:
        where = urlsplit(self.base)
        return {
            "aud": self.app_id,
            "iss": self.app_id,
            "sub": where.path.strip("/").lower() or where.hostname or "",  # a tenant's name, else the domain
            "room": room,
            "iat": self.clock(),
            "nbf": appointment.start - JOIN_OPENS,
            "exp": appointment.end + JOIN_CLOSES,
            "context": {"user": {"id": seat.role, "name": seat.name, **RANKS[seat.role]}, "features": FEATURES},
        }


@dataclass(frozen=True, slots=True)
class DemoRooms:
    """A page of our own, where there is no video server."""

    public_url: str
    secret_key: str

    def __call__(self, appointment: Appointment, seat: Seat) -> str:
        return f"{self.public_url.rstrip('/')}{DEMO_ROOM}{room_name(self.secret_key, appointment)}/{seat.role}"
