"""Message templates of the Twilio stand-in: what a `ContentSid` stands for on the phone.

https://www.twilio.com/docs/content/content-types-overview
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.standins.ledger import Button


@dataclass(frozen=True)
class Content:
    """One template, in one language. `types` as the Content API takes it: {"twilio/quick-reply": {"body": …, …}}."""

    sid: str
    friendly_name: str
    language: str
    types: Mapping[str, Mapping[str, Any]]
    variables: Mapping[str, str]
    approval: str = "unsubmitted"

    @property
    def approved(self) -> bool:
        return self.approval == "approved"

    def text(self, values: Mapping[str, str]) -> str:
        (form,) = list(self.types.values())[:1]
        return self._filled(str(form.get("body", form.get("title", ""))), values)

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
                Button("item", self._filled(item["item"], values), self._filled(item["id"], values))
                for item in form.get("items", ())
            ]
        return tuple(found)

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        """A variable that is not sent takes its sample, as Twilio has it."""
        known = {**self.variables, **values}
        return re.sub(r"\{\{(\w+)\}\}", lambda hole: known.get(hole[1], ""), text)
