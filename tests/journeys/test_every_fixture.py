"""Every request of the providers' that we know of, as bytes to the real server: its status, and what came of it."""

import json
from dataclasses import dataclass

import pytest

from bot.standins.telegram_chats import Person
from storage.outbox import RANKS
from tests.handlers.channels.samples import NOW, TELEGRAM_SAMPLES, TWILIO_SAMPLES, Sample
from tests.journeys.town import CAMILLE, SAM, Town

pytestmark = pytest.mark.sampled

# Calls, their steps and states, are a house of their own.
JUDGED = [*TWILIO_SAMPLES, *TELEGRAM_SAMPLES]
BEFORE = {sample.row["file"]: sample for sample in JUDGED}
SENDS = ("CreateMessage", "sendMessage")


CALLS = [sample for sample in TWILIO_SAMPLES if sample.row["kind"].startswith("voice")]


def of(*verdicts: str) -> list[Sample]:
    return [sample for sample in JUDGED if sample.row["verdict"] in verdicts]


@dataclass(frozen=True)
class Effect:
    """What a request left behind."""

    status: int
    new: int  # messages in the inbox, whatever became of them
    parked: int
    said: int  # messages of ours that left


async def counted(town: Town) -> tuple[int, int, int]:
    [rows] = await town.parts.db.fetch(
        "SELECT count(*) AS came, count(CASE WHEN status = 'parked' THEN 1 END) AS parked FROM inbox "
        "WHERE kind = 'message'"
    )
    calls = [call for ledger in (town.twilio.ledger, town.telegram.ledger) for call in ledger.calls]
    return rows["came"], rows["parked"], sum(call.operation in SENDS and call.status in {200, 201} for call in calls)


async def posted(town: Town, sample: Sample) -> Effect:
    before = await counted(town)
    status = await town.post(sample.row["url"], sample.row["headers"], sample.request.body)
    await town.settle()
    new, parked, said = (after - was for after, was in zip(await counted(town), before, strict=True))
    return Effect(status, new, parked, said)


@pytest.fixture
async def ready(town: Town, request: pytest.FixtureRequest) -> Town:
    """The hour of the samples; the providers know their people; what the sample comes after has come."""
    town.clock.now = NOW
    for sample in TELEGRAM_SAMPLES:
        for person in _people(sample.request.body):
            town.telegram.join(person).started = True
    for sample in TWILIO_SAMPLES:
        town.twilio.last_heard[sample.params.get("From", "")] = NOW
    return town


def _people(body: bytes) -> list[Person]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return []
    content = update.get("message") or update.get("callback_query") or {}
    return [Person(content["from"]["id"], "Camille")] if "from" in content else []


async def prepared(town: Town, sample: Sample) -> None:
    if earlier := sample.row.get("after"):
        assert await posted(town, BEFORE[earlier]) == Effect(200, 1, 0, 1)


@pytest.mark.parametrize("sample", of("turn"), ids=str)
async def test_one_answer_leaves(ready: Town, sample: Sample) -> None:
    await prepared(ready, sample)
    assert await posted(ready, sample) == Effect(200, 1, 0, 1)
    assert await posted(ready, sample) == Effect(200, 0, 0, 0)  # sent again by the provider: once, for ever


@pytest.mark.parametrize("sample", of("quiet"), ids=str)
async def test_stored_and_nothing_said(ready: Town, sample: Sample) -> None:
    await prepared(ready, sample)
    new = 0 if sample.row.get("after") else 1
    assert await posted(ready, sample) == Effect(200, new, 0, 0)


@pytest.mark.parametrize("sample", of("parked"), ids=str)
async def test_set_aside_for_a_human(ready: Town, sample: Sample) -> None:
    assert await posted(ready, sample) == Effect(200, 1, 1, 0)
    assert await posted(ready, sample) == Effect(200, 0, 0, 0)


@pytest.mark.parametrize("sample", of("ignored", "refused"), ids=str)
async def test_nothing_is_stored(ready: Town, sample: Sample) -> None:
    edit = str(sample) == "tg_edited_message"  # stored, as it may be of a message that was read: this one never was
    assert await posted(ready, sample) == Effect(sample.row["status"], int(edit), 0, 0)


@pytest.mark.parametrize("sample", CALLS, ids=str)
async def test_a_step_of_a_call_moves_nothing(ready: Town, sample: Sample) -> None:
    assert await posted(ready, sample) == Effect(200, 0, 0, 0)


@pytest.mark.parametrize("sample", [sample for sample in of("receipt") if sample not in CALLS], ids=str)
async def test_a_state_only_rises(ready: Town, sample: Sample) -> None:
    """On a message that Twilio has just taken in, under the sid that the sample tells of."""
    ready.twilio.hold = True
    phone = f"whatsapp:{SAM}" if sample.row["kind"].startswith("whatsapp") or "_wa_" in str(sample) else CAMILLE
    await ready.sms(phone, "bonjour")
    db = ready.parts.db
    await db.execute("UPDATE outbox SET provider_id = ?", sample.params["MessageSid"])
    if earlier := sample.row.get("after"):
        assert (await posted(ready, BEFORE[earlier])).status == 200
    [before] = await db.fetch("SELECT id, status FROM outbox")
    told = await posted(ready, sample)
    assert (told.status, told.new) == (200, 0)
    [after] = await db.fetch("SELECT id, status FROM outbox WHERE id = ?", before["id"])
    state = {"queued": "accepted", "undelivered": "failed", "canceled": "failed"}.get(
        sample.params["MessageStatus"], sample.params["MessageStatus"]
    )
    assert after["status"] == max(before["status"], state, key=RANKS.__getitem__)
    assert await posted(ready, sample) == Effect(200, 0, 0, 0)
    assert [after] == await db.fetch("SELECT id, status FROM outbox WHERE id = ?", before["id"])
