"""WhatsApp's contents at the stand-in's Content API: made once, found again by name, approved by Meta, told of."""

from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import pytest

from bot.standins.faults import Hang, Html, Throttle
from bot.standins.twilio_content import broken_rules, unfit
from handlers.channels import content_api
from handlers.channels.base import Finding, SendError
from handlers.channels.content_api import ContentApi
from handlers.channels.setting_up import ByHand, Setting
from handlers.channels.whatsapp_content import Stored
from handlers.channels.whatsapp_setup import findings, settings, wanted
from handlers.channels.whatsapp_shelf import Shelf
from tests.standins.conftest import ACCOUNT, Clock, Running

LANGS: Final = ("fr", "en")
SESSION, TEMPLATES = wanted(LANGS)


@pytest.fixture
async def api(twilio: Running, http: aiohttp.ClientSession) -> AsyncIterator[ContentApi]:
    yield ContentApi(http, (ACCOUNT.sid, ACCOUNT.auth_token), base_url=twilio.base)
    assert twilio.standin.ledger.problems() == []


async def put(api: ContentApi) -> list[str]:
    """Sets what differs; what that was."""
    changed = []
    for found in await settings(api, LANGS):
        if isinstance(found, Setting) and not found.is_right:
            await found.put()
            changed.append(found.about)
    return changed


def writes(twilio: Running) -> int:
    return len([call for call in twilio.standin.ledger.calls if call.operation.startswith("Create")])


async def test_all_is_made_once_and_found_again_by_name(twilio: Running, api: ContentApi) -> None:
    assert len(await put(api)) == 1 + len(TEMPLATES)
    names = [content.friendly_name for content in twilio.standin.contents.values()]
    assert sorted(names) == sorted(one.name for one in [*SESSION, *TEMPLATES])
    made = writes(twilio)
    assert await put(api) == []
    assert writes(twilio) == made


async def test_templates_alone_are_submitted_as_utility(twilio: Running, api: ContentApi) -> None:
    await put(api)
    submitted = {c.friendly_name: c.submitted for c in twilio.standin.contents.values() if c.submitted != ("", "")}
    assert submitted == {one.name: (one.name, "UTILITY") for one in TEMPLATES}
    twilio.standin.library.review()
    states = {c.friendly_name: c.approval for c in twilio.standin.contents.values()}
    assert {states[one.name] for one in TEMPLATES} == {"approved"}
    assert {states[one.name] for one in SESSION} == {"unsubmitted"}


async def test_what_was_made_and_not_submitted_is_submitted(twilio: Running, api: ContentApi) -> None:
    await api.make(TEMPLATES[0])
    assert f"whatsapp template {TEMPLATES[0].name}" in await put(api)
    assert [c.friendly_name for c in twilio.standin.contents.values()].count(TEMPLATES[0].name) == 1


async def test_an_earlier_wording_is_left_and_named(twilio: Running, api: ContentApi) -> None:
    await api.make(Stored("reminder", "fr", {"twilio/text": {"body": "Rappel."}}, {}))
    await api.make(Stored("somebody_elses", "fr", {"twilio/text": {"body": "Bonjour."}}, {}))
    await put(api)
    [old] = [one for one in await settings(api, LANGS) if isinstance(one, ByHand)]
    assert "sd_reminder_fr_" in old.todo
    assert "somebody" not in old.todo


@pytest.mark.parametrize(
    ("state", "remedy"), [("rejected", "change its words"), ("paused", "unwanted"), ("disabled", "change")]
)
async def test_what_meta_holds_back_is_told_with_its_remedy(
    twilio: Running, api: ContentApi, state: str, remedy: str
) -> None:
    await put(api)
    twilio.standin.library.review()
    name = TEMPLATES[3].name
    twilio.standin.library.decide(name, state, "INCORRECT_CATEGORY" if state == "rejected" else "")
    assert await put(api) == []
    [held] = [one for one in await settings(api, LANGS) if isinstance(one, ByHand)]
    assert name in held.about
    found = await findings(api, LANGS)
    ill = [one for one in found if not one.ok]
    assert [one.about for one in ill] == [f"whatsapp template {name}"]
    assert state in ill[0].words
    assert remedy in ill[0].words
    assert ("INCORRECT_CATEGORY" in ill[0].words) == (state == "rejected")
    assert found[-1] == Finding("whatsapp templates", True, f"{len(TEMPLATES) - 1} of {len(TEMPLATES)} approved")


async def test_the_doctor_names_what_is_missing(twilio: Running, api: ContentApi) -> None:
    before = await findings(api, LANGS)
    assert [one.ok for one in before] == [False, False]
    await put(api)
    assert [one.ok for one in await findings(api, LANGS)] == [True, True]
    assert "wait for Meta" in (await findings(api, LANGS))[-1].words
    for sid, content in list(twilio.standin.contents.items()):
        if content.friendly_name in {SESSION[0].name, TEMPLATES[0].name}:
            del twilio.standin.contents[sid]
    ill = {one.about for one in await findings(api, LANGS) if not one.ok}
    assert ill == {"whatsapp buttons and lists", f"whatsapp template {TEMPLATES[0].name}"}


async def test_the_doctor_says_when_the_content_api_is_away(twilio: Running, api: ContentApi) -> None:
    twilio.standin.faults.add(Html(), times=None)
    [one] = await findings(api, LANGS)
    assert not one.ok
    assert "TWILIO_CONTENT_API_URL" in one.words


async def test_pages_are_turned(twilio: Running, api: ContentApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_api, "PAGE_SIZE", 7)
    for one in SESSION[:15]:
        await api.make(one)
    assert [one.name for one in await api.all()] == [one.name for one in SESSION[:15]]
    assert len(twilio.standin.ledger.of("ListContentAndApprovals")) == 3


async def test_wrong_keys_are_an_error_of_ours(twilio: Running, http: aiohttp.ClientSession) -> None:
    api = ContentApi(http, ("AC" + "1" * 32, "wrong"), base_url=twilio.base)
    with pytest.raises(SendError) as raised:
        await api.all()
    assert (raised.value.code, raised.value.alarm) == ("20003", True)


# ------------------------------------------------------------ the look-up at run time


@pytest.fixture
async def shelf(api: ContentApi, clock: Clock) -> AsyncIterator[Shelf]:
    shelf = Shelf(api, clock)
    yield shelf
    await shelf.close()


async def ready(shelf: Shelf) -> None:
    """The look that is under way has come back."""
    assert shelf.looking is not None
    await shelf.looking


async def test_sids_are_found_by_name_and_kept(twilio: Running, api: ContentApi, shelf: Shelf, clock: Clock) -> None:
    sid = await api.make(SESSION[0])
    await shelf.load()
    assert await shelf.sid(SESSION[0].name) == sid
    assert await shelf.sid("sd_nothing") is None
    assert len(twilio.standin.ledger.of("ListContentAndApprovals")) == 1
    clock.forward(minutes=11)
    assert await shelf.sid(SESSION[0].name) == sid  # what is known serves while it is looked up again
    await ready(shelf)
    assert len(twilio.standin.ledger.of("ListContentAndApprovals")) == 2


async def test_a_template_serves_once_it_is_approved(
    twilio: Running, api: ContentApi, shelf: Shelf, clock: Clock
) -> None:
    await put(api)
    await shelf.load()
    assert await shelf.sid(TEMPLATES[0].name, approved=True) is None
    twilio.standin.library.review()
    clock.forward(minutes=11)
    await shelf.sid(TEMPLATES[0].name, approved=True)
    await ready(shelf)
    assert await shelf.sid(TEMPLATES[0].name, approved=True) is not None
    twilio.standin.library.decide(TEMPLATES[0].name, "paused")
    shelf.forget(TEMPLATES[0].name)
    assert await shelf.sid(TEMPLATES[0].name, approved=True) is None


async def test_nobody_waits_for_a_content_api_that_hangs(twilio: Running, api: ContentApi, clock: Clock) -> None:
    hang = Hang()
    twilio.standin.faults.add(hang)
    shelf = Shelf(api, clock, moment=0)
    assert await shelf.sid(SESSION[0].name) is None
    await hang.reached.wait()
    assert await shelf.sid(SESSION[0].name) is None
    assert len(twilio.standin.ledger.calls) == 1  # one look at a time
    hang.release()
    await ready(shelf)
    await shelf.close()


@pytest.mark.parametrize("fault", [Html(), Throttle()])
async def test_a_look_that_fails_is_made_again_a_little_later(
    twilio: Running, api: ContentApi, shelf: Shelf, clock: Clock, fault: Any
) -> None:
    sid = await api.make(SESSION[0])
    twilio.standin.faults.add(fault)
    assert await shelf.sid(SESSION[0].name) is None
    assert await shelf.sid(SESSION[0].name) is None
    clock.forward(seconds=31)
    await shelf.sid(SESSION[0].name)
    await ready(shelf)
    assert await shelf.sid(SESSION[0].name) == sid


async def test_of_two_with_one_name_the_approved_one_serves(twilio: Running, api: ContentApi, clock: Clock) -> None:
    """Two runs of the setup at once make two; Meta takes one of them under the name."""
    await put(api)
    twilio.standin.library.review()
    first = {one.name: one.sid for one in await api.all()}
    await api.make(TEMPLATES[0])
    shelf = Shelf(api, clock)
    await shelf.load()
    assert await shelf.sid(TEMPLATES[0].name, approved=True) == first[TEMPLATES[0].name]
    assert await put(api) == []
    assert all(one.ok for one in await findings(api, LANGS))
    await shelf.close()


# ------------------------------------------------------------ what the stand-in refuses, as Twilio and Meta do


@pytest.mark.parametrize(
    "types",
    [
        {"twilio/quick-reply": {"body": "x", "actions": [{"title": "y" * 21}]}},
        {"twilio/quick-reply": {"body": "x" * 1025, "actions": [{"title": "y"}]}},
        {"twilio/quick-reply": {"body": "x", "actions": []}},
        {"twilio/list-picker": {"body": "x", "button": "b", "items": [{"id": "1", "item": "y" * 25}]}},
        {"twilio/list-picker": {"body": "x", "button": "b" * 21, "items": [{"id": "1", "item": "y"}]}},
        {"twilio/list-picker": {"body": "x", "button": "b", "items": [{"id": "1", "item": "y"}] * 11}},
        {"twilio/text": {"body": "Bonjour {{1}}."}},  # without a sample
        {"twilio/text": {"body": "x"}, "twilio/other": {}},
        {"twilio/text": {"boddy": "x"}},
    ],
)
async def test_a_definition_that_does_not_hold_is_refused(
    twilio: Running, http: aiohttp.ClientSession, types: dict[str, Any]
) -> None:
    api = ContentApi(http, (ACCOUNT.sid, ACCOUNT.auth_token), base_url=twilio.base)
    with pytest.raises(SendError):
        await api.make(Stored("bad", "fr", types, {}))
    assert twilio.standin.contents == {}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{1}} vous appelle demain à neuf heures.", "begins"),
        ("Demain à neuf heures vous appelle {{1}}", "ends"),
        ("Demain, c'est bien à neuf heures, {{1}} {{2}}, merci.", "side by side"),
        ("Demain, c'est bien {{2}} à neuf heures, {{1}}, merci.", "order"),
        ("Oui {{1}} non {{2}} oui.", "too many"),
    ],
)
async def test_meta_rejects_what_breaks_its_rules(twilio: Running, api: ContentApi, body: str, why: str) -> None:
    bad = Stored("bad", "fr", {"twilio/text": {"body": body}}, {"1": "a", "2": "b"})
    await api.submit(await api.make(bad), bad.name)
    twilio.standin.library.review()
    [content] = twilio.standin.contents.values()
    assert content.approval == "rejected"
    assert why in " ".join(broken_rules(content))
    assert content.reason


async def test_a_list_is_never_approved_and_a_name_serves_once(twilio: Running, http: aiohttp.ClientSession) -> None:
    api = ContentApi(http, (ACCOUNT.sid, ACCOUNT.auth_token), base_url=twilio.base)
    listed = next(one for one in SESSION if "list" in one.name)
    with pytest.raises(SendError):
        await api.submit(await api.make(listed), listed.name)
    first, second = await api.make(TEMPLATES[0]), await api.make(TEMPLATES[0])
    await api.submit(first, TEMPLATES[0].name)
    twilio.standin.library.decide(TEMPLATES[0].name, "rejected")
    with pytest.raises(SendError):
        await api.submit(second, TEMPLATES[0].name)


async def test_contents_are_fetched_and_deleted(twilio: Running, api: ContentApi, http: aiohttp.ClientSession) -> None:
    sid = await api.make(TEMPLATES[0])
    auth = aiohttp.encode_basic_auth(ACCOUNT.sid, ACCOUNT.auth_token)
    address = f"{twilio.base}/v1/Content/{sid}"
    async with http.get(address, headers={"Authorization": auth}) as answer:
        assert (await answer.json())["friendly_name"] == TEMPLATES[0].name
    async with http.get(f"{address}/ApprovalRequests", headers={"Authorization": auth}) as answer:
        assert (await answer.json())["whatsapp"]["status"] == "unsubmitted"
    async with http.delete(address, headers={"Authorization": auth}) as answer:
        assert answer.status == 204
    async with http.get(address, headers={"Authorization": auth}) as answer:
        assert answer.status == 404
    async with http.get(f"{twilio.base}/v1/Content", headers={"Authorization": auth}) as answer:
        assert (await answer.json())["contents"] == []


def test_all_that_we_make_is_fit() -> None:
    assert [unfit(one.types, one.variables) for one in [*SESSION, *TEMPLATES]] == [[]] * len([*SESSION, *TEMPLATES])
