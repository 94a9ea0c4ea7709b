"""What lies at Twilio's Content API for us, and which of it a reply is sent with: pure, no call is made here.

    sd_buttons_2_fr_1a2b3c4d      two reply buttons               body {{1}}; title and id of each
    sd_list_4_fr_1a2b3c4d         a list of four                  the same, and the word that opens it
    sd_lines_4_3_fr_1a2b3c4d      the same, the first three       the same, and what stands under these three
                                  with two lines
    sd_reminder_fr_1a2b3c4d       a template for after the 24 hours (`locales/whatsapp.toml`)

A name ends with a digest of all that it stands for, so what was changed is made anew beside the old one, and each
release finds its own. https://www.twilio.com/docs/content/twilio-quick-reply, …/twiliolist-picker,
…/using-variables-with-content-api. Read, not tried: that a body which is one variable is taken for use within the 24
hours, and that a tap on a template's button brings the id that was given at sending.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from conversations.buttons import two_lines, wordings
from conversations.flows.danger import NUMBERS
from conversations.model import Reply
from conversations.text import Text, t
from handlers.channels import drawing
from handlers.channels.base import Draw

BODY: Final = 1024  # signs, all variables filled in
BUTTON, MOST_BUTTONS = 20, 3
ITEM, MOST_ITEMS, UNDER = 24, 10, 72
MOST_SINGLE: Final = 2  # lines without a second one, at the end of those that have one
PREFIX: Final = "sd_"
IN_DANGER: Final = frozenset(text.msgid for text in NUMBERS.values())
SENTENCE_ENDS: Final = (".", "?", "!", ":")


@dataclass(frozen=True, slots=True)
class Stored:
    """A definition as it lies there. `base` is its name without the digest; `approved`: Meta has to allow it."""

    base: str
    language: str
    types: Mapping[str, Any]
    variables: Mapping[str, str]  # samples
    approved: bool = False

    @property
    def name(self) -> str:
        """Lower case, digits and underscores: also the name that it is submitted by."""
        whole = json.dumps([self.language, self.types, self.variables], sort_keys=True, ensure_ascii=True)
        return f"{PREFIX}{self.base}_{self.language}_{sha256(whole.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A reply as such a content: by its name, with the values of this sending. `shown`: its words on the phone.

    `ids`: the variables that hold the ids of buttons, each with its number; they name the question, or our message.
    """

    name: str
    variables: Mapping[str, str]
    shown: str
    ids: Mapping[str, int]
    prompt: str = ""
    approved: bool = False

    def filled(self, outbox_id: str) -> str:
        """ContentVariables: a JSON text. All of them, since one that is left out takes its sample."""
        prompt = self.prompt or notice_prompt(outbox_id)
        ids = {variable: f"{prompt}:{number}" for variable, number in self.ids.items()}
        return json.dumps({**self.variables, **ids}, ensure_ascii=False)


def notice_prompt(outbox_id: str) -> str:
    """What the buttons of a message carry that asked no question of a talk: its own id, in a prompt's ten signs."""
    return f"{outbox_id:0>10}"


def outbox_id(prompt: str) -> str | None:
    """The message of ours whose button that is, if `notice_prompt` made it; a question's id is hardly ever all digits,
    and whoever asks looks whose message it is.
    """
    return prompt.lstrip("0") or None if prompt.isascii() and prompt.isdecimal() else None


# ------------------------------------------------------------ within the 24 hours


def buttons(count: int, language: str) -> Stored:
    """Reply buttons: the titles and ids are variables, so one serves every question with that many choices."""
    actions = [
        {"type": "QUICK_REPLY", "title": f"{{{{{2 * n}}}}}", "id": f"{{{{{2 * n + 1}}}}}"} for n in range(1, count + 1)
    ]
    types = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    return Stored(f"buttons_{count}", language, types, _samples(count))


def listed(count: int, language: str, opens: str) -> Stored:
    """A list. `opens`: the word on the button that opens it, the same in all of a language's."""
    items = [{"item": f"{{{{{2 * n}}}}}", "id": f"{{{{{2 * n + 1}}}}}"} for n in range(1, count + 1)]
    types = {"twilio/list-picker": {"body": "{{1}}", "button": opens, "items": items}}
    return Stored(f"list_{count}", language, types, _samples(count))


def lines(count: int, double: int, language: str, opens: str) -> Stored:
    """A list whose first `double` items have a second line."""
    items = [{"item": f"{{{{{2 * n}}}}}", "id": f"{{{{{2 * n + 1}}}}}"} for n in range(1, count + 1)]
    under = {str(2 * count + 1 + n): f"Détail {n}" for n in range(1, double + 1)}
    for item, variable in zip(items, under, strict=False):
        item["description"] = f"{{{{{variable}}}}}"
    types = {"twilio/list-picker": {"body": "{{1}}", "button": opens, "items": items}}
    return Stored(f"lines_{count}_{double}", language, types, _samples(count) | under)


def _samples(count: int) -> dict[str, str]:
    titles = {str(2 * n): f"Choix {n}" for n in range(1, count + 1)}
    ids = {str(2 * n + 1): f"k3m7q2wz5a:{n}" for n in range(1, count + 1)}
    return {"1": "Que voulez-vous faire ?", **titles, **ids}


def in_session(language: str, say: Callable[[Text], str]) -> list[Stored]:
    """All that a language needs."""
    opens = say(t("whatsapp.list"))
    return [
        *(buttons(count, language) for count in range(1, MOST_BUTTONS + 1)),
        *(listed(count, language, opens) for count in range(1, MOST_ITEMS + 1)),
        *(
            lines(count, count - single, language, opens)
            for count in range(1, MOST_ITEMS + 1)
            for single in range(min(MOST_SINGLE + 1, count))
        ),
    ]


def interactive(reply: Reply, draw: Draw) -> Drawn | None:
    """A question as buttons, else as a list; None where its words do not fit them, for numbered text. Nothing is cut.

    A variable holds no new line (21656), so the sentences stand in one paragraph. The numbers that somebody in danger
    needs stand by themselves: text.
    """
    if any(text.msgid in IN_DANGER for text in reply.texts):
        return None
    body = paragraph([*drawing.sentences(reply, draw), *drawing.link(reply, draw)])
    if not reply.prompt or not reply.options or reply.contact or body is None or len(body) > BODY:
        return None
    count, opens = len(reply.options), draw.say(t("whatsapp.list"))
    if count <= MOST_BUTTONS and (titles := _titles(reply, draw, BUTTON)):
        return _drawn(buttons(count, draw.lang), body, titles, reply.prompt)
    if count <= MOST_ITEMS and (titles := _titles(reply, draw, ITEM)):
        return _drawn(listed(count, draw.lang, opens), body, titles, reply.prompt)
    if count <= MOST_ITEMS and (both := _two_lines(reply, draw)):
        titles, under = both
        return _drawn(lines(count, len(under), draw.lang, opens), body, titles, reply.prompt, under)
    return None


def _drawn(stored: Stored, body: str, titles: Sequence[str], prompt: str, under: Sequence[str] = ()) -> Drawn:
    count = len(titles)
    values = {"1": body, **{str(2 * n): title for n, title in enumerate(titles, 1)}}
    values |= {str(2 * count + 1 + n): said for n, said in enumerate(under, 1)}
    return Drawn(stored.name, values, body, {str(2 * n + 1): n for n in range(1, count + 1)}, prompt)


def _titles(reply: Reply, draw: Draw, longest: int) -> list[str] | None:
    """Each label, or its short wording; None where one fits neither way, or two would read alike."""
    found = [_title(option.label, draw, longest) for option in reply.options]
    titles = [title for title in found if title]
    return titles if len({*titles}) == len(found) else None


def _two_lines(reply: Reply, draw: Draw) -> tuple[list[str], list[str]] | None:
    """Every title, and what stands under the first of them; None where the words do not fit even so."""
    pairs = [two_lines(option.label) for option in reply.options]
    double = sum(pair is not None for pair in pairs)
    if not double or not all(pairs[:double]) or len(pairs) - double > MOST_SINGLE:
        return None
    labels = [pair[0] if pair else option.label for pair, option in zip(pairs, reply.options, strict=True)]
    titles = [_title(label, draw, ITEM) or "" for label in labels]
    under = [_one_line(draw.say(pair[1])) for pair in pairs if pair]
    fits = all(titles) and all(said and len(said) <= UNDER for said in under)
    return (titles, under) if fits and len({*titles}) == len(titles) else None


def _title(label: Text, draw: Draw, longest: int) -> str | None:
    said = (_one_line(draw.say(text)) for text in wordings(label))
    return next((title for title in said if title and len(title) <= longest), None)


def paragraph(lines: Sequence[str]) -> str | None:
    """Whole sentences one after the other; None where they are lines of a list, which would run into each other."""
    said = [_one_line(line) for line in lines]
    if not all(said) or not all(line.endswith(SENTENCE_ENDS) for line in said[:-1]):
        return None
    return " ".join(said) or None


def _one_line(text: str) -> str:
    return " ".join(text.split())
