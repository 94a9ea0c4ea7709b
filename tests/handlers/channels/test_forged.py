"""Who is not the provider: refused whatever they sign, with one answer, and nothing of it is kept (threat T9)."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import aiohttp
import pytest

from handlers.channels.base import BadOrigin, Provider, Request
from handlers.channels.twilio_signature import HEADER, SETTINGS_HEADER, sign
from tests.guards import guards
from tests.handlers.channels import mutants, samples
from tests.handlers.channels.at_the_door import everything, posted
from tests.handlers.channels.mutants import Chance
from tests.handlers.channels.samples import SETTINGS, TELEGRAM_SAMPLES, TWILIO_SAMPLES
from tests.journeys.town import Town, built

MANY: Final = 33  # --many: about a million
TOKEN, SECRET = SETTINGS["TWILIO_AUTH_TOKEN"], SETTINGS["TELEGRAM_WEBHOOK_SECRET"]
TELEGRAM: Final = "x-telegram-bot-api-secret-token"
FORM: Final = "application/x-www-form-urlencoded"
BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# Secrets of other doors, of other people, and near ones of ours.
OTHERS: Final = (
    "",
    "another",
    TOKEN[:-1],
    TOKEN + "0",
    TOKEN.upper(),
    SECRET,
    SETTINGS["TWILIO_ACCOUNT_SID"],
    "x" * 32,
)
PUBLIC = [sample for sample in TWILIO_SAMPLES if sample.row["verdict"] != "refused" and sample.row["params"]]


@dataclass(frozen=True)
class Made:
    """A request of Twilio's before it is signed. `message`: it comes to a number of ours."""

    url: str
    fields: list[tuple[str, str]]

    @property
    def message(self) -> bool:
        return not {"MessageStatus", "CallSid"} & dict(self.fields).keys()

    @property
    def signature(self) -> str:
        return sign(TOKEN, self.url, self.fields)

    def sent(self, signature: str | None = None, **headers: str) -> Request:
        given = {HEADER: self.signature if signature is None else signature, "content-type": FORM, **headers}
        return Request("POST", self.url, given, mutants.quoted(self.fields))


def changed(made: Made, name: str, value: str) -> Made:
    """Rightly signed, and another's."""
    return Made(made.url, [(each, value if each == name else old) for each, old in made.fields])


def unlike(dice: Chance, signature: str) -> str:
    at = dice.randrange(len(signature))
    return signature[:at] + dice.choice(BASE64.replace(signature[at], "")) + signature[at + 1 :]


def elsewhere(dice: Chance, made: Made) -> str:
    path = made.url.removeprefix(samples.PUBLIC_URL)
    return dice.choice(
        (
            f"https://evil.example{path}",
            f"{samples.PUBLIC_URL}.evil.example{path}",
            f"https://chat.example.org@evil.example{path}",
            f"https://chat.example.org:8443{path}",
            f"http://chat.example.org{path}",
            f"{made.url}/",
            made.url.replace("/webhooks", "/Webhooks"),
            f"{samples.PUBLIC_URL}//{path.lstrip('/')}",
        )
    )


def unsigned(dice: Chance, made: Made) -> Request:
    """A field that the signature does not know, one fewer, or other words in one."""
    fields = list(made.fields)
    at = dice.randrange(len(fields))
    match dice.randrange(3):
        case 0:
            fields[at:at] = [(dice.choice(("Body", "x", "MediaUrl0")), "another word")]
        case 1:
            del fields[at]
        case _:
            fields[at] = (fields[at][0], fields[at][1] + dice.choice("01x "))
    return Made(made.url, fields).sent(made.signature)


WAYS: Final[Mapping[str, Callable[[Chance, Made], Request]]] = {
    "no signature": lambda _, made: replace(made.sent(), headers={"content-type": FORM}),
    "an empty one": lambda _, made: made.sent(""),
    "one that is cut": lambda dice, made: made.sent(made.signature[: dice.randrange(1, len(made.signature))]),
    "one that is longer": lambda dice, made: made.sent(made.signature + dice.choice(BASE64)),
    "one letter of it": lambda dice, made: made.sent(unlike(dice, made.signature)),
    "in the other case": lambda _, made: made.sent(made.signature.swapcase()),
    "twice": lambda _, made: made.sent(f"{made.signature}, {made.signature}"),
    "in hex": lambda _, made: made.sent(base64.b64decode(made.signature).hex()),
    "letters of no alphabet": lambda dice, made: made.sent(dice.choice(("é", "\uff21", "\u202e", "😀")) * 28),
    "another's token": lambda dice, made: made.sent(sign(dice.choice(OTHERS), made.url, made.fields)),
    "another address": lambda dice, made: made.sent(sign(TOKEN, elsewhere(dice, made), made.fields)),
    "a query besides": lambda dice, made: replace(
        made.sent(),
        url=f"{made.url}{'&' if '?' in made.url else '?'}{dice.choice(('a=1', 'm=1', '%00', 'bodySHA256=x'))}",
    ),
    "another body": unsigned,
    "no form": lambda dice, made: replace(made.sent(), body=dice.randbytes(dice.randrange(1, 200))),
    "the signature of no fields": lambda _, made: made.sent(sign(TOKEN, made.url, [])),
    "another hash": lambda dice, made: made.sent(
        **{
            SETTINGS_HEADER: dice.choice(
                ("algorithm=HMAC_SHA256", "algorithm=MD5", "algorithm=none", "key=k,algorithm=0")
            )
        }
    ),
    "said to be JSON": lambda _, made: made.sent(**{"content-type": "application/json"}),
    "JSON of another hash": lambda _, made: replace(
        Made(f"{made.url.partition('?')[0]}?bodySHA256={'0' * 64}", []).sent(),
        headers={
            HEADER: sign(TOKEN, f"{made.url.partition('?')[0]}?bodySHA256={'0' * 64}", []),
            "content-type": "application/json",
        },
        body=b"{}",
    ),
    "another account": lambda dice, made: changed(made, "AccountSid", "AC" + dice.randbytes(16).hex()).sent(),
    "another number": lambda dice, made: changed(made, "To", f"+331990{dice.randrange(10000, 99999)}").sent(),
}
TELEGRAM_WAYS: Final[Mapping[str, Callable[[Chance], Mapping[str, str]]]] = {
    "no secret": lambda _: {},
    "an empty secret": lambda _: {TELEGRAM: ""},
    "a secret that is cut": lambda dice: {TELEGRAM: SECRET[: dice.randrange(1, len(SECRET))]},
    "a secret that is longer": lambda dice: {TELEGRAM: SECRET + dice.choice(BASE64)},
    "one letter of the secret": lambda dice: {TELEGRAM: unlike(dice, SECRET)},
    "the secret in the other case": lambda _: {TELEGRAM: SECRET.swapcase()},
    "the secret twice": lambda _: {TELEGRAM: f"{SECRET}, {SECRET}"},
    "another's secret": lambda dice: {
        TELEGRAM: dice.choice(("another", TOKEN, "null", "true", SECRET[::-1], SECRET.replace("-", "\u2010")))
    },
    "under another name": lambda dice: {dice.choice(("authorization", "x-telegram-secret", HEADER, "cookie")): SECRET},
    "Twilio's signature": lambda _: {HEADER: sign(TOKEN, f"{samples.PUBLIC_URL}/webhooks/telegram", [])},
}


def forged(dice: Chance, count: int) -> Iterator[tuple[str, Request]]:
    """How, and what: two thirds to Twilio's doors, a third to Telegram's."""
    ways, telegrams = list(WAYS), list(TELEGRAM_WAYS)
    for number in range(count):
        if number % 3 == 2:
            how = telegrams[number // 3 % len(telegrams)]
            update = dice.choice(TELEGRAM_SAMPLES).request
            yield how, Request("POST", f"{samples.PUBLIC_URL}/webhooks/telegram", TELEGRAM_WAYS[how](dice), update.body)
            continue
        how = ways[(number - number // 3) % len(ways)]
        sample = dice.choice(PUBLIC)
        made = Made(sample.request.url, [*sample.params.items()])
        if how == "another number" and not made.message:
            how = "another account"
        yield how, WAYS[how](dice, made)


def refused(provider: Provider, call: Request) -> bool:
    """Whatever else it raises fails the test."""
    try:
        provider.verify(call)
    except BadOrigin:
        return True
    return False


@pytest.mark.slow
@guards("T09")
def test_thirty_thousand_are_refused(request: pytest.FixtureRequest) -> None:
    count = 30_000 * (MANY if request.config.getoption("--many") else 1)
    twilio, telegram, seen = samples.twilio_provider(), samples.telegram_provider(), Counter[str]()
    for number, (how, call) in enumerate(forged(mutants.chance("forged"), count)):
        provider = telegram if call.url.endswith("/telegram") else twilio
        assert refused(provider, call), f"{how}, number {number}"
        seen[how] += 1
    assert seen.keys() == WAYS.keys() | TELEGRAM_WAYS.keys()
    assert min(seen.values()) > count // 60, seen


def test_unchanged_they_would_be_taken() -> None:
    """What the ways differ from: each of the requests, rightly signed."""
    for sample in PUBLIC:
        samples.twilio_provider().verify(Made(sample.request.url, [*sample.params.items()]).sent())
    samples.telegram_provider().verify(Request("POST", "x", {TELEGRAM: SECRET}, b""))


@pytest.fixture(scope="module")
async def town(sqlite_url: str) -> AsyncIterator[Town]:
    async with built(sqlite_url) as town:
        yield town


@guards("T09")
async def test_a_thousand_get_one_answer_and_leave_nothing(town: Town, request: pytest.FixtureRequest) -> None:
    before = await everything(town.parts.db)
    assert len(before) > 30
    answers = Counter[tuple[int, bytes]]()
    async with aiohttp.ClientSession() as session:
        for how, call in forged(
            mutants.chance("forged by HTTP"), 1000 * (5 if request.config.getoption("--many") else 1)
        ):
            host = {"Host": "evil.example"} if how == "another address" else {}
            answer = await posted(session, town, replace(call, headers={**call.headers, **host}))
            assert answer[0] == 403, how
            answers[answer] += 1
    assert len(answers) == 1, "the same whatever was wrong"
    await town.settle()
    assert await everything(town.parts.db) == before
    assert not town.twilio.ledger.calls
    assert not town.telegram.ledger.calls


@guards("T09")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
async def test_other_methods_do_nothing(town: Town, method: str) -> None:
    """Whether rightly signed or not."""
    before = await everything(town.parts.db)
    sample = PUBLIC[0]
    right = replace(Made(sample.request.url, [*sample.params.items()]).sent(), method=method)
    telegram = Request(
        method, f"{samples.PUBLIC_URL}/webhooks/telegram", {TELEGRAM: SECRET}, TELEGRAM_SAMPLES[0].request.body
    )
    async with aiohttp.ClientSession() as session:
        for call in (right, telegram, replace(right, headers={}), replace(telegram, headers={})):
            assert (await posted(session, town, call))[0] == 405
    assert await everything(town.parts.db) == before
