"""What was rightly signed once, posted again: cut anew under its signature, or a year later. No second effect (T10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import aiohttp
import pytest

from handlers.channels.base import BadOrigin, Envelope, Receipt, Request
from handlers.channels.twilio_signature import HEADER, sign
from storage.purge import purge
from tests.guards import guards
from tests.handlers.channels import mutants, samples
from tests.handlers.channels.at_the_door import everything, posted
from tests.handlers.channels.samples import NOW, SETTINGS, TELEGRAM_SAMPLES, TWILIO_SAMPLES, Sample
from tests.journeys.town import built


def recorded(part: str) -> Sample:
    """The first sample of which the name has this part, rightly signed and with its shape."""
    return next(one for one in TWILIO_SAMPLES if part in str(one) and one.row["verdict"] in {"turn", "receipt"})


def cuts(text: str, marks: Sequence[int]) -> Iterator[list[int]]:
    """Every place to which one boundary can go; each field joined to the next; each value made into two fields."""
    edges = [0, *marks, len(text)]
    for at in range(1, len(edges) - 1):
        for place in range(edges[at - 1], edges[at + 1] + 1):
            yield [*marks[: at - 1], place, *marks[at:]]
    for at in range(len(marks) - 1):
        yield [*marks[:at], *marks[at + 2 :]]
    for one, other in pairwise(edges):
        for place in range(one, other):
            yield sorted([*marks, place, place + (other - place) // 2])


def pieces(text: str, marks: Sequence[int]) -> list[tuple[str, str]]:
    parts = [text[one:other] for one, other in pairwise([0, *marks, len(text)])]
    return list(zip(parts[::2], parts[1::2], strict=True))


def recut(sample: Sample) -> Iterator[Request]:
    """Under the very signature of the sample: its fields, and what of them can go into the address."""
    fields = sorted(sample.params.items())
    marks, end = [], 0
    for word in [each for field in fields for each in field][:-1]:
        end += len(word)
        marks.append(end)
    text = "".join(name + value for name, value in fields)
    url, headers = sample.request.url, {HEADER: sign(SETTINGS["TWILIO_AUTH_TOKEN"], sample.request.url, fields)}
    for changed in cuts(text, marks):
        yield Request("POST", url, headers, mutants.quoted(pieces(text, changed)))
    if "?" in url:
        for gone in marks[1::2]:
            left = [mark - gone for mark in marks if mark > gone]
            yield Request("POST", url + text[:gone], headers, mutants.quoted(pieces(text[gone:], left)))


@guards("L05")
@guards("T10")
@pytest.mark.parametrize("part", ["sms_in_plain", "wa_in", "status_sms"])
def test_cut_anew_it_is_refused_set_aside_or_the_same_message(part: str) -> None:
    sample, provider = recorded(part), samples.twilio_provider()
    [first] = provider.split(sample.request, NOW)
    signed = 0
    for number, call in enumerate(recut(sample)):
        try:
            provider.verify(call)
        except BadOrigin:
            continue
        signed += 1
        for found in provider.split(call, NOW):
            match found:
                case Envelope(parked=None):
                    assert isinstance(first, Envelope), number
                    assert (found.channel, found.external_id) == (first.channel, first.external_id), number
                case Receipt():
                    assert isinstance(first, Receipt), number
                    assert (found.provider_id, found.status) == (first.provider_id, first.status), number
    assert signed > 20, "under the same signature"


@pytest.mark.slow
@guards("T10")
async def test_a_recorded_day_a_year_later_does_nothing(sqlite_url: str) -> None:
    """The rows are purged by then; that they were seen is not forgotten. Nor does a second post on the same day."""
    async with built(sqlite_url) as town, aiohttp.ClientSession() as session:
        town.clock.now = NOW
        day = [one.request for one in (*TWILIO_SAMPLES, *TELEGRAM_SAMPLES) if one.row["verdict"] != "refused"]
        day += list(recut(recorded("sms_in_plain")))[::40]
        for call in day:
            await posted(session, town, call)
        await town.settle()
        for later in (timedelta(minutes=1), timedelta(days=400)):
            town.clock.now = NOW + later
            await town.settle()
            await purge(town.parts.db, town.clock.now)
            before, said = (
                await everything(town.parts.db),
                len(town.twilio.ledger.calls) + len(town.telegram.ledger.calls),
            )
            for call in day:
                status, _ = await posted(session, town, call)
                assert status in {200, 403}
            await town.settle()
            after = await everything(town.parts.db)
            assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
            calls = [*town.twilio.ledger.calls, *town.telegram.ledger.calls]
            assert not [call.operation for call in calls[said:] if call.operation in {"CreateMessage", "sendMessage"}]
