"""What the provider signs rightly and a hostile person or a broken program wrote: answered or set aside, and no more.

Nobody but the sender hears of it: no account, no hour, no message to others, and what was there before stays.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Final

import aiohttp
import pytest

from bot.work import drain_all
from handlers.channels.base import Request
from handlers.channels.twilio_signature import HEADER, sign
from storage import contacts
from tests.guards import guards
from tests.handlers.channels import mutants, samples
from tests.handlers.channels.at_the_door import everything, posted
from tests.handlers.channels.mutants import Chance
from tests.handlers.channels.samples import SETTINGS, TELEGRAM_SAMPLES, TWILIO_SAMPLES
from tests.journeys.booking import LATER, booked_by_sms
from tests.journeys.town import CAMILLE, built

COUNT: Final = 5_000
MANY: Final = 40  # --many: two hundred thousand
MESSAGES: Final = f"{samples.PUBLIC_URL}/webhooks/twilio/messages"
STATUS: Final = f"{samples.PUBLIC_URL}/webhooks/twilio/status"
FORMS = [list(one.params.items()) for one in TWILIO_SAMPLES if one.row["verdict"] == "turn" and "Body" in one.params]
STATES = [list(one.params.items()) for one in TWILIO_SAMPLES if "MessageStatus" in one.params]
UPDATES = [
    json.loads(one.request.body) for one in TELEGRAM_SAMPLES if one.row["verdict"] in {"turn", "quiet", "ignored"}
]
# What people write who want something that is not theirs; and what they write by mistake.
WORDS: Final = (
    *("bonjour", "PORTS-7KQM-4XTD", "1", "oui", "mes rendez-vous", "annuler", "annuler celui de Camille", "pas moi"),
    *("telegram", "agenda", "absent Camille", "écrire à Camille : bonjour", "refuser Camille", "mes données", "LIRE"),
    *("message à Claire : venez", "j'ai 16 ans", "Camille Dubois", "camille@example.org", "06 39 98 00 11", "humain"),
    *(
        "{name} {start:when} {0.__class__}",
        "<b>x</b>",
        "contester",
        "documents",
        "video ne marche pas",
        "join-AAAAAAAAAAA",
    ),
)
# Where a stranger's message leaves rows: their own talk, what waits for a human in it, and what counts it.
OWN: Final = frozenset(
    {"inbox", "ledger", "contact", "alias", "conversation", "outbox", "tries", "timer", "ticket", "ticket_entry"}
    | {"step_count", "sqlite_sequence", "hold", "busy"}
)


def sender(dice: Chance) -> str:
    """One of sixty strangers."""
    return f"+33639984{dice.randrange(60):03}"


def by_twilio(dice: Chance, number: int) -> Request:
    """A message of words that want something, of which other fields are wrong; or a delivery state of nobody's."""
    if dice.random() < 0.15:
        query = dice.choice(("", "?m=1", "?m=1&m=2", "?m=%00", f"?m={10**6 + number}", "?m=" + "9" * 30))
        return signed(STATUS + query, mutants.fields(dice, dice.choice(STATES)))
    fields = dict(dice.choice(FORMS))
    fields |= {"MessageSid": "SM" + sha256(str(number).encode()).hexdigest()[:32]}
    fields |= {"From": fields["From"].partition("+")[0] + sender(dice) if "+" in fields["From"] else fields["From"]}
    fields |= {"Body": mutants.text(dice, WORDS)}
    form = list(fields.items())
    return signed(MESSAGES, mutants.fields(dice, form) if dice.random() < 0.6 else form)


def signed(url: str, fields: Sequence[tuple[str, str]]) -> Request:
    body = mutants.quoted(fields)
    try:
        signature = sign(SETTINGS["TWILIO_AUTH_TOKEN"], url, fields)
    except UnicodeEncodeError:  # bytes that are no text cannot be signed: as JSON, which is bound by its hash, they can
        url += f"?bodySHA256={sha256(body).hexdigest()}"
        headers = {HEADER: sign(SETTINGS["TWILIO_AUTH_TOKEN"], url, []), "content-type": "application/json"}
        return Request("POST", url, headers, body)
    return Request("POST", url, {HEADER: signature, "content-type": "application/x-www-form-urlencoded"}, body)


def by_telegram(dice: Chance, number: int) -> Request:
    """An update in which something stands where another thing belongs, or its bytes are broken."""
    update = dice.choice(UPDATES) | {"update_id": 10**6 + number}
    kind, text = next(name for name in update if name != "update_id"), dice.random()
    if text < 0.4 and "text" in update.get("message", {}):
        update |= {"message": update["message"] | {"text": mutants.text(dice, WORDS)}}
    if text > 0.2:
        update = mutants.tree(dice, update) if text > 0.8 else update | {kind: mutants.tree(dice, update[kind])}
    body = json.dumps(update).encode()
    headers = {"x-telegram-bot-api-secret-token": SETTINGS["TELEGRAM_WEBHOOK_SECRET"]}
    return Request(
        "POST", f"{samples.PUBLIC_URL}/webhooks/telegram", headers, mutants.raw(dice, body) if text > 0.95 else body
    )


def hostile(dice: Chance, count: int) -> Iterator[Request]:
    for number in range(count):
        yield by_telegram(dice, number) if number % 3 == 2 else by_twilio(dice, number)


def alone_with_us(body: bytes) -> str | None:
    """Who wrote it on Telegram, if it came from a person in their own chat."""
    with suppress(ValueError, AttributeError, KeyError, TypeError):
        update = json.loads(body)
        kind = next((name for name in update if name != "update_id"), "")
        chat, who = update[kind].get("message", update[kind])["chat"], update[kind]["from"]
        if chat["type"] == "private" and chat["id"] == who["id"] and who.get("is_bot") is not True:
            return str(who["id"])
    return None


@pytest.mark.slow
@guards("T08")
async def test_five_thousand_have_no_effect(
    sqlite_url: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    count = COUNT * (MANY if request.config.getoption("--many") else 1)
    async with built(sqlite_url) as town, aiohttp.ClientSession() as session:
        await booked_by_sms(town, CAMILLE, LATER)
        before = await everything(town.parts.db)
        people: set[str | None] = set()
        for number, call in enumerate(hostile(mutants.chance("hostile"), count)):
            assert (await posted(session, town, call))[0] in {200, 403}, number  # another's account, or taken
            people.add(alone_with_us(call.body))
            if number % 50 == 49:
                while await drain_all(town.parts, "town"):
                    pass
        after = await everything(town.parts.db)
        written = await contacts.get_many(town.parts.db, [row["id"] for row in after["contact"]])
    assert {name for name, rows in after.items() if rows != before[name]} <= OWN
    theirs = {row["id"] for row in before["contact"]}
    for name in ("contact", "conversation", "outbox", "timer", "ticket", "hold"):
        column = "id" if name == "contact" else "contact_id"
        assert [row for row in after[name] if row[column] in theirs] == before[name], "Camille's and Claire's"
    came = after["inbox"][len(before["inbox"]) :]
    assert Counter(row["status"] for row in came).keys() == {"done", "parked"}
    assert {(row["attempts"], row["last_error"]) for row in came} == {(0, None)}, "no turn failed over it"
    assert len(came) > count // 2
    assert {row.person_id for row in written.values() if row.id not in theirs} == {None}
    writers = {row.id: row for row in written.values() if row.address}  # what is set aside at the door has no writer
    assert {row.address for row in writers.values() if row.channel == "telegram"} <= people, "no group, no bot"
    assert {row["contact_id"] for row in after["outbox"]} <= writers.keys(), "nobody else is answered"
    assert caplog.messages == [], "nothing broke in the background either"
