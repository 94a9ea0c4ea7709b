"""The telephone consultation, on the real server: every way that a call can go, with an exchange that does what our
TwiML
says. What is checked each time: what became of the row, what the worker heard, whether the person was asked by text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

import aiohttp
import pytest

from bot.standins.faults import Broken, Drop, Early, Fault, Reject, Throttle
from bot.standins.twilio_hands import Holder, Scripted
from bot.standins.twilio_voice import Told
from conversations.model import Link
from handlers import links
from handlers.channels.twilio_signature import sign
from storage import audit, calls
from storage.calls import CallRow
from tests.guards import guards
from tests.journeys.booking import booked_by_sms
from tests.journeys.town import ACCOUNT, CAMILLE, CLAIRE, Town, built
from tests.plain import plain

pytestmark = pytest.mark.sampled

OURS = {"Sec-Fetch-Site": "same-origin"}
VOICE: Final = ACCOUNT.voice_number
BUTTON: Final = "Appeler Camille"


@dataclass
class Desk:
    """Claire at her page, ten minutes before the hour."""

    town: Town
    appointment: str
    path: str
    http: aiohttp.ClientSession

    def play(self, worker: Scripted | None = None, person: Scripted | None = None) -> None:
        """How the two telephones behave from now on."""
        hands = self.town.twilio.voice.hands
        hands[CLAIRE] = Holder(*([worker] if worker else []))
        hands[CAMILLE] = Holder(*([person] if person else []))

    async def page(self, status: int = 200) -> str:
        async with self.http.get(self.town.base + self.path) as response:
            assert response.status == status
            return plain(await response.text())

    async def tap(self, calls_before: int | None = None) -> None:
        """The button, as the page has it now; and all that follows."""
        before = len(await self.rows()) if calls_before is None else calls_before
        await self.post("call", {"calls": str(before)})
        await self.town.twilio.settle()
        await self.town.settle()

    async def post(self, what: str, form: dict[str, str]) -> None:
        async with self.http.post(
            f"{self.town.base}{self.path}/{what}", data=form, headers=OURS, allow_redirects=False
        ) as response:
            assert response.status == 303

    async def rows(self) -> list[CallRow]:
        return await calls.of(self.town.parts.db, self.appointment)

    def heard(self, number: str) -> str:
        """What was said to whoever picked up, in the last call to a number."""
        legs = [leg for leg in self.town.twilio.voice.legs.values() if leg.to == number]
        return " ".join(legs[-1].heard) if legs else ""


async def at_the_page(town: Town, http: aiohttp.ClientSession) -> Desk:
    """Camille has an hour by telephone on Monday at 14:00 in Paris; it is 13:52."""
    await booked_by_sms(town)
    [row] = await town.parts.db.fetch("SELECT id, start_at FROM appointment")
    link = Link("worker", row["id"])
    async with town.parts.db.transaction() as tx:
        await links.give(tx, town.parts, link, town.clock())
    town.clock.now = row["start_at"] - timedelta(minutes=8)
    await town.settle()
    town.new(CAMILLE), town.new(CLAIRE)
    path = links.url(town.parts, link).removeprefix(town.app.settings.public_url)
    return Desk(town, row["id"], path, http)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with built(database_url, twilio_voice_from=VOICE) as town, aiohttp.ClientSession() as http:
        yield await at_the_page(town, http)
        assert town.problems() == []
        assert [each for each in town.twilio.ledger.complaints if not each.startswith("11200")] == []
        assert await town.unsound() == []


@dataclass(frozen=True)
class Way:
    """How a call goes, and what comes of it. `asked`: the person is given a choice by text."""

    outcome: str
    says: str  # on the worker's page
    worker: Scripted | None = None
    person: Scripted | None = None
    hears: str = ""  # the worker, on the telephone
    rings: bool = True  # the person's telephone
    asked: bool = False


WAYS: Final = {
    "they speak": Way("talked", "L'appel est terminé"),
    "the worker does not answer": Way("worker_no_answer", "n'a pas répondu", worker=Scripted("no-answer"), rings=False),
    "the worker's line is busy": Way("worker_busy", "occupée", worker=Scripted("busy"), rings=False),
    "the worker cannot be reached": Way("worker_failed", "pas pu joindre", worker=Scripted("failed"), rings=False),
    "the worker's voicemail picks up": Way(
        "no_key", "n'a pas sonné", worker=Scripted(keys=("",)), hears="Aucun appel", rings=False
    ),
    "a wrong key, then the right one": Way("talked", "terminé", worker=Scripted(keys=("5", "1")), hears="pas la bonne"),
    "a wrong key twice": Way(
        "no_key", "n'a pas sonné", worker=Scripted(keys=("5", "#")), hears="Aucun appel", rings=False
    ),
    "a wrong key, then none": Way("no_key", "n'a pas sonné", worker=Scripted(keys=("*", "")), rings=False),
    "the worker hangs up at the greeting": Way(
        "no_key", "n'a pas sonné", worker=Scripted(hangs_up_at="greeting"), rings=False
    ),
    "the worker hangs up before the key": Way(
        "no_key", "n'a pas sonné", worker=Scripted(hangs_up_at="question"), rings=False
    ),
    "the worker hangs up while it rings": Way(
        "worker_left",
        "avant que Camille réponde",
        worker=Scripted(hangs_up_at="ringing"),
        person=Scripted("never"),
    ),
    "the person does not answer": Way(
        "person_no_answer", "ne répond pas", person=Scripted("no-answer"), hears="ne répond pas", asked=True
    ),
    "the person's line is busy": Way("person_busy", "occupée", person=Scripted("busy"), hears="occupée", asked=True),
    "the person cannot be reached": Way(
        "person_failed", "ne peut pas être joint", person=Scripted("failed"), hears="ne peut pas", asked=True
    ),
    "the person hangs up at the first words": Way(
        "person_no_answer", "ne répond pas", person=Scripted(hangs_up_at="whisper"), asked=True
    ),
    "the person ends the talk": Way(
        "talked", "terminé", worker=Scripted(seconds=None), person=Scripted(seconds=1800), hears="L'appel est terminé"
    ),
    "the worker ends the talk": Way("talked", "terminé", worker=Scripted(seconds=1700), person=Scripted(seconds=None)),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("after", ["action", "no action"])
@pytest.mark.cases
async def test_every_way_that_a_call_goes(desk: Desk, name: str, after: str) -> None:
    """`after`: whether Twilio still asks for the step after <Dial> when the worker has hung up, which its pages leave
    open."""
    way, town = WAYS[name], desk.town
    town.twilio.voice.action_after_hang_up = after == "action"
    desk.play(way.worker, way.person)
    assert BUTTON in await desk.page()
    await desk.tap()
    [row] = await desk.rows()
    assert (row.status, row.outcome) == ("ended", way.outcome)
    assert way.hears in desk.heard(CLAIRE)
    assert bool([leg for leg in town.twilio.voice.legs.values() if leg.to == CAMILLE]) is way.rings
    page = await desk.page()
    assert way.says.replace("'", "&#39;") in page
    assert "Rappeler Camille" in page
    texts = town.new(CAMILLE)
    assert len(texts) == (1 if way.asked else 0)
    if way.asked:
        assert texts[0].splitlines()[0].startswith("Claire a essayé de vous appeler")
    assert town.parts.metrics.registry.get_sample_value("socialdirect_calls_total", {"outcome": way.outcome}) == 1


async def test_who_calls_is_told_ten_minutes_before(desk: Desk) -> None:
    told = desk.town.screen(CAMILLE)[-1].text
    assert told == "Claire vous appelle dans 10 minutes, à 14 h, du 01 99 00 00 03."


@guards("T30", partly=True)
async def test_who_hears_what(desk: Desk) -> None:
    """First names and the hour; the person learns who calls, nobody learns a number or what it is about."""
    await desk.tap()
    assert desk.heard(CLAIRE).startswith("Bonjour Claire. Votre rendez-vous de 14 h avec Camille.")
    assert desk.heard(CAMILLE) == "Bonjour. Claire vous appelle, comme convenu. Ne quittez pas."
    [to_claire, to_camille] = desk.town.twilio.voice.legs.values()
    assert (to_claire.sender, to_camille.sender) == (VOICE, VOICE)
    assert (to_claire.to, to_camille.to) == (CLAIRE, CAMILLE)
    [asked] = desk.town.twilio.ledger.of("CreateCall")
    assert asked.params["Record"] == "false"


# ------------------------------------------------------------ taps


async def test_a_double_tap_is_one_call(desk: Desk) -> None:
    desk.play(person=Scripted("no-answer"))
    await desk.post("call", {"calls": "0"})
    await desk.post("call", {"calls": "0"})
    await desk.town.settle()
    await desk.tap(0)  # from the page as it was then, much later
    assert len(await desk.rows()) == 1
    assert len(desk.town.new(CAMILLE)) == 1
    await desk.tap()  # from the page as it is now
    assert len(await desk.rows()) == 2


async def test_nothing_rings_while_something_rings(desk: Desk) -> None:
    await desk.post("call", {"calls": "0"})
    desk.town.twilio.voice.hold = True
    await desk.town.twilio.settle()
    await desk.town.parts.db.execute("UPDATE call SET status = 'ringing', outcome = NULL")
    await desk.tap()
    assert len(await desk.rows()) == 1
    assert "Actualiser" in await desk.page()
    desk.town.clock.now += timedelta(minutes=2)  # its end was never told
    assert "Rappeler Camille" in await desk.page()
    await desk.tap()
    assert len(await desk.rows()) == 2


async def test_looking_rings_nobody_and_is_noted_once(desk: Desk) -> None:
    for _ in range(20):
        await desk.page()
    assert await desk.rows() == []
    deeds = await audit.of(desk.town.parts.db, f"appointment:{desk.appointment}")
    assert [deed.action for deed in deeds if deed.actor.startswith("worker:")] == ["see"]


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [({"calls": "x"}, OURS, 303), ({}, OURS, 303), ({"calls": "0"}, {"Sec-Fetch-Site": "cross-site"}, 403)],
)
@pytest.mark.cases
async def test_a_tap_that_is_none(desk: Desk, form: dict[str, str], headers: dict[str, str], status: int) -> None:
    url = f"{desk.town.base}{desk.path}/call"
    async with desk.http.post(url, data=form, headers=headers, allow_redirects=False) as response:
        assert response.status == status
    assert await desk.rows() == []


async def test_only_around_its_hour(desk: Desk) -> None:
    clock = desk.town.clock
    clock.now -= timedelta(minutes=5)  # thirteen minutes before
    assert BUTTON + "</button>" not in await desk.page()
    await desk.tap()
    clock.now += timedelta(minutes=100)  # 27 minutes after the end
    assert BUTTON + "</button>" in await desk.page()
    clock.now += timedelta(minutes=5)
    assert BUTTON + "</button>" not in await desk.page()
    await desk.tap()
    assert await desk.rows() == []


async def test_a_cancelled_hour_calls_nobody(desk: Desk) -> None:
    await desk.town.parts.db.execute("UPDATE appointment SET status = 'cancelled'")
    assert "annulé" in await desk.page(410)
    async with desk.http.post(
        f"{desk.town.base}{desk.path}/call", data={"calls": "0"}, headers=OURS, allow_redirects=False
    ) as response:
        assert response.status == 410
    assert await desk.rows() == []
    await desk.town.parts.db.execute("UPDATE appointment SET status = 'booked'")


# ------------------------------------------------------------ texts


async def test_two_texts_at_most(desk: Desk) -> None:
    desk.play(person=Scripted("no-answer"))
    for attempt in range(1, 4):
        await desk.tap()
        assert len(desk.town.new(CAMILLE)) == (1 if attempt < 3 else 0)
        page = await desk.page()
        assert ("Nous lui demandons par message" in page) is (attempt < 3)


async def test_a_voicemail_is_told_by_the_worker(desk: Desk) -> None:
    desk.play(worker=Scripted(seconds=12), person=Scripted(seconds=None))
    await desk.tap()
    assert "le répondeur" in await desk.page()
    await desk.post("voicemail", {"call": "1"})
    await desk.post("voicemail", {"call": "1"})
    await desk.town.settle()
    [row] = await desk.rows()
    assert row.outcome == "person_voicemail"
    assert len(desk.town.new(CAMILLE)) == 1


async def test_camille_asks_to_be_called_back(desk: Desk) -> None:
    desk.play(person=Scripted("no-answer"))
    await desk.tap()
    [asked] = desk.town.new(CAMILLE)
    assert "1. Rappelez-moi dans 10 minutes" in asked
    [noted] = await desk.town.sms(CAMILLE, "1")
    assert noted.startswith("C'est noté : Claire vous rappelle vers 14 h 02")
    [told] = desk.town.new(CLAIRE)
    assert told.startswith("Camille est disponible")
    assert desk.path in told
    desk.play()
    await desk.tap()
    assert (await desk.rows())[0].outcome == "talked"


async def test_camille_prefers_another_day(desk: Desk) -> None:
    desk.play(person=Scripted("busy"))
    await desk.tap()
    desk.town.new(CAMILLE)
    [hours] = await desk.town.sms(CAMILLE, "2")
    assert re.search(r"1\. .+", hours)
    [told] = desk.town.new(CLAIRE)
    assert "un autre jour" in told


# ------------------------------------------------------------ Twilio misbehaves


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Throttle(), "not_placed"),
        (Reject(21215), "not_placed"),
        (Reject(20003), "not_placed"),
        (Broken(500), None),  # perhaps it was taken in: nobody rings again by themself
        (Drop(accepted=False), None),
    ],
    ids=str,
)
@pytest.mark.cases
async def test_a_call_that_is_not_placed(desk: Desk, fault: Fault, outcome: str | None) -> None:
    desk.town.twilio.faults.add(fault, when=lambda call: call.operation == "CreateCall")
    await desk.tap()
    [row] = await desk.rows()
    assert row.outcome == outcome
    assert row.status == ("ended" if outcome else "unknown")
    assert desk.heard(CLAIRE) == ""
    if outcome is None:
        await desk.tap()
        assert len(await desk.rows()) == 1  # not yet: it may ring any moment
        desk.town.clock.now += timedelta(minutes=2)
    await desk.tap()
    assert (await desk.rows())[0].outcome == "talked"


@pytest.mark.parametrize("fault", [Broken(500, accepted=True), Drop(accepted=True), Early()], ids=str)
@pytest.mark.cases
async def test_a_call_whose_answer_is_lost_goes_on(desk: Desk, fault: Fault) -> None:
    """It rings all the same; what Twilio tells of it says which one it is."""
    desk.town.twilio.faults.add(fault, when=lambda call: call.operation == "CreateCall")
    await desk.tap()
    [row] = await desk.rows()
    assert row.outcome == "talked"
    assert row.provider_id in desk.town.twilio.voice.legs


ORDERS: Final[dict[str, Callable[[list[Told]], Sequence[Told]]]] = {
    "late": list,
    "backwards": lambda told: told[::-1],
    "twice": lambda told: [*told, *told],
    "the last one alone": lambda told: told[-1:],
    "never": lambda told: [],
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ["they speak", "the person does not answer", "the worker hangs up while it rings"])
@pytest.mark.cases
async def test_states_never_go_backwards(desk: Desk, order: str, name: str) -> None:
    way, voice = WAYS[name], desk.town.twilio.voice
    voice.hold = True
    desk.play(way.worker, way.person)
    await desk.tap()
    await voice.release(ORDERS[order])
    await desk.town.settle()
    [row] = await desk.rows()
    assert (row.status, row.outcome) == ("ended", way.outcome)
    assert len(desk.town.new(CAMILLE)) == (1 if way.asked else 0)


async def test_the_end_of_both_legs_in_the_other_order(desk: Desk) -> None:
    """The worker's leg is told to have ended before the person's: what is known better takes its place."""
    desk.play(person=Scripted("no-answer"))
    await desk.tap()
    db, [row] = desk.town.parts.db, await desk.rows()
    desk.town.new(CAMILLE)
    ended = [each for each in desk.town.twilio.ledger.posted if b"DialCallStatus" in each.body]
    await db.execute("UPDATE call SET status = 'ended', outcome = 'worker_left' WHERE id = ?", row.id)
    assert await desk.town.post(ended[-1].url, ended[-1].headers, ended[-1].body) == 200
    assert (await desk.rows())[0].outcome == "person_no_answer"


async def test_a_step_that_is_asked_for_again(desk: Desk) -> None:
    """Every request that Twilio made, made once more: the same rows, no second text."""
    desk.play(person=Scripted("no-answer"))
    await desk.tap()
    before = await desk.rows()
    assert len(desk.town.new(CAMILLE)) == 1
    for each in [posted for posted in desk.town.twilio.ledger.posted if "/voice/" in posted.url]:
        assert await desk.town.post(each.url, each.headers, each.body) == 200
    await desk.town.settle()
    assert await desk.rows() == before
    assert desk.town.new(CAMILLE) == []


async def test_a_call_of_another_sid_is_none_of_ours(desk: Desk) -> None:
    """The token is bound to the call: the same steps about another call are answered with nothing."""
    await desk.tap()
    [start] = [p for p in desk.town.twilio.ledger.posted if "/voice/" in p.url and "step" not in p.url]
    assert "<Gather" in start.answer
    voice = desk.town.twilio.voice
    other = next(iter(voice.legs.values()))
    again = await desk.town.twilio.bring(
        start.url, {"CallSid": "CA" + "f" * 32, "AccountSid": ACCOUNT.sid, "CallStatus": "in-progress"}, other.sid
    )
    assert (again[-1].status, "<Say" in again[-1].answer) == (200, False)


@pytest.mark.parametrize("body", ["", "CallSid=CA1", "CallSid=CAx&CallStatus=ringing&CallSid=CAy", "a=%ff"])
@pytest.mark.cases
async def test_nonsense_of_the_right_origin(desk: Desk, body: str) -> None:
    url = "https://chat.example.org/webhooks/twilio/voice/Hd9P5tYq8ZrK2mWc7VbN4x"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": sign(ACCOUNT.auth_token, url, parse_qsl(body, keep_blank_values=True)),
    }
    assert await desk.town.post(url, headers, body.encode()) in {200, 403}


async def test_a_forged_step_is_refused(desk: Desk) -> None:
    await desk.tap()
    for each in [posted for posted in desk.town.twilio.ledger.posted if "/voice/" in posted.url]:
        assert await desk.town.post(each.url, {**each.headers, "X-Twilio-Signature": "AAAA"}, each.body) == 403


# ------------------------------------------------------------ without a voice number


async def test_the_number_is_shown_at_its_hour_only(database_url: str) -> None:
    async with built(database_url) as town, aiohttp.ClientSession() as http:
        desk = await at_the_page(town, http)
        shown = f'href="tel:{CAMILLE}"'
        assert shown in await desk.page()
        await desk.post("call", {"calls": "0"})  # no page of this installation has that button
        assert await desk.rows() == []
        town.clock.now += timedelta(minutes=68)  # the end
        assert CAMILLE not in await desk.page()
        town.clock.now -= timedelta(minutes=79)  # eleven minutes before the start
        assert CAMILLE not in await desk.page()
        await desk.post("call", {"calls": "0"})
        assert await desk.rows() == []
        deeds = await audit.of(town.parts.db, f"appointment:{desk.appointment}")
        assert {deed.action for deed in deeds if deed.actor.startswith("worker:")} == {"see", "see phone"}
        assert town.problems() == []


async def test_an_unanswered_call_from_their_own_telephone_is_told(database_url: str) -> None:
    """We hear nothing of it, so the worker says it with a tap: the same choice for the person, twice at most."""
    async with built(database_url) as town, aiohttp.ClientSession() as http:
        desk = await at_the_page(town, http)
        assert "Camille ne répond pas</button>" in await desk.page()
        for _ in range(2):  # a double tap is one call
            await desk.post("unanswered", {"calls": "0"})
        await town.settle()
        [row] = await desk.rows()
        assert (row.status, row.outcome) == ("ended", "person_no_answer")
        [asked] = town.new(CAMILLE)
        assert asked.startswith("Claire a essayé de vous appeler")
        assert "Nous lui demandons par message" in await desk.page()
        [noted] = await town.sms(CAMILLE, "1")
        assert noted.startswith("C'est noté : Claire vous rappelle vers 14 h 02")
        assert desk.path in town.new(CLAIRE)[0]
        for seen in ("1", "2"):
            await desk.post("unanswered", {"calls": seen})
        await town.settle()
        assert len(town.new(CAMILLE)) == 1
        assert "a déjà reçu deux messages" in await desk.page()
        deeds = await audit.of(town.parts.db, f"appointment:{desk.appointment}")
        assert [deed.action for deed in deeds].count("unanswered") == 3
        assert town.problems() == []
        assert await town.unsound() == []


async def test_nothing_is_unanswered_before_and_after_the_hour(database_url: str) -> None:
    async with built(database_url) as town, aiohttp.ClientSession() as http:
        desk = await at_the_page(town, http)
        for minutes in (-3, 71):  # eleven minutes before, and the end
            town.clock.now += timedelta(minutes=minutes)
            assert "ne répond pas" not in await desk.page()
            await desk.post("unanswered", {"calls": "0"})
        assert await desk.rows() == []


async def test_a_call_through_our_number_needs_no_telling(desk: Desk) -> None:
    assert "ne répond pas" not in await desk.page()
    await desk.post("unanswered", {"calls": "0"})
    assert await desk.rows() == []
