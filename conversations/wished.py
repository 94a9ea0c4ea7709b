"""What was understood of a phrase, as answers of a flow."""

from __future__ import annotations

from typing import Any

from conversations.understand import Understood


def answers(heard: Understood) -> dict[str, Any]:
    """The wish as answers of a flow: JSON values only. Days that are named replace hours of the day that were not."""
    wish: dict[str, Any] = {}
    if heard.motive:
        wish["motive"] = heard.motive
    if heard.mode:
        wish |= {"mode": heard.mode, "choose": None}
    if heard.worker:
        wish |= {"worker": heard.worker, "choose": None}
    if heard.days:
        wish |= {"days": [day.isoformat() for day in heard.days], "after": None, "choose": None}
    if heard.earliest or heard.latest:
        wish |= {
            "from": heard.earliest.isoformat("minutes") if heard.earliest else None,
            "to": heard.latest.isoformat("minutes") if heard.latest else None,
            "after": None,
            "choose": None,
        }
    return wish
