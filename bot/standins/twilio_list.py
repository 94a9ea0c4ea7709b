"""The message log of the Twilio stand-in: filters and pages, as ListMessage gives them.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bot.standins.twilio_messages import API_VERSION, Account, Message, RefusedError, resource


def page(log: Iterable[Message], account: Account, query: Mapping[str, str]) -> dict[str, Any]:
    """Newest first. A page goes on after the message that its token names, so new ones do not shift it."""
    try:
        size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    except ValueError:
        raise RefusedError(20001) from None
    if not 1 <= size <= 1000 or number < 0:
        raise RefusedError(20001)
    found = [message for message in reversed(list(log)) if _fits(message, query)]
    start = number * size
    if token := query.get("PageToken", ""):
        sids = [message.sid for message in found]
        start = sids.index(token.removeprefix("PA")) + 1 if token.removeprefix("PA") in sids else len(found)
    shown = found[start : start + size]

    def address(number: int, token: str = "") -> str:
        asked = {**query, "PageSize": str(size), "Page": str(number)}
        asked.pop("PageToken", None)
        asked |= {"PageToken": token} if token else {}
        return f"/{API_VERSION}/Accounts/{account.sid}/Messages.json?{urlencode(asked)}"

    more = start + size < len(found)
    return {
        "messages": [resource(message, account) for message in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": address(number, token),
        "first_page_uri": address(0),
        "next_page_uri": address(number + 1, f"PA{shown[-1].sid}") if more else None,
        "previous_page_uri": address(number - 1) if number else None,
    }


def _fits(message: Message, query: Mapping[str, str]) -> bool:
    if "To" in query and message.to != query["To"]:
        return False
    if "From" in query and message.sender != query["From"]:
        return False
    # The sign is the end of the name, and the equals sign after it counts: `DateSent>=…` is 'at or after'. Without
    # a sign a day is meant, whatever the hour (the SDK turns a date into its midnight).
    bounds = {sign: _moment(query[f"DateSent{sign}"]) for sign in ("", "<", ">") if f"DateSent{sign}" in query}
    if not bounds or message.sent is None:
        return not bounds
    sent = message.sent.astimezone(UTC)
    fits = {"": lambda at: sent.date() == at.date(), "<": lambda at: sent <= at, ">": lambda at: sent >= at}
    return all(fits[sign](moment) for sign, moment in bounds.items())


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise RefusedError(20001) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
