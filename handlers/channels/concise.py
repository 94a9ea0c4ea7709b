"""The same in fewer words, where an SMS would travel in more than two parts.

Whoever writes for the first time is told who we are before they are answered; with a list of hours under it, both at
their longest do not fit. Step by step, words give way to shorter ones that say the same; days and hours never do, as
abbreviated ones are misread. Last, whoever has an account is not told what a text costs, nor whoever writes from abroad
that no reminder comes: the one has accepted our terms, the other is told once it matters, as they book.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conversations import buttons
from conversations.model import Reply
from conversations.text import Text, t
from handlers.channels import gsm7

MOST: Final = 2  # parts of a message
STEPS: Final[Sequence[Mapping[str, Text]]] = (
    {
        "welcome.sms": t("welcome.sms.short"),
        "welcome.code": t("welcome.code.short"),
        "welcome.abroad": t("welcome.abroad.short"),
        "code.ask": t("code.ask.short"),
        "desk_late.sorry": t("desk_late.sorry.short"),
    },
    {
        "missed_call.too_late": t("missed_call.too_late.short"),
        "slot.ask": t("slot.ask.short"),
        "slot.ask_worker": t("slot.ask_worker.short"),
        **{msgid: text for msgid, text in buttons.SHORT.items() if msgid not in {"slot.label", "message.label"}},
    },
    {"welcome.known": t("welcome.known.short"), "welcome.abroad.short": t("welcome.sms.short")},
)


def fitting(reply: Reply, drawn: Callable[[Reply], str]) -> str:
    """As it is said in full if that fits; else in the fewest parts that it can be said in, as fully as they allow."""
    best = drawn(reply)
    for wording in _shorter(reply):
        if gsm7.size(best).segments <= MOST:
            break
        text = drawn(wording)
        best = text if gsm7.size(text).segments < gsm7.size(best).segments else best
    return best


def _shorter(reply: Reply) -> Iterator[Reply]:
    """By one step each; a step that has nothing to shorten is left out."""
    for step in STEPS:
        shorter = replace(
            reply,
            texts=tuple(_said(text, step) for text in reply.texts),
            options=tuple(replace(option, label=_said(option.label, step)) for option in reply.options),
        )
        if shorter != reply:
            reply = shorter
            yield reply


def _said(text: Text, step: Mapping[str, Text]) -> Text:
    found = step.get(text.msgid)
    return text if found is None else Text(found.msgid, text.args)
