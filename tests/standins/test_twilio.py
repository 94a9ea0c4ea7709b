"""The Twilio stand-in, spoken to by the official SDK and heard by the official validator."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.standins.faults import Answer, Broken, Drop, Early, Hang, Html, Reject, Silent, Throttle, Undelivered
from bot.standins.ledger import Bubble, Button
from bot.standins.twilio import TwilioStandIn
from bot.standins.twilio_content import Content
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, Clock, Heard, LocalClient, Ours, Running

CAMILLE = "+33639980011"
WHATSAPP = f"whatsapp:{CAMILLE}"
STATUS_URL = f"{PUBLIC_URL}/webhooks/twilio/status?m=01J0000000000000000000ABCD"
KNOWN = Path(__file__).parent.parent / "handlers" / "channels" / "data" / "api"
ANSWERS: dict[str, Any] = {
    file.stem: json.loads(file.read_text("utf-8")) for file in sorted(KNOWN.glob("twilio_[em]*.json"))
}


def form(heard: Heard) -> dict[str, str]:
    return dict(parse_qsl(heard.body.decode(), keep_blank_values=True))


def statuses(ours: Ours) -> list[str]:
    return [form(heard)["MessageStatus"] for heard in ours.heard if heard.path.startswith("/webhooks/twilio/status")]


async def send(client: Client, **changed: Any) -> Any:
    asked = {"to": CAMILLE, "from_": ACCOUNT.sms_number, "body": "Bonjour", "status_callback": STATUS_URL, **changed}
    return await client.messages.create_async(**asked)


async def refusal(client: Client, **changed: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        await send(client, **changed)
    return caught.value.status, caught.value.code


# What is accepted, and what becomes of it


async def test_a_text_is_taken_in_delivered_and_reported(twilio: Running, client: Client, ours: Ours) -> None:
    shown: list[Bubble] = []
    twilio.standin.on_delivered.append(shown.append)
    made = await send(client, body="Ça va ?", validity_period=600)
    assert (made.status, made.from_, made.to, made.num_segments) == ("queued", ACCOUNT.sms_number, CAMILLE, "1")
    assert made.date_created == datetime(2026, 5, 14, 7, 15, 2, tzinfo=UTC)
    await twilio.standin.settle()
    assert statuses(ours) == ["sent", "delivered"]
    assert [(bubble.id, bubble.to, bubble.text) for bubble in shown] == [(made.sid, CAMILLE, "Ça va ?")]
    assert twilio.standin.ledger.screen(CAMILLE) == shown
    fetched = await client.messages(made.sid).fetch_async()
    assert (fetched.status, fetched.date_sent, fetched.error_code) == ("delivered", made.date_created, None)
    assert twilio.standin.ledger.problems() == []


async def test_a_service_picks_the_sender_later(twilio: Running, client: Client, ours: Ours) -> None:
    made = await send(client, from_=None, messaging_service_sid=ACCOUNT.service_sid)
    assert (made.status, made.from_, made.num_segments) == ("accepted", None, "0")
    await twilio.standin.settle()
    assert statuses(ours) == ["queued", "sent", "delivered"]
    fetched = await client.messages(made.sid).fetch_async()
    assert (fetched.from_, fetched.num_segments) == (ACCOUNT.sms_number, "1")


async def test_segments_are_those_of_the_alphabet(client: Client) -> None:
    assert (await send(client, body="€" * 153)).num_segments == "3"
    assert (await send(client, body="ê" * 71)).num_segments == "2"


async def test_texts_arrive_in_the_order_of_our_calls(twilio: Running, client: Client) -> None:
    for text in "abcde":
        await send(client, body=text)
    await twilio.standin.settle()
    assert [bubble.text for bubble in twilio.standin.ledger.screen(CAMILLE)] == list("abcde")


async def test_an_api_key_opens_the_door_and_a_wrong_one_does_not(twilio: Running) -> None:
    async with LocalClient(twilio.base) as http:
        keyed = Client(ACCOUNT.api_key, ACCOUNT.api_secret, ACCOUNT.sid, http_client=http)
        assert (await send(keyed)).status == "queued"
        forged = Client(ACCOUNT.sid, "not-the-token", http_client=http)
        assert await refusal(forged) == (401, 20003)
        foreign = Client(ACCOUNT.sid, ACCOUNT.auth_token, "AC" + "9" * 32, http_client=http)
        assert await refusal(foreign) == (404, 20404)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"to": "0639980011"}, (400, 21211)),
        ({"to": "+33199000009"}, (400, 21614)),
        ({"from_": "+33199000009"}, (400, 21606)),
        ({"from_": None}, (400, 21603)),
        ({"from_": None, "messaging_service_sid": "MG" + "9" * 32}, (400, 21606)),
        ({"to": WHATSAPP}, (400, 21612)),
        ({"body": None}, (400, 21602)),
        ({"body": "x" * 1601}, (400, 21617)),
        ({"body": None, "content_sid": "HX" + "9" * 32}, (400, 21655)),
        ({"content_sid": "HX" + "1".zfill(32)}, (400, 63030)),
        ({"body": None, "content_sid": "HX" + "1".zfill(32), "content_variables": '{"1": 2}'}, (400, 21656)),
        ({"send_at": datetime(2026, 5, 15, tzinfo=UTC), "schedule_type": "fixed"}, (400, 35115)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value[1]),
)
async def test_refuses_with_the_code_of_the_api(
    twilio: Running, client: Client, changed: dict[str, Any], expected: tuple[int, int]
) -> None:
    twilio.standin.landlines.add("+33199000009")
    twilio.standin.contents["HX" + "1".zfill(32)] = REMINDER
    assert await refusal(client, **changed) == expected
    assert twilio.standin.messages == {}


async def test_a_call_that_the_description_forbids_is_recorded_and_refused(
    twilio: Running, http: aiohttp.ClientSession
) -> None:
    async with http.post(
        f"{twilio.base}/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json",
        data={"To": CAMILLE, "From": ACCOUNT.sms_number, "Bodi": "x", "ValidityPeriod": "soon"},
        headers={"Authorization": aiohttp.encode_basic_auth(ACCOUNT.sid, ACCOUNT.auth_token)},
    ) as answer:
        assert answer.status == 400
    problems = twilio.standin.ledger.problems()
    assert len(problems) == 2
    assert "Bodi" in problems[0] + problems[1]
    assert twilio.standin.messages == {}


# The log


async def test_the_log_is_read_page_by_page_newest_first(client: Client) -> None:
    sids = [(await send(client, body=str(number))).sid for number in range(7)]
    listed = await client.messages.list_async(page_size=3)
    assert [message.sid for message in listed] == sids[::-1]
    assert len(await client.messages.list_async(limit=4)) == 4


async def test_the_log_is_filtered_by_people_and_time(twilio: Running, client: Client, clock: Clock) -> None:
    other = "+33639980012"
    await send(client)
    clock.forward(hours=1)
    await send(client, to=other, body="late")
    inbound = await twilio.standin.say(CAMILLE, "Merci")
    await twilio.standin.settle()

    async def bodies(**by: Any) -> list[str]:
        return [message.body for message in await client.messages.list_async(**by)]

    assert await bodies(to=other) == ["late"]
    assert await bodies(to=ACCOUNT.sms_number) == ["Merci"]
    assert await bodies(from_=CAMILLE) == ["Merci"]
    assert await bodies(to=CAMILLE, date_sent_after=clock.now) == []
    assert await bodies(date_sent_after=clock.now) == ["Merci", "late"]
    assert await bodies(date_sent_before=datetime(2026, 5, 14, 7, 30, tzinfo=UTC)) == ["Bonjour"]
    assert len(await bodies(date_sent=datetime(2026, 5, 14, tzinfo=UTC).date())) == 3
    assert (await client.messages(inbound.sid).fetch_async()).direction == "inbound"


async def test_a_message_is_redacted_then_deleted(twilio: Running, client: Client) -> None:
    made = await send(client)
    await twilio.standin.settle()
    assert (await client.messages(made.sid).update_async(body="")).body == ""
    with pytest.raises(TwilioRestException):
        await client.messages(made.sid).update_async(body="other words")
    assert await client.messages(made.sid).delete_async()
    with pytest.raises(TwilioRestException) as caught:
        await client.messages(made.sid).fetch_async()
    assert (caught.value.status, caught.value.code) == (404, 20404)


# What goes wrong on demand


async def test_every_known_answer_reaches_the_sdk_as_it_expects(twilio: Running, client: Client) -> None:
    for name, answer in ANSWERS.items():
        body = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
        twilio.standin.faults.add(Answer(answer["status"], body, answer["headers"]))
        if name == "twilio_message_fetched_delivered":
            fetched = await client.messages("SM" + "1" * 32).fetch_async()
            assert (fetched.status, fetched.price) == ("delivered", "-0.07980")
        elif answer["status"] == 201:
            made = await send(client)
            assert made.sid == answer["body"]["sid"]
            assert made.status == answer["body"]["status"]
        else:
            code = answer["body"]["code"] if isinstance(answer["body"], dict) else answer["status"]
            assert await refusal(client) == (answer["status"], code), name
    assert twilio.standin.messages == {}


@pytest.mark.parametrize("name", ["from", "service", "whatsapp"], ids=lambda name: f"twilio_message_created_{name}")
async def test_our_resource_has_the_shape_of_the_known_one(twilio: Running, client: Client, name: str) -> None:
    known = ANSWERS[f"twilio_message_created_{name}"]["body"]
    ways: dict[str, dict[str, Any]] = {
        "from": {},
        "service": {"from_": None, "messaging_service_sid": ACCOUNT.service_sid},
        "whatsapp": {"to": WHATSAPP, "from_": f"whatsapp:{ACCOUNT.whatsapp_number}"},
    }
    made = await send(client, body=known["body"], **ways[name])
    same = set(known) - {"sid", "uri", "subresource_uris", "tags"}
    assert {field: made.__dict__.get(field, known[field]) for field in ("status", "body", "num_segments")} == {
        field: known[field] for field in ("status", "body", "num_segments")
    }
    text = client.http_client._test_only_last_response.text
    assert {field: json.loads(text)[field] for field in same} == {field: known[field] for field in same}
    assert set(json.loads(text)) == set(known)


async def test_throttled_broken_and_garbled(twilio: Running, client: Client) -> None:
    twilio.standin.faults.add(Throttle(after=3))
    assert await refusal(client) == (429, 20429)
    twilio.standin.faults.add(Broken())
    assert await refusal(client) == (500, 20500)
    twilio.standin.faults.add(Html(503))
    assert await refusal(client) == (503, 503)
    twilio.standin.faults.add(Reject(21408))
    assert await refusal(client) == (400, 21408)
    assert twilio.standin.messages == {}
    assert [call.status for call in twilio.standin.ledger.of("CreateMessage")] == [429, 500, 503, 400]
    assert (await send(client)).status == "queued"  # each fault was for one call


async def test_a_fault_waits_for_the_call_that_it_is_meant_for(twilio: Running, client: Client) -> None:
    twilio.standin.faults.add(Broken(), when=lambda call: call.params["To"] == "+33639980012")
    assert (await send(client)).status == "queued"
    assert await refusal(client, to="+33639980012") == (500, 20500)
    twilio.standin.faults.add(Broken(), times=None)
    for _ in range(3):
        assert await refusal(client) == (500, 20500)
    twilio.standin.faults.clear()
    assert (await send(client)).status == "queued"


async def test_accepted_but_the_answer_is_lost(twilio: Running, client: Client) -> None:
    twilio.standin.faults.add(Drop())
    with pytest.raises(aiohttp.ClientError):
        await send(client)
    await twilio.standin.settle()
    assert [message.body for message in await client.messages.list_async(to=CAMILLE)] == ["Bonjour"]
    twilio.standin.faults.add(Broken(accepted=True))
    assert await refusal(client) == (500, 20500)
    assert len(twilio.standin.messages) == 2


async def test_lost_before_it_was_taken_in(twilio: Running, client: Client) -> None:
    twilio.standin.faults.add(Drop(accepted=False))
    with pytest.raises(aiohttp.ClientError):
        await send(client)
    assert twilio.standin.messages == {}


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_call_may_never_be_answered(clock: Clock, ids: Callable[[], int], accepted: bool) -> None:
    standin = TwilioStandIn(ACCOUNT, clock, ids)
    standin.faults.add(Silent(accepted))
    async with TestServer(standin.app) as server:
        http = LocalClient(str(server.make_url("")).rstrip("/"))
        sending = asyncio.create_task(send(Client(ACCOUNT.sid, ACCOUNT.auth_token, http_client=http)))
        await standin.ledger.until(lambda ledger: any(call.fault for call in ledger.calls))
        assert not sending.done()
        assert len(standin.messages) == accepted
        sending.cancel()
    await asyncio.wait([sending])
    await http.close()


@pytest.mark.parametrize("accepted", [True, False])
async def test_behind_a_page_of_html_it_may_have_been_taken_in(twilio: Running, client: Client, accepted: bool) -> None:
    twilio.standin.faults.add(Html(504, accepted))
    assert await refusal(client) == (504, 504)
    assert len(twilio.standin.messages) == accepted


async def test_a_call_hangs_until_it_is_released(twilio: Running, client: Client) -> None:
    hang = Hang()
    twilio.standin.faults.add(hang)
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(send(client))
        await hang.reached.wait()
        assert twilio.standin.messages == {}
        hang.release()
    assert sending.result().status == "queued"


async def test_a_call_that_we_gave_up_may_still_arrive(twilio: Running, client: Client) -> None:
    hang = Hang()
    twilio.standin.faults.add(hang)
    sending = asyncio.create_task(send(client))
    await hang.reached.wait()
    sending.cancel()
    await asyncio.wait([sending])
    hang.release()
    await twilio.standin.ledger.until(lambda ledger: bool(ledger.screen(CAMILLE)))


async def test_a_hanging_call_does_not_keep_the_server_open(clock: Clock, ids: Callable[[], int]) -> None:
    standin = TwilioStandIn(ACCOUNT, clock, ids)
    hang = Hang()
    standin.faults.add(hang)
    async with TestServer(standin.app) as server:
        http = LocalClient(str(server.make_url("")).rstrip("/"))
        sending = asyncio.create_task(send(Client(ACCOUNT.sid, ACCOUNT.auth_token, http_client=http)))
        await hang.reached.wait()
    with pytest.raises(aiohttp.ClientError):
        await sending
    await http.close()
    assert standin.messages == {}


# Status callbacks


async def test_callbacks_are_signed_over_the_address_as_we_gave_it(twilio: Running, client: Client, ours: Ours) -> None:
    validator = RequestValidator(ACCOUNT.auth_token)
    await send(client)
    await twilio.standin.say(CAMILLE, "Ça ira, à 9 h & merci")
    await twilio.standin.settle()
    assert len(ours.heard) == 3
    for heard in ours.heard:
        assert validator.validate(PUBLIC_URL + heard.path, form(heard), heard.headers["X-Twilio-Signature"])
        assert not validator.validate(PUBLIC_URL + heard.path + "x", form(heard), heard.headers["X-Twilio-Signature"])


async def test_callbacks_are_held_turned_round_and_doubled(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.hold = True
    await send(client)
    await twilio.standin.settle()
    assert statuses(ours) == []
    await twilio.standin.release(lambda held: [*held[::-1], held[0]])
    assert statuses(ours) == ["delivered", "sent", "sent"]
    assert twilio.standin.pending == []


async def test_callbacks_come_late_by_the_clock(twilio: Running, client: Client, ours: Ours, clock: Clock) -> None:
    twilio.standin.delay = clock.now - clock.now.replace(minute=10)
    await send(client)
    await twilio.standin.settle()
    await twilio.standin.tick()
    assert statuses(ours) == []
    clock.forward(minutes=6)
    await twilio.standin.tick()
    assert statuses(ours) == ["sent", "delivered"]


async def test_callbacks_may_come_before_our_call_is_answered(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.faults.add(Early())
    await send(client)
    assert statuses(ours) == ["sent", "delivered"]


async def test_they_do_so_though_others_are_held_back(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.hold = True
    twilio.standin.faults.add(Early())
    await send(client)
    await send(client)
    await twilio.standin.settle()
    assert statuses(ours) == ["sent", "delivered"]
    made, later = twilio.standin.ledger.of("CreateMessage")
    assert (made.posted, later.posted) == (2, 2), "brought before it was answered"


async def test_a_text_may_be_taken_in_and_never_arrive(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.faults.add(Undelivered(30003))
    made = await send(client)
    twilio.standin.dead.add("+33639980012")
    await send(client, to="+33639980012")
    await twilio.standin.settle()
    assert [(form(heard)["MessageStatus"], form(heard).get("ErrorCode")) for heard in ours.heard] == [
        ("undelivered", "30003"),
        ("sent", None),
        ("undelivered", "30005"),
    ]
    assert (await client.messages(made.sid).fetch_async()).error_code == 30003
    assert twilio.standin.ledger.delivered == []


# The person writes


async def test_a_text_of_a_person_is_tried_as_the_address_asks_for(twilio: Running, ours: Ours) -> None:
    ours.answers = [503, 503, 200]
    said = await twilio.standin.say(CAMILLE, "Bonjour")
    assert said.taken
    assert [heard.path for heard in ours.heard] == ["/webhooks/twilio/messages"] * 3
    assert len({heard.headers["I-Twilio-Idempotency-Token"] for heard in ours.heard}) == 1
    told = form(ours.heard[0])
    assert told["MessageSid"] == said.sid
    assert (told["From"], told["To"], told["Body"]) == (CAMILLE, ACCOUNT.sms_number, "Bonjour")
    assert (told["AccountSid"], told["NumMedia"], told["SmsStatus"]) == (ACCOUNT.sid, "0", "received")
    assert "MessageStatus" not in told


async def test_what_we_never_take_stays_in_the_log_alone(twilio: Running, ours: Ours, client: Client) -> None:
    ours.answers = [503] * 4
    said = await twilio.standin.say(CAMILLE, "Bonjour")
    assert not said.taken
    assert len(said.tries) == 4
    assert twilio.standin.ledger.complaints == ["11200 HTTP retrieval failure"]
    assert [message.sid for message in await client.messages.list_async(to=ACCOUNT.sms_number)] == [said.sid]


async def test_a_refusal_of_ours_is_not_tried_again(twilio: Running, ours: Ours) -> None:
    ours.answers = [403]
    assert len((await twilio.standin.say(CAMILLE, "Bonjour")).tries) == 1


@pytest.mark.parametrize("word", ["STOP", "stop ", "Cancel"])
async def test_twilio_stops_a_number_by_its_own_words(twilio: Running, client: Client, ours: Ours, word: str) -> None:
    await twilio.standin.say(CAMILLE, word)
    assert "OptOutType" not in form(ours.heard[0])
    assert await refusal(client) == (400, 21610)
    made = await send(client, from_=None, messaging_service_sid=ACCOUNT.service_sid)
    await twilio.standin.settle()
    assert (await client.messages(made.sid).fetch_async()).error_code == 21610
    assert statuses(ours) == ["queued", "failed"]
    assert len(twilio.standin.ledger.screen(CAMILLE)) == 1  # Twilio's own answer alone
    await twilio.standin.say(CAMILLE, "START")
    assert (await send(client)).status == "queued"


@pytest.mark.parametrize("text", ["STOP merci", "ARRET", "ANNULER"])
async def test_other_words_stop_nothing(twilio: Running, client: Client, text: str) -> None:
    await twilio.standin.say(CAMILLE, text)
    assert (await send(client)).status == "queued"


async def test_advanced_opt_out_names_the_kind(clock: Clock, ids: Callable[[], int], ours: Ours) -> None:
    account = replace(ACCOUNT, advanced_opt_out=True)
    standin = TwilioStandIn(account, clock, ids, reach=ours.reach)
    async with TestServer(standin.app):
        await standin.say(CAMILLE, "arrêt")
        await standin.say(CAMILLE, "cancel")
    assert form(ours.heard[0])["OptOutType"] == "STOP"
    assert "OptOutType" not in form(ours.heard[1])
    assert standin.opted_out == {CAMILLE}


async def test_media_and_places(twilio: Running, ours: Ours) -> None:
    await twilio.standin.send_media(CAMILLE, "image/jpeg")
    await twilio.standin.send_media(WHATSAPP, "application/pdf", "attestation.pdf")
    await twilio.standin.send_place(WHATSAPP, "48.8566", "2.3522")
    picture, document, place = map(form, ours.heard)
    assert (picture["NumMedia"], picture["MediaContentType0"]) == ("1", "image/jpeg")
    assert picture["MessageSid"].startswith("MM")
    assert (document["MessageType"], document["Body"]) == ("document", "attestation.pdf")
    assert (place["MessageType"], place["Latitude"], place["Body"]) == ("location", "48.8566", "")


# WhatsApp

MENU = Content(
    sid="HX" + "2".zfill(32),
    friendly_name="menu_2",
    language="fr",
    types={"twilio/list-picker": {"body": "Quel sujet ?", "items": [{"item": "{{1}}", "id": "d7g3v5jf2s:1"}]}},
    variables={"1": "Logement"},
)
REMINDER = Content(
    sid="HX" + "1".zfill(32),
    friendly_name="reminder",
    language="fr",
    types={"twilio/quick-reply": {"body": "Rendez-vous {{1}}.", "actions": [{"title": "Oui", "id": "d7g3v5jf2s:1"}]}},
    variables={"1": "mardi à 9 h"},
    approval="approved",
)


async def whatsapp(client: Client, **changed: Any) -> Any:
    return await send(client, to=WHATSAPP, from_=f"whatsapp:{ACCOUNT.whatsapp_number}", **changed)


async def test_a_whatsapp_message_is_delivered_and_read(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.names[WHATSAPP] = "Camille"
    await twilio.standin.say(WHATSAPP, "Bonjour")
    told = form(ours.heard[0])
    assert (told["ProfileName"], told["WaId"], told["NumSegments"]) == ("Camille", "33639980011", "1")
    assert told["ExternalUserId"].startswith("whatsapp:FR.")
    await whatsapp(client)
    await twilio.standin.settle()
    assert statuses(ours) == ["sent", "delivered", "read"]
    assert [bubble.status for bubble in twilio.standin.ledger.screen(WHATSAPP)] == ["read"]
    assert form(ours.heard[-1])["EventType"] == "READ"


async def test_people_may_read_later_or_never(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.reads = False
    await twilio.standin.say(WHATSAPP, "Bonjour")
    await whatsapp(client)
    await twilio.standin.settle()
    assert statuses(ours) == ["sent", "delivered"]
    await twilio.standin.read(WHATSAPP)
    assert statuses(ours) == ["sent", "delivered", "read"]


async def test_free_text_passes_for_24_hours_only(twilio: Running, client: Client, ours: Ours, clock: Clock) -> None:
    await twilio.standin.say(WHATSAPP, "Bonjour")
    clock.forward(hours=24, seconds=-1)
    assert twilio.standin.window_open(WHATSAPP)
    clock.forward(seconds=1)
    assert (await whatsapp(client)).status == "queued"
    await twilio.standin.settle()
    assert form(ours.heard[-1])["MessageStatus"] == "undelivered"
    assert form(ours.heard[-1])["ErrorCode"] == "63016"
    assert twilio.standin.ledger.delivered == []


async def test_an_approved_template_passes_outside_the_window(twilio: Running, client: Client) -> None:
    twilio.standin.contents = {MENU.sid: MENU, REMINDER.sid: REMINDER}
    asked = {"body": None, "content_sid": REMINDER.sid, "content_variables": json.dumps({"1": "jeudi à 10 h"})}
    made = await whatsapp(client, **asked)
    await whatsapp(client, body=None, content_sid=MENU.sid)
    await twilio.standin.settle()
    (bubble,) = twilio.standin.ledger.screen(WHATSAPP)
    assert (bubble.id, bubble.text) == (made.sid, "Rendez-vous jeudi à 10 h.")
    assert bubble.buttons == (Button("reply", "Oui", "d7g3v5jf2s:1"),)


async def test_taps_come_back_with_what_the_button_carries(twilio: Running, client: Client, ours: Ours) -> None:
    twilio.standin.contents = {MENU.sid: MENU, REMINDER.sid: REMINDER}
    await twilio.standin.say(WHATSAPP, "Bonjour")
    menu = await whatsapp(client, body=None, content_sid=MENU.sid)
    reminder = await whatsapp(client, body=None, content_sid=REMINDER.sid)
    await twilio.standin.settle()
    await twilio.standin.tap(WHATSAPP, menu.sid, "Logement")
    listed = form(ours.heard[-1])
    assert (listed["ListId"], listed["ListTitle"], listed["Body"]) == ("d7g3v5jf2s:1", "Logement", "Logement")
    await twilio.standin.tap(WHATSAPP, reminder.sid, "Oui")
    pressed = form(ours.heard[-1])
    assert (pressed["ButtonPayload"], pressed["ButtonText"], pressed["Body"]) == ("d7g3v5jf2s:1", "Oui", "Oui")
    assert pressed["OriginalRepliedMessageSid"] == reminder.sid


async def test_somebody_who_hides_the_number_is_known_by_an_id(twilio: Running, client: Client, ours: Ours) -> None:
    hidden = "whatsapp:FR.9876543210987654"
    await twilio.standin.say(hidden, "Bonjour")
    told = form(ours.heard[0])
    assert (told["From"], told["ExternalUserId"]) == (hidden, hidden)
    assert "WaId" not in told
    await send(client, to=hidden, from_=f"whatsapp:{ACCOUNT.whatsapp_number}")
    await twilio.standin.settle()
    assert len(twilio.standin.ledger.screen(hidden)) == 1


async def test_stop_on_whatsapp_is_ours_to_understand(twilio: Running, client: Client) -> None:
    await twilio.standin.say(WHATSAPP, "STOP")
    await whatsapp(client)
    await twilio.standin.settle()
    assert [bubble.text for bubble in twilio.standin.ledger.screen(WHATSAPP)] == ["Bonjour"]
