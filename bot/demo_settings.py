"""The demo's own settings: this machine only, keys and database of its own under var/, nothing of a real provider."""

import base64
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

from bot import demo_people
from bot.failures import WrongUse

FOLDER: Final = Path("var/demo")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# With any of these set, somebody means a real account: the demo does not run beside it.
CREDENTIALS: Final = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TELEGRAM_BOT_TOKEN",
    "SMTP_URL",
    "VIDEO_SECRET",
)
DESK_PHONE: Final = "+33199000009"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a second run needs of the first: without the keys its rows could not be read."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def given() -> dict[str, str]:
    """The environment over .env, as everywhere; empty is not set."""
    both = {**dotenv_values(".env"), **os.environ}
    return {name: value for name, value in both.items() if value}


def check(environment: Mapping[str, str]) -> None:
    """Refuses real credentials, and every address but this machine's own."""
    for name in CREDENTIALS:
        if name in environment:
            raise WrongUse(f"{name} is set: the demo never runs beside real credentials; unset it, or use `serve`")
    if (host := environment.get("HOST", "127.0.0.1")) not in LOOPBACK:
        raise WrongUse(f"HOST is {host}: the demo listens on 127.0.0.1 only, since whoever reaches it plays everybody")


def keep(folder: Path = FOLDER) -> Kept:
    """The keys of this machine's demo; made at the first run, readable by their owner only."""
    path = folder / "keys.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = {
            "secret_key": secrets.token_urlsafe(48),
            "encryption_keys": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "twilio_account_sid": f"AC{secrets.token_hex(16)}",
            "twilio_auth_token": secrets.token_hex(16),
            "telegram_webhook_secret": secrets.token_urlsafe(48),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(fresh, indent=1))
    return Kept(json.loads(path.read_text()))


def own(
    kept: Kept, environment: Mapping[str, str], twilio_url: str, telegram_url: str, folder: Path = FOLDER
) -> Mapping[str, Any]:
    """The operator's rules hold in the demo too (REMINDERS, QUIET_HOURS …); where things are is the demo's own."""
    here = folder.absolute()
    host, port = environment.get("HOST", "127.0.0.1"), environment.get("PORT", "8080")
    shown = f"[{host}]" if ":" in host else host
    return {
        **{name.upper(): value for name, value in kept.values.items()},
        "HOST": host,
        "PORT": port,
        "PUBLIC_URL": f"http://{shown}:{port}",
        "DATABASE_URL": f"sqlite://{here / 'demo.sqlite3'}",
        "REDIS_URL": None,
        "DOCUMENTS_URL": f"file://{here / 'documents'}",
        "TWILIO_EXTRA_AUTH_TOKENS": (),
        "TWILIO_SMS_FROM": demo_people.SMS_NUMBER,
        "TWILIO_MESSAGING_SERVICE_SID": None,
        "TWILIO_SMS_NOTICE_FROM": None,
        "TWILIO_WHATSAPP_FROM": demo_people.WHATSAPP_NUMBER,
        "TWILIO_VOICE_FROM": demo_people.VOICE_NUMBER,
        "TWILIO_OPT_OUT": "default",
        "TWILIO_API_URL": twilio_url,
        "TWILIO_WHATSAPP_API_URL": twilio_url,
        "TWILIO_CONTENT_API_URL": twilio_url,
        "TELEGRAM_BOT_TOKEN": demo_people.BOT_TOKEN,
        "TELEGRAM_API_URL": telegram_url,
        "MAIL_FROM": "bonjour@example.org",
        "ALERT_TO": None,
        "VIDEO_URL": None,
        "VIDEO_APP_ID": None,
        "SWITCHBOARD_PHONE": environment.get("SWITCHBOARD_PHONE", DESK_PHONE),
        "LOG_LEVEL": environment.get("LOG_LEVEL", "WARNING"),
    }


def leave(named: Mapping[str, Any], folder: Path = FOLDER) -> None:
    """`.env` in the demo's folder, for its owner alone: commands that are run there work on the demo's database and
    stand-ins. Written anew at each start, since the stand-ins' ports are others then.
    """
    path = folder / ".env"
    path.touch(mode=0o600)
    lines = (
        "{}='{}'\n".format(name, re.sub(r"([\\'])", r"\\\1", str(value))) for name, value in named.items() if value
    )
    path.write_text("".join(lines))
