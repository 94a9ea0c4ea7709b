"""`socialdirect secrets`: fresh keys, as lines for `.env`. Nothing is kept; running it twice gives others."""

import base64
import secrets


def run() -> None:
    """Prints the three secrets that are ours to make."""
    for name, value in fresh().items():
        print(f"{name}={value}")


def fresh() -> dict[str, str]:
    """New values, from the operating system's source of randomness."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        # https://core.telegram.org/bots/api#setwebhook: letters, digits, _ and - only
        "TELEGRAM_WEBHOOK_SECRET": secrets.token_urlsafe(48),
    }
