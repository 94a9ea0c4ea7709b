"""Contents of the Twilio stand-in: what a `ContentSid` stands for on the phone, what may be made, and what WhatsApp
refuses of it when it is sent.

https://www.twilio.com/docs/content/content-types-overview, …/twilio-quick-reply, …/twiliolist-picker; Meta's rules for
what it approves: https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.standins.ledger import Button

HOLE: Final = re.compile(r"\{\{(\w+)\}\}")
BODY, TITLE, ITEM, UNDER, ID, OPENS = 1024, 20, 24, 72, 200, 20  # signs
MOST_IN_SESSION, MOST_ACTIONS, MOST_ITEMS, MOST_VARIABLES = 3, 10, 10, 100
STATE_ERRORS: Final = {"paused": 63041, "disabled": 63042}


@dataclass(frozen=True)
class Content:
    """One template, in one language. `types` as the Content API takes it: {"twilio/quick-reply": {"body": …, …}}.

    `submitted`: the name and category that it was submitted for approval with; `reason`: why it was rejected.
    """

    sid: str
    friendly_name: str
    language: str
    types: Mapping[str, Mapping[str, Any]]
    variables: Mapping[str, str]
    approval: str = "unsubmitted"
    submitted: tuple[str, str] = ("", "")
    reason: str = ""

    @property
    def approved(self) -> bool:
        return self.approval == "approved"

    @property
    def opens(self) -> str:
        """The word that opens a list."""
        return str(self.types.get("twilio/list-picker", {}).get("button", ""))

    @property
    def body(self) -> str:
        (form,) = list(self.types.values())[:1]
        return str(form.get("body", form.get("title", "")))

    def text(self, values: Mapping[str, str]) -> str:
        return self._filled(self.body, values)

    def buttons(self, values: Mapping[str, str]) -> tuple[Button, ...]:
        found: list[Button] = []
        for form in self.types.values():
            for action in form.get("actions", ()):
                title = self._filled(action["title"], values)
                if "url" in action:
                    found.append(Button("url", title, self._filled(action["url"], values)))
                else:
                    found.append(Button("reply", title, self._filled(action.get("id", title), values)))
            found += [
                Button("item", *(self._filled(item.get(part, ""), values) for part in ("item", "id", "description")))
                for item in form.get("items", ())
            ]
        return tuple(found)

    def unlike_text(self, values: Mapping[str, str]) -> bool:
        """Whether a value is none that Twilio takes (21656): empty, or in the body with a new line, a tab, or more
        than four spaces.
        """
        inside = set(HOLE.findall(self.body))
        return any(
            not value or (name in inside and re.search(r"[\n\r\t]| {5}", value)) for name, value in values.items()
        )

    def refused(self, values: Mapping[str, str]) -> int | None:
        """What WhatsApp answers to it a moment after Twilio took it; None where it arrives."""
        if self.approval in STATE_ERRORS:
            return STATE_ERRORS[self.approval]
        buttons = self.buttons(values)
        titles = [button.label for button in buttons]
        longest = ITEM if self.opens else TITLE
        too_many = len(buttons) > MOST_IN_SESSION and not self.opens and not self.approved
        too_long = len(self.text(values)) > BODY or any(len(title) > longest for title in titles)
        too_long |= any(len(button.under) > UNDER for button in buttons)
        alike = not self.opens and len({*titles}) < len(titles)
        return 63021 if too_many or too_long or alike else None

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        """A variable that is not sent takes its sample, as Twilio has it."""
        known = {**self.variables, **values}
        return HOLE.sub(lambda hole: known.get(hole[1], ""), text)


def unfit(types: Mapping[str, Any], variables: Mapping[str, str]) -> list[str]:
    """What is wrong with a definition, beyond its shape."""
    wrong = [f"{name}: over {most} signs" for name, most, text in _texts(types) if len(HOLE.sub("", text)) > most]
    wrong += [f"{name}: empty" for name, _, text in _texts(types) if not text]
    holes = {hole for _, _, text in _texts(types) for hole in HOLE.findall(text)}
    if len(holes) > MOST_VARIABLES or any(len(hole) > 16 for hole in holes):
        wrong.append("too many variables, or a name that is too long")
    wrong += [f"variable {hole} has no sample" for hole in sorted(holes) if not variables.get(hole)]
    for form in types.values():
        if not 0 < len(form.get("items", [0])) <= MOST_ITEMS or not 0 < len(form.get("actions", [0])) <= MOST_ACTIONS:
            wrong.append("too many choices, or none")
    return wrong


def _texts(types: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    for form in types.values():
        yield "body", BODY, form.get("body", "-")
        yield "button", OPENS, form.get("button", "-")
        for action in form.get("actions", ()):
            yield "title", TITLE, action["title"]
            yield "id", ID, action.get("id", "-")
        for item in form.get("items", ()):
            yield "item", ITEM, item["item"]
            yield "id", ID, item["id"]
            yield "description", UNDER, item.get("description", "-")


def broken_rules(content: Content) -> list[str]:
    """For which Meta rejects a template."""
    body, wrong = content.body.strip(), []
    holes = HOLE.findall(body)
    if re.match(r"\{\{", body) or re.search(r"\}\}$", body):
        wrong.append("begins or ends with a variable")
    if re.search(r"\}\}[\s]*\{\{", body):
        wrong.append("two variables side by side")
    if list(dict.fromkeys(holes)) != [str(n) for n in range(1, len({*holes}) + 1)]:
        wrong.append("variables out of order")
    if len(re.findall(r"\w+", HOLE.sub("", body))) < 2 * len(holes) + 1:
        wrong.append("too many variables for its words")
    if re.search(r"\n{3}| {4}|\t", body):
        wrong.append("too much empty space")
    if any(HOLE.search(action["title"]) for form in content.types.values() for action in form.get("actions", ())):
        wrong.append("a variable in a button's title")
    return wrong
