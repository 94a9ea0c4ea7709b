"""What a provider knows of us is changed, or what people wrote waits: an alarm within five minutes, once an hour, and
a word when it is over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.channels import set_up
from bot.standins.faults import Html
from bot.work import WATCH
from handlers import standing
from storage import flags
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, Town, built

ME = CAMILLE_ON_TELEGRAM.id


@pytest.fixture
async def set_town(database_url: str) -> AsyncIterator[Town]:
    """As `channels setup` leaves it, with an address for alarms."""
    async with built(database_url, alert_to="ops@example.org") as town:
        assert await set_up(town.app.settings, dry_run=False, again=False) == 0
        yield town
        assert town.problems() == []


async def goes_by(town: Town, **by: float) -> None:
    """As a worker's loop looks at the time."""
    until = town.clock.now + timedelta(**by)
    while town.clock.now < until:
        town.clock.now = min(until, town.clock.now + WATCH)
        assert await town.app.look() == 0
    await town.settle()


def mails(town: Town) -> list[str]:
    return [str(message.get_content()).strip() for message in town.mail.messages]


async def test_nothing_is_told_while_all_is_well(set_town: Town) -> None:
    await goes_by(set_town, hours=2)
    assert mails(set_town) == []


def unset_telegram(town: Town) -> None:
    town.telegram.webhook.set({"url": ""})


def other_bot_program(town: Town) -> None:
    town.telegram.webhook.set({"url": "https://elsewhere.example.org/webhooks/telegram"})


def unset_number(town: Town) -> None:
    town.twilio.numbers.number["sms_url"] = ""


def demo_of_twilio(town: Town) -> None:
    town.twilio.numbers.number["sms_url"] = "https://demo.twilio.com/welcome/sms/reply/"


def fallback_gone(town: Town) -> None:
    town.twilio.numbers.number["sms_fallback_url"] = ""


def retries_gone(town: Town) -> None:
    town.twilio.senders.whatsapp["callback_url"] = "https://chat.example.org/webhooks/twilio/messages"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (unset_telegram, "webhook_unset"),
        (other_bot_program, "webhook_changed"),
        (unset_number, "webhook_unset"),
        (demo_of_twilio, "webhook_changed"),
        (fallback_gone, "webhook_changed"),
        (retries_gone, "webhook_changed"),
    ],
)
@pytest.mark.cases
async def test_a_changed_webhook_is_told_within_five_minutes_hourly_and_when_it_is_over(
    set_town: Town, change: Callable[[Town], None], code: str
) -> None:
    town = set_town
    await goes_by(town, minutes=7)
    change(town)
    await goes_by(town, minutes=5)
    assert town.alarms(code) == 1
    assert len(mails(town)) == 1
    assert code in mails(town)[0]
    await goes_by(town, minutes=50)
    assert town.alarms(code) == 1
    await goes_by(town, minutes=15)
    assert (town.alarms(code), len(mails(town))) == (2, 2)
    await set_up(town.app.settings, dry_run=False, again=False)
    await goes_by(town, minutes=5)
    assert mails(town)[2:] == [f"Fin de l'alarme : {code}."]
    change(town)  # again, and told again at once: it is another time
    await goes_by(town, minutes=5)
    assert town.alarms(code) == 3


async def test_a_backlog_at_telegram_is_told_while_it_grows(set_town: Town) -> None:
    town = set_town
    await goes_by(town, minutes=5)
    online, town.telegram.reach = town.telegram.reach, lambda _: "http://127.0.0.1:1/"
    for _ in range(3):
        await town.telegram.say(ME, "bonjour")
    await goes_by(town, minutes=5)
    assert (town.alarms("backlog"), town.alarms("webhook_failing")) == (0, 1)
    for _ in range(4):
        await town.telegram.say(ME, "vous êtes là ?")
    await goes_by(town, minutes=5)
    assert town.alarms("backlog") == 1
    town.telegram.reach = online
    await town.telegram.webhook.redeliver()
    await goes_by(town, minutes=5)
    assert not await flags.since(town.parts.db, "alarm:backlog:telegram")
    assert not await flags.since(town.parts.db, "alarm:webhook_failing:telegram")
    assert len(town.new(str(ME))) == 7
    assert sum("Fin de l'alarme" in mail for mail in mails(town)) == 2


async def test_very_many_waiting_need_no_second_look(set_town: Town) -> None:
    set_town.telegram.reach = lambda _: "http://127.0.0.1:1/"
    for _ in range(20):
        await set_town.telegram.say(ME, "bonjour")
    await goes_by(set_town, minutes=5)
    assert set_town.alarms("backlog") == 1


async def test_what_we_took_in_and_do_not_answer_is_told(set_town: Town) -> None:
    town = set_town
    await town.twilio.say(CAMILLE, "bonjour")
    for _ in range(20):  # a worker that watches, and drains nothing
        town.clock.now += WATCH
        await town.app.look()
    assert town.alarms("inbox_backlog") == 1
    await town.settle()
    await goes_by(town, minutes=5)
    assert not await flags.since(town.parts.db, "alarm:inbox_backlog:inbox")
    assert len(mails(town)) == 2


async def test_a_provider_that_is_away_is_waited_for_a_quarter_of_an_hour(set_town: Town) -> None:
    town = set_town
    town.twilio.faults.add(Html(), times=None)
    await goes_by(town, minutes=14)
    assert town.alarms("provider_unreached") == 0
    await goes_by(town, minutes=7)
    assert town.alarms("provider_unreached") == 2  # of texts, of WhatsApp
    assert town.alarms("webhook_changed") == 0
    town.twilio.faults.clear()
    await goes_by(town, minutes=5)
    assert not await flags.since(town.parts.db, "alarm:provider_unreached:sms")


async def test_one_of_all_workers_looks(set_town: Town) -> None:
    town = set_town
    asked = len(town.telegram.ledger.calls)
    for _ in range(3):
        await town.app.look()
    assert len(town.telegram.ledger.calls) == asked + 1


async def test_the_end_of_what_did_not_stand_is_not_told(set_town: Town) -> None:
    await standing.over(set_town.parts, "backlog", "telegram", set_town.clock.now)
    await set_town.settle()
    assert mails(set_town) == []
