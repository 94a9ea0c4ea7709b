"""All samples of the providers are here, each belongs to a row, and what we make of every answer of theirs is told."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import pytest
import vobject

from booking.model import Appointment, AppointmentId, ClientId, ContactId, Mode, Motive, PersonId, WorkerId
from handlers.calendars.reading import busy
from handlers.calendars.writing import Between, Entry, Method, calendar, sequence
from handlers.channels.base import SendError
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.twilio_client import TwilioClient
from tests.handlers.channels.conftest import Api
from tests.handlers.channels.samples import DATA, NOW, SETTINGS, TELEGRAM, TWILIO
from tests.handlers.channels.test_sending import TELEGRAM_ANSWERS, TWILIO_ANSWERS

ACCOUNT, TOKEN = SETTINGS["TWILIO_ACCOUNT_SID"], SETTINGS["TELEGRAM_BOT_TOKEN"]


def names(pattern: str) -> set[str]:
    return {str(path.relative_to(DATA)) for path in DATA.glob(pattern)}


# ------------------------------------------------------------ nothing is missing, nothing lies about


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("twilio/*.form.txt", 86),
        ("telegram/tg_*", 47),
        ("api/twilio_*.json", 22),
        ("api/telegram_*.json", 22),
        ("video/*.ics", 3),
        ("video/video_vectors.json", 1),
        ("gsm7_vectors.json", 1),
    ],
)
def test_as_many_as_were_given(pattern: str, count: int) -> None:
    assert len(names(pattern)) == count


@pytest.mark.parametrize(
    ("rows", "pattern", "verdicts"),
    [
        (TWILIO["requests"], "twilio/*.form.txt", (42, 9, 23, 5, 0, 7)),
        (TELEGRAM["updates"], "telegram/tg_*", (31, 3, 0, 5, 6, 2)),
    ],
    ids=["twilio", "telegram"],
)
def test_each_body_has_its_row_and_each_row_its_verdict(
    rows: list[dict[str, Any]], pattern: str, verdicts: tuple[int, ...]
) -> None:
    assert Counter(row["file"] for row in rows) == Counter(names(pattern))
    told = Counter(row["verdict"] for row in rows)
    kinds = ("turn", "quiet", "receipt", "parked", "ignored", "refused")
    assert tuple(told[kind] for kind in kinds) == verdicts
    assert set(told) <= set(kinds)


def test_the_signatures_are_all_there() -> None:
    vectors = json.loads((DATA / "twilio/signature_vectors.json").read_text("utf-8"))["vectors"]
    assert len(vectors) == len({vector["name"] for vector in vectors}) == 20
    assert sum(vector["valid"] for vector in vectors) == 8


# ------------------------------------------------------------ what our clients make of each answer

Asks = Callable[[aiohttp.ClientSession, str], Awaitable[object]]


async def an_sms(session: aiohttp.ClientSession, base: str) -> object:
    client = TwilioClient(session, ACCOUNT, (ACCOUNT, "made-up"), base_url=base)
    return await client.send({"to": "+33639980011", "from_": "+33199000001", "body": "Bonjour"})


async def a_message(session: aiohttp.ClientSession, base: str) -> object:
    return await TelegramBot(session, TOKEN, base_url=base).send(900000000000011, {"text": "Bonjour"})


async def a_press(session: aiohttp.ClientSession, base: str) -> object:
    await TelegramBot(session, TOKEN, base_url=base).answer_press("3006477100000000011")
    return None


async def the_webhook(session: aiohttp.ClientSession, base: str) -> object:
    return await TelegramBot(session, TOKEN, base_url=base).webhook()


HOOK: Final = "https://chat.example.org/webhooks/telegram"
FAILING: Final = "Wrong response from the webhook: 500 Internal Server Error"
# Of the calls that we make. Where we make none of its kind, it is judged as an odd answer to a message:
# there is a sid, or nobody knows whether it left.
GOOD: Final[dict[str, tuple[Asks, object]]] = {
    "twilio_message_created_from": (an_sms, "SM" + "1" * 32),
    "twilio_message_created_service": (an_sms, "SM" + "1" * 32),
    "twilio_message_created_scheduled": (an_sms, "SM" + "1" * 32),
    "twilio_message_created_whatsapp": (an_sms, "SM" + "6" * 32),
    "twilio_message_fetched_delivered": (an_sms, "SM" + "1" * 32),
    "twilio_typing_ok": (an_sms, SendError("no_sid", "unknown")),
    "telegram_send_ok": (a_message, "133"),
    "telegram_answer_callback_ok": (a_press, None),
    "telegram_get_file_ok": (a_message, SendError("no_sense", "unknown")),
    "telegram_webhook_info_ok": (the_webhook, (HOOK, 0, "")),
    "telegram_webhook_info_failing": (the_webhook, (HOOK, 57, FAILING)),
}


def test_every_answer_is_judged_here_or_as_a_refusal() -> None:
    judged = [*GOOD, *TWILIO_ANSWERS, *TELEGRAM_ANSWERS]
    assert Counter(f"api/{name}.json" for name in judged) == Counter(names("api/*.json"))


@pytest.mark.parametrize("name", GOOD)
async def test_what_a_good_answer_gives(name: str, api: Api, session: aiohttp.ClientSession) -> None:
    ask, gives = GOOD[name]
    api.answer = name
    if isinstance(gives, SendError):
        with pytest.raises(SendError) as caught:
            await ask(session, api.base)
        assert (caught.value.code, caught.value.outcome) == (gives.code, gives.outcome)
    else:
        assert await ask(session, api.base) == gives
    assert len(api.asked) == 1


# ------------------------------------------------------------ calendars

INVITED: Final = Appointment(
    id=AppointmentId("01J0000000000000000000ABCD"),
    person=PersonId("p"),
    client=ClientId("c"),
    worker=WorkerId("w"),
    motive=Motive.FINANCE,
    mode=Mode.VIDEO,
    start=datetime(2026, 5, 21, 7, 15, tzinfo=UTC),
    contact=ContactId("x"),
    series=AppointmentId("01J0000000000000000000ABCD"),
)
SIDES: Final = Between("rdv@example.org", "camille@example.org")
# The life of the sample's appointment: what it is then, as a change of ours counts it.
LIFE: Final[dict[str, tuple[Method, timedelta, int, str]]] = {
    "ics_request": ("REQUEST", timedelta(), 0, "booked"),
    "ics_update": ("REQUEST", timedelta(days=1), 1, "booked"),
    "ics_cancel": ("CANCEL", timedelta(days=1), 1, "cancelled"),
}
ALIKE: Final = ("uid", "dtstart", "dtend", "summary", "status", "class", "organizer")


def event(raw: bytes) -> Any:
    return vobject.readOne(raw.decode())


def sample(name: str) -> bytes:
    return (DATA / "video" / f"{name}.ics").read_bytes()


@pytest.mark.parametrize("name", LIFE)
def test_our_invitation_says_what_the_sample_says(name: str) -> None:
    """But for the numbers of changes, which rise in ours by two, and the reminder: calendars have their own."""
    method, later, version, status = LIFE[name]
    told = Appointment(
        **{
            field: getattr(INVITED, field)
            for field in ("id", "person", "client", "worker", "motive", "mode", "contact")
        },
        series=INVITED.series,
        start=INVITED.start + later,
        version=version,
        status=status,  # type: ignore[arg-type]
    )
    ours = event(calendar([Entry(told, "Rendez-vous")], "rdv.example.org", NOW, method, SIDES))
    theirs = event(sample(name))
    assert ours.method.value == theirs.method.value == method
    for field in ALIKE:
        assert ours.vevent.contents[field][0].value == theirs.vevent.contents[field][0].value, field
    mine, other = ours.vevent.attendee, theirs.vevent.attendee
    assert (mine.value, mine.params["RSVP"]) == (other.value, other.params["RSVP"])


def test_each_change_is_higher_than_the_one_before() -> None:
    theirs = [int(event(sample(name)).vevent.sequence.value) for name in LIFE]
    assert theirs == [0, 1, 2]
    ours = [
        sequence(
            Appointment(**{**_fields(INVITED), "version": version}),
            cancelled=method == "CANCEL",
        )
        for method, _, version, _ in LIFE.values()
    ]
    assert ours == sorted(set(ours))


def _fields(appointment: Appointment) -> dict[str, Any]:
    return {name: getattr(appointment, name) for name in appointment.__dataclass_fields__}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ics_request", [(INVITED.start, INVITED.start + timedelta(hours=1))]),
        ("ics_update", [(INVITED.start + timedelta(days=1), INVITED.start + timedelta(days=1, hours=1))]),
        ("ics_cancel", []),
    ],
)
def test_a_workers_calendar_that_holds_the_sample_is_busy_then(
    name: str, found: list[tuple[datetime, datetime]]
) -> None:
    since = INVITED.start - timedelta(days=7)
    assert busy(sample(name), "Europe/Paris", since, since + timedelta(days=30), "elsewhere.example.org") == found
    assert busy(sample(name), "Europe/Paris", since, since + timedelta(days=30), "rdv.example.org") == []  # our own


def test_the_vectors_of_rooms_are_judged_where_rooms_are() -> None:
    """Two of Jitsi, in tests/handlers/web/test_rooms.py. Four of BigBlueButton are of a server that is not offered."""
    vectors = json.loads((DATA / "video" / "video_vectors.json").read_text("utf-8"))
    assert (len(vectors["jitsi_hs256"]), len(vectors["bigbluebutton"])) == (2, 4)
