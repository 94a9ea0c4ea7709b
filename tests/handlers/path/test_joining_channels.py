"""One account, several channels, through whole turns on rows: what a code joins, what it shows nobody, who is told, and
how it is taken back.
"""

from __future__ import annotations

import pytest

from booking.core import Booking
from booking.model import CodeId, Consent, ContactId
from booking.ports import Joining
from conversations.text import t
from handlers.channels.base import Receipt
from handlers.receipts import receive
from handlers.web.email_core import EmailCore
from locales.voice import Voice
from storage import outbox
from storage.booking import RowStore
from storage.contacts import ContactRow
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, LATER, SAM, Place, refused
from tests.handlers.path.test_hushed import told

pytestmark = pytest.mark.sampled

CHAT = "700001"  # of somebody on Telegram
ACCOUNT, BUTTON = "j'ai déjà un compte", {"text": "", "phone": CAMILLE}
SAY = Voice("fr")
SIGNS_UP = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1")  # to where a number is asked for, or a name
NAMED = "06 39 98 00 11"


def code_in(texts: list[str]) -> str:
    """The six digits that a message begins with."""
    return texts[-1][:6]


async def joins(place: Place, channel: str = "telegram", address: str = CHAT) -> list[str]:
    """Camille's account, whose number is SMS; what is said there."""
    await place.says(channel, address, ACCOUNT, NAMED)  # type: ignore[arg-type]
    return await place.says(channel, address, code_in(place.new("sms", CAMILLE)))  # type: ignore[arg-type]


async def account_at(place: Place, channel: str, address: str, first: str) -> ContactRow:
    """As the desk makes one, of somebody who has written already."""
    row = await place.contact(channel, address)
    now = place.clock.now
    async with place.parts.db.transaction() as tx:
        [code] = await tx.fetch("SELECT id FROM code ORDER BY id LIMIT 1")
        core = Booking(RowStore(tx, place.parts.directories), place.parts.rules, now, place.parts.new_id)
        joining = Joining(CodeId(code["id"]), first, "Leroy", None, address, "fr", "Europe/Paris")
        consent = Consent(place.parts.rules.terms_version, "fr", channel, "1", now)
        await core.join(ContactId(row.id), joining, consent)
    return await place.contact(channel, address)


async def people(place: Place) -> int:
    [row] = await place.parts.db.fetch("SELECT count(*) AS n FROM person")
    return int(row["n"])


async def audited(place: Place, action: str) -> int:
    [row] = await place.parts.db.fetch("SELECT count(*) AS n FROM audit WHERE action = ?", action)
    return int(row["n"])


@guards("G03")
async def test_a_code_joins_a_channel_and_all_others_are_told(place: Place) -> None:
    await place.books()
    said = await joins(place)
    assert any(SAY(t("join.done", name="Camille")) in text for text in said)
    sms, chat = await place.contact("sms", CAMILLE), await place.contact("telegram", CHAT)
    assert chat.person_id == sms.person_id
    assert "C'est vous ?" in place.new("sms", CAMILLE)[-1]
    assert "Claire" in (await place.says("telegram", CHAT, "mes rendez-vous"))[-1]
    assert (await people(place), await audited(place, "join channel")) == (1, 1)


async def test_who_did_not_want_it_parts_it_by_a_word(place: Place) -> None:
    await place.books()
    await joins(place)
    place.new("telegram", CHAT)
    await place.passes(days=6)
    said = await place.says("sms", CAMILLE, "pas moi")
    assert "Telegram n'est plus relié" in said[-1]
    assert (await place.contact("telegram", CHAT)).person_id is None
    assert (await place.contact("sms", CAMILLE)).person_id is not None, "and not the one that said it"
    assert "Claire" not in " ".join(await place.says("telegram", CHAT, "mes rendez-vous"))
    assert await audited(place, "unlink channel") == 1


async def test_after_a_week_the_word_means_a_wrong_number_again(place: Place) -> None:
    """Who joined it had the number then; a week later it may be somebody else's."""
    await place.books()
    await joins(place)
    await place.passes(days=7, seconds=1)
    await place.says("sms", CAMILLE, "pas moi")
    assert (await place.contact("sms", CAMILLE)).person_id is None
    assert (await place.contact("telegram", CHAT)).person_id is not None
    assert "desk_not_me" in place.alarm_codes()


@guards("T07")
async def test_a_shared_number_that_has_an_account_needs_its_code(place: Place) -> None:
    """Telegram vouches for the number, and not for who holds the account."""
    await place.books()
    place.new("sms", CAMILLE)
    await place.says("telegram", CHAT, *SIGNS_UP, "1")
    await place.comes("telegram", CHAT, **BUTTON)
    await place.settle()
    asked = place.new("telegram", CHAT)[-1]
    assert asked.startswith(SAY(t("own_account.ask")))
    assert "Camille" not in asked
    assert (await place.contact("telegram", CHAT)).person_id is None
    assert place.new("sms", CAMILLE) == [], "nothing goes before they say so"
    await place.says("telegram", CHAT, "1", "000000")
    assert (await place.contact("telegram", CHAT)).person_id is None
    code = code_in(place.new("sms", CAMILLE))
    assert "C'est fait, Camille" in (await place.says("telegram", CHAT, code))[-1]
    assert (await place.contact("telegram", CHAT)).person_id == (await place.contact("sms", CAMILLE)).person_id
    assert await people(place) == 1


@guards("T05")
async def test_two_people_with_one_number_read_nothing_of_each_other(place: Place) -> None:
    """One has the number's SMS, another still its WhatsApp: words, lists, reminders and notices stay apart."""
    await place.books()
    await place.says("whatsapp", CAMILLE, "bonjour")
    other = await account_at(place, "whatsapp", CAMILLE, "Sam")
    mine = await place.contact("sms", CAMILLE)
    assert other.person_id != mine.person_id
    place.new("whatsapp", CAMILLE), place.new("sms", CAMILLE)
    read = await place.says("whatsapp", CAMILLE, "mes rendez-vous", "lire", "mes messages", "annuler", "déplacer")
    assert "Claire" not in " ".join(read)
    assert "9 h" not in " ".join(read)
    assert place.new("sms", CAMILLE) == []
    booked = await place.says("whatsapp", CAMILLE, "rdv", "1", "1", "1")
    assert booked[-1].startswith("C'est réservé")
    await place.passes(days=8)
    reminded = place.new("sms", CAMILLE)
    listed = await place.says("sms", CAMILLE, "mes rendez-vous")
    [theirs] = await place.parts.db.fetch("SELECT id FROM appointment WHERE person_id = ?", other.person_id)
    sent = await place.parts.db.fetch("SELECT appointment_id FROM outbox WHERE contact_id = ?", mine.id)
    assert theirs["id"] not in {row["appointment_id"] for row in sent}, (reminded, listed)


@guards("T05")
async def test_what_whatsapp_does_not_take_is_not_read_by_whoever_has_the_numbers_sms(place: Place) -> None:
    """The other has an account of their own there: nothing goes to them, and a human is told."""
    await place.books()
    await place.says("whatsapp", CAMILLE, "bonjour")
    await account_at(place, "whatsapp", CAMILLE, "Sam")
    place.new("sms", CAMILLE)
    await pushed_to_whatsapp(place)
    assert place.new("sms", CAMILLE) == []
    assert "nobody_reached" in place.alarm_codes()


@guards("T04", "T05", partly=True)
async def test_nor_by_whoever_has_it_since_it_fell_silent(place: Place) -> None:
    await place.books()
    await joins(place, "whatsapp", CAMILLE)
    for _ in range(3):
        await place.passes(days=18)
        await place.says("whatsapp", CAMILLE, "aide")
    await place.says("sms", CAMILLE, "bonjour", "2")
    await place.passes(days=2)
    place.new("sms", CAMILLE)
    await pushed_to_whatsapp(place)
    assert place.new("sms", CAMILLE) == []


@guards("T04", "T05", partly=True)
async def test_nor_by_whoever_has_it_when_it_comes_back_late(place: Place) -> None:
    """It was accepted, and is refused once this WhatsApp may be somebody else's."""
    await place.says("whatsapp", CAMILLE, *BOOKS)
    there = await place.contact("whatsapp", CAMILLE)
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(there.id, place), place.clock.now)
    await place.settle()
    await place.passes(days=46)
    await place.says("whatsapp", CAMILLE, "bonjour")
    place.new("sms", CAMILLE)
    [row] = [row for row in await outbox.history(place.parts.db, contacts=[there.id]) if row.key == "push0"]
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", "63024"))
    await place.settle()
    assert place.new("sms", CAMILLE) == []


async def pushed_to_whatsapp(place: Place) -> None:
    """A notice to who is known there, which is refused."""
    place.line("whatsapp").troubles = [refused("63024")]
    there = await place.contact("whatsapp", CAMILLE)
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(there.id, place), place.clock.now)
    await place.settle()


@guards("T05")
async def test_sms_and_whatsapp_of_one_number_are_joined_by_the_code_that_went_by_sms(place: Place) -> None:
    await place.books()
    stranger = " ".join(await place.says("whatsapp", CAMILLE, "mes rendez-vous"))
    assert "Claire" not in stranger
    said = await joins(place, "whatsapp", CAMILLE)
    assert any("C'est fait, Camille" in text for text in said)
    assert (await place.contact("whatsapp", CAMILLE)).person_id == (await place.contact("sms", CAMILLE)).person_id


@guards("T05")
async def test_a_number_whose_account_is_on_whatsapp_gets_its_code_there(place: Place) -> None:
    """And by SMS nothing: that may be somebody else's by now."""
    await place.says("whatsapp", SAM, *BOOKS)
    place.new("whatsapp", SAM)
    await place.says("telegram", CHAT, ACCOUNT, "06 39 98 00 12")
    assert place.new("sms", SAM) == []
    code = code_in(place.new("whatsapp", SAM))
    assert "C'est fait, Camille" in (await place.says("telegram", CHAT, code))[-1]


@guards("T04", partly=True)
async def test_an_account_that_was_silent_is_reached_by_no_number(place: Place) -> None:
    """Its number may be somebody else's by now; the code goes out all the same, and leads to nothing."""
    await place.books()
    await place.passes(days=53)  # the hour, a week ahead, is long over
    said = await joins(place)
    assert "aucun compte" in said[-1]
    assert (await place.contact("telegram", CHAT)).person_id is None


async def test_the_hour_and_what_was_answered_go_along(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CAMILLE, "rdv", "1", "2")
    [hold] = await place.parts.db.fetch("SELECT id, contact_id, start_at FROM hold")
    said = await joins(place)
    assert "commencé par SMS" in said[-1]
    said = await place.says("telegram", CHAT, "oui")
    chat, sms = await place.contact("telegram", CHAT), await place.contact("sms", CAMILLE)
    [after] = await place.parts.db.fetch("SELECT id, contact_id, start_at FROM hold")
    assert (after["id"], after["start_at"], after["contact_id"]) == (hold["id"], hold["start_at"], chat.id)
    owners = await place.parts.db.fetch("SELECT DISTINCT owner FROM busy WHERE holder_id = ?", hold["id"])
    assert f"c:{chat.id}" in {row["owner"] for row in owners}
    assert f"c:{sms.id}" not in {row["owner"] for row in owners}
    assert "C'est bien cela" in said[-1]
    assert "C'est réservé" in (await place.says("telegram", CHAT, "1"))[-1]
    assert await place.parts.db.fetch("SELECT id FROM hold") == []


async def test_a_link_by_mail_joins_where_it_was_asked_for(place: Place) -> None:
    await place.books()
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    place.new("email", "camille@example.org")
    said = await place.says("telegram", CHAT, ACCOUNT, "camille@example.org")
    assert "un lien y part" in said[-1]
    [mail] = place.new("email", "camille@example.org")
    token = mail.rsplit("/e/", 1)[1].split()[0]
    pages = EmailCore(place.parts)
    for _ in range(3):
        shown = await pages.email(token)
        assert shown is not None
        assert getattr(shown, "joins", None) == ("Telegram", "")
    assert (await place.contact("telegram", CHAT)).person_id is None, "looking joins nothing"
    await pages.confirm_email(token)
    await place.settle()
    assert "C'est fait, Camille" in place.new("telegram", CHAT)[-1]
    assert (await place.contact("telegram", CHAT)).person_id == (await place.contact("sms", CAMILLE)).person_id
    assert "C'est vous ?" in place.new("sms", CAMILLE)[-1]


async def test_an_old_link_joins_nothing(place: Place) -> None:
    await place.books()
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    place.new("email", "camille@example.org")
    await place.says("telegram", CHAT, ACCOUNT, "camille@example.org")
    [mail] = place.new("email", "camille@example.org")
    await place.passes(hours=1, seconds=1)
    await EmailCore(place.parts).confirm_email(mail.rsplit("/e/", 1)[1].split()[0])
    await place.settle()
    assert (await place.contact("telegram", CHAT)).person_id is None


@guards("T19", partly=True)
@pytest.mark.parametrize(
    "named", [("06 39 98 00 11", "06 39 98 00 12"), ("camille@example.org", "camelia@example.org")]
)
async def test_whether_there_is_an_account_is_told_to_nobody(place: Place, named: tuple[str, str]) -> None:
    """Two probes, one of an account and one of nobody's: the same texts to who asks, as many rows, the same caps."""
    await place.books()
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    seen = [await probed(place, f"70000{n}", name) for n, name in enumerate(named)]
    assert seen[0] == seen[1]
    asked = await place.parts.db.fetch("SELECT contact_id, count(*) AS n FROM proof GROUP BY contact_id")
    assert [row["n"] for row in asked] == [3, 3], "of a number, as of an address, three an hour"


async def probed(place: Place, chat: str, name: str) -> list[str]:
    """All that is said to who tries it, until no more codes go; but for how the name ends, which they wrote."""
    said = await place.says("telegram", chat, ACCOUNT, name)
    said += await place.says("telegram", chat, *(["1"] if "@" in name else ["111111", "222222", "333333"]))
    for _ in range(3):
        said += await place.says("telegram", chat, name, "111111", *(["1"] if "@" in name else ["222222", "333333"]))
    return [text.replace(" 12 ", " 11 ") for text in said]


async def test_who_has_an_account_here_is_moved_to_no_other(place: Place) -> None:
    await place.books()
    await place.says("telegram", CHAT, "bonjour")
    before = await account_at(place, "telegram", CHAT, "Sam")
    assert "votre compte répond" in (await place.says("telegram", CHAT, ACCOUNT))[-1]
    assert (await place.contact("telegram", CHAT)).person_id == before.person_id
    assert await people(place) == 2
