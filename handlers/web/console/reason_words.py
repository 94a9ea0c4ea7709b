"""Why a message was not sent, waits or is not said any more, in the reader's words. A provider's code stays a code:
docs/outcomes.md tells what each means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from conversations.text import Text, t
from handlers.web.console.words import CHANNELS

REASONS: Final[Mapping[str, Text]] = {
    "answered": t("console.reason.answered"),
    "appointment_changed": t("console.reason.appointment_changed"),
    "called": t("console.reason.called"),
    "ceiling": t("console.reason.ceiling"),
    "contact_gone": t("console.reason.contact_gone"),
    "content_gone": t("console.reason.content_gone"),
    "daily_cap": t("console.reason.daily_cap"),
    "digest": t("console.reason.digest"),
    "due_already": t("console.reason.too_late"),
    "first_contacts": t("console.reason.first_contacts"),
    "just_booked": t("console.reason.just_booked"),
    "just_confirmed": t("console.reason.just_confirmed"),
    "no_mail": t("console.reason.no_mail"),
    "no_worker": t("console.reason.no_worker"),
    "nobody_came": t("console.reason.nobody_came"),
    "number_abroad": t("console.reason.number_abroad"),
    "opted_out": t("console.reason.opted_out"),
    "other_clock": t("console.reason.other_clock"),
    "pace": t("console.reason.pace"),
    "quiet_hours": t("console.reason.quiet_hours"),
    "read_already": t("console.reason.read_already"),
    "same_time": t("console.reason.same_time"),
    "sending is paused": t("console.reason.paused"),
    "told_already": t("console.reason.told_already"),
    "too_late": t("console.reason.too_late"),
    "useless": t("console.reason.too_late"),
    "window_closed": t("console.reason.window_closed"),
}
MERGED: Final = re.compile(r"into \w+")
HELD: Final = re.compile(r"(?P<channel>\w+) is (?P<how>not set up|stopped|slow)(?:: (?P<code>.*))?", re.DOTALL)


def reason_words(reason: str) -> Text | None:
    """None for a code that is not ours."""
    if MERGED.fullmatch(reason):
        return t("console.reason.merged")
    held = HELD.fullmatch(reason)
    if held is None or held["channel"] not in CHANNELS:
        return REASONS.get(reason)
    channel = CHANNELS[held["channel"]]
    if held["how"] == "not set up":
        return t("console.reason.not_set_up", channel=channel)
    if held["how"] == "slow":
        return t("console.reason.slow", channel=channel, code=held["code"] or "")
    return t("console.reason.stopped", channel=channel, code=held["code"] or "")
