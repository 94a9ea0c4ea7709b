"""The providers' libraries are heavy: reading, drawing and judging go without them."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("telegram", {"telegram", "twilio", "httpx", "phonenumbers", "aiosmtplib"}),
        ("sms", {"telegram", "twilio", "httpx", "phonenumbers", "aiosmtplib"}),
        ("whatsapp", {"telegram", "twilio", "httpx", "phonenumbers", "aiosmtplib"}),
        ("email", {"telegram", "twilio", "aiosmtplib"}),
        ("terminal", {"telegram", "twilio", "aiohttp"}),
    ],
)
def test_what_a_channel_imports(module: str, kept_out: set[str]) -> None:
    program = f"import handlers.channels.{module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert kept_out.isdisjoint(done.stdout.split())
