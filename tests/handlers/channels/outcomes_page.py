"""The page for operators that the table of outcomes is printed as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from handlers.channels.outcomes import LINE, MAIL, TELEGRAM, TWILIO, Meaning
from handlers.holding import MOST_SLOW, MOST_STOPPED
from handlers.refusing import FREQUENT

HEAD: Final = """# What becomes of a message that a provider does not take

Printed from `handlers/channels/outcomes.py` by `tests/handlers/channels/test_outcomes.py` (`--update` writes it anew).
Read on the providers' pages, not tried against them, but for what captured payloads show.

| outcome | what follows |
|---|---|
| again | certainly not processed: tried again, for six hours at most; then another channel, or a human |
| final | never will be: another channel of theirs, or a human is told (`nobody_reached`) |
| unknown | may have arrived: the status callback tells, else Twilio's log, else one marked resend if harmless |
| stop | nothing will be taken before our side is mended: alarm `sender_stopped`, all waits in its order |

A sender that is *slow* or stopped tries one message at a time, after a second and then ever more seldom, until one is
accepted: at most {slow} s apart when slow, {stopped} min when stopped. *Told later*: by a delivery state, after a yes.
"""
PARTS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    "Twilio": TWILIO,
    "Telegram": TELEGRAM,
    "Mail": MAIL,
    "The call itself": LINE,
}
WORDS: Final = {"retry": "again", "refused": "final", "unknown": "unknown", "stop": "stop"}


def page() -> str:
    minutes = int(MOST_STOPPED / timedelta(minutes=1))
    lines = [HEAD.format(slow=int(MOST_SLOW.total_seconds()), stopped=minutes)]
    for name, table in PARTS.items():
        lines += [f"## {name}", "", "| code | what happened | outcome | and |", "|---|---|---|---|"]
        lines += [
            f"| {code} | {meaning.words} | {WORDS[meaning.outcome]} | {'; '.join(more(meaning))} |"
            for code, meaning in table.items()
        ]
        lines.append("")
    return "\n".join([*lines, "Any other code of Twilio's: final, and an alarm.\n"])


def more(meaning: Meaning) -> Iterator[str]:
    if meaning.after:
        yield f"after {int(meaning.after / timedelta(minutes=1))} min"
    if meaning.again:
        yield f"told later: sent again {'once' if meaning.again == 1 else 'twice'}"
    if meaning.slow:
        yield "slow"
    if meaning.dead:
        yield "nobody is there: the address is left alone"
    elif meaning.strikes != Meaning(meaning.outcome).strikes:
        yield f"the address is left alone after {meaning.strikes}"
    if meaning.opted_out:
        yield "silent until they write again"
    if meaning.window_closed:
        yield "by SMS instead"
    if meaning.seldom:
        yield f"alarm from {FREQUENT[0]} a day, if more than 1 in {FREQUENT[1]}"
    elif meaning.alarm and meaning.outcome != "stop":
        yield "alarm"
