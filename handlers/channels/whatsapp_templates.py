"""A notice by a template that Meta has approved, for after WhatsApp's 24 hours: the words of `locales/whatsapp.toml`,
the values of the notice, in the reader's language and zone. Pure.

How a reply becomes variables: its first sentence says which template; each hole of that template's body is a variable,
numbered in order; its value is the argument of that name of any of the reply's sentences, worded as the hole says. What
has no value, is too long, or would lose its page's address, has no template: it goes another way.

https://www.twilio.com/docs/content/using-variables-with-content-api; Meta's rules for bodies are tried in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from conversations.model import Reply, Say
from conversations.text import Text, Value, t
from handlers.channels import drawing
from handlers.channels.base import Draw
from handlers.channels.whatsapp_content import BODY, Drawn, Stored
from locales.voice import Voice
from locales.whatsapp import HOLE, LINES, LINK, Template, Wording, templates

HOW: Final[Mapping[str, Text]] = {
    "day": t("hole.day"),
    "time": t("hole.time"),
    "slot": t("hole.slot"),
    "when": t("hole.when"),
}
CATEGORY: Final = "UTILITY"
LINE: Final = "reminder.line"  # how the sentences of several hours begin
# What those who approve are shown.
SAMPLE: Final = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SAMPLES: Final[Mapping[str, Value]] = {
    "worker": "Claire",
    "name": "Camille",
    "number": "01 99 00 00 03",
    "address": "1 place de la Mairie, 56000 Vannes",
    "minutes": 10,
    "channel": "Telegram",
    "text": t("message.sample"),
    "mode": t("mode.phone"),
    "call": t("desk.call", phone="01 99 00 00 09"),
    LINK: "https://example.org/a/0123456789abcdefghijAB",
    LINES: t("reminder.line_video", start=SAMPLE, worker="Claire"),
}


def stored(template: Template, language: str) -> Stored:
    """Its definition in a language that it has words in. Raises KeyError for another."""
    wording = template.wordings[language]
    body, count = _numbered(wording), len(wording.holes)
    samples = {str(n): _sample(name, how, Voice(language)) for n, (name, how) in enumerate(wording.holes, 1)}
    if not wording.buttons:
        return Stored(template.name, language, {"twilio/text": {"body": body}}, samples, approved=True)
    ids = {str(count + n): f"0000001234:{n}" for n in range(1, len(wording.buttons) + 1)}
    actions = [
        {"type": "QUICK_REPLY", "title": title, "id": f"{{{{{count + n}}}}}"}
        for n, title in enumerate(wording.buttons, 1)
    ]
    types = {"twilio/quick-reply": {"body": body, "actions": actions}}
    return Stored(template.name, language, types, {**samples, **ids}, approved=True)


def all_stored(language: str) -> list[Stored]:
    return [stored(template, language) for template in templates() if language in template.wordings]


def drawn(reply: Reply, draw: Draw) -> Drawn | None:
    """The reply by its template; None where there is none for it."""
    template = _for(reply, draw.lang)
    if template is None:
        return None
    wording = template.wordings[draw.lang]
    values: dict[str, str] = {}
    filled: dict[str, str] = {}
    for number, (name, how) in enumerate(wording.holes, 1):
        value = " ".join(_value(reply, draw, name, how).split())
        if not value:
            return None
        values[str(number)] = filled[_hole(name, how)] = value
    shown = HOLE.sub(lambda hole: filled[hole[0]], wording.body)  # once: a value may look like a hole
    if len(shown) > BODY:
        return None
    ids = {str(len(values) + n): n for n in range(1, len(wording.buttons) + 1)}
    prompt = reply.prompt if template.options else ""
    return Drawn(stored(template, draw.lang).name, values, shown, ids, prompt, approved=True)


def _for(reply: Reply, language: str) -> Template | None:
    """By the first sentence; of two for the same, the one that has the question's choices, or a place for the page."""
    lead = reply.texts[0].msgid if reply.texts else ""
    options = tuple(option.label.msgid for option in reply.options)
    for template in templates():
        fits = lead in template.leads and language in template.wordings and template.linked == (reply.link is not None)
        # A question whose hours change has a button that shows it; one that asks for words alone has no template.
        asks = template.options == options if template.options or not reply.prompt else bool(options)
        if fits and asks:
            return template
    return None


def _value(reply: Reply, draw: Draw, name: str, how: str) -> str:
    """Empty where the reply has no such value."""
    if name == LINK:
        return "".join(drawing.link(reply, draw))
    if name == LINES:
        return "; ".join(draw.say(text).rstrip(".") for text in reply.texts if text.msgid.startswith(LINE))
    found = next((text.args[name] for text in reply.texts if name in text.args), "")
    return _said(found, how, draw.say)


def _said(value: Value, how: str, say: Say) -> str:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, datetime):
        return say(Text(HOW[how].msgid, {"at": value}))
    return str(value)


def _sample(name: str, how: str, say: Say) -> str:
    return _said(SAMPLES.get(name, SAMPLE), how, say).rstrip(".")


def _numbered(wording: Wording) -> str:
    body = wording.body
    for number, (name, how) in enumerate(wording.holes, 1):
        body = body.replace(_hole(name, how), f"{{{{{number}}}}}")
    return body


def _hole(name: str, how: str) -> str:
    return f"{{{name}:{how}}}" if how else f"{{{name}}}"
