"""An SMS that would take more than two parts says the same in fewer words; every other one stays as written."""

from dataclasses import replace
from datetime import UTC, datetime

from conversations.model import Link, Option, Reply
from conversations.text import Text, t
from handlers.channels import drawing, gsm7
from handlers.channels.base import Draw, Payload
from handlers.channels.sms import SmsChannel
from locales.voice import Voice

FRENCH = Draw(say=Voice("fr"), url=lambda _: "https://rdv.example.org/a/x", lang="fr")
LATE = datetime(2026, 9, 11, 20, 45, tzinfo=UTC)  # vendredi 11 septembre à 22 h 45


def hours(welcome: Text, at: datetime, *said: Text) -> Reply:
    labels = [*3 * [t("slot.label", start=at)], t("slot.other_dates"), t("slot.other_mode"), t("slot.choose_worker")]
    options = tuple(Option(str(number), label) for number, label in enumerate(labels))
    return Reply((welcome, *said, t("slot.ask", mode=t("mode.phone"))), options, prompt="p")


def drawn(reply: Reply) -> Payload:
    return SmsChannel(None, "", lambda: LATE).render(reply, FRENCH)  # type: ignore[arg-type]  # it only draws


def test_what_fits_is_said_in_full() -> None:
    payload = drawn(Reply((t("welcome.sms"), t("code.ask")), prompt="p"))
    assert payload.text.startswith("Social Direct : 1 h gratuite et confidentielle avec un assistant social.")
    assert payload.text.endswith("Il vient de votre employeur ou assurance.")
    assert payload.segments == 2


def test_what_does_not_fit_is_said_in_fewer_words_but_days_and_hours_in_full() -> None:
    payload = drawn(hours(t("welcome.sms"), LATE))
    first, *rest = payload.text.splitlines()
    assert first == "Social Direct : gratuit, confidentiel, automatique. Une personne : HUMAIN. SMS à votre tarif."
    assert rest[1:4] == [f"{number}. vendredi 11 septembre à 22 h 45" for number in (1, 2, 3)]
    assert payload.segments == 2


def test_no_more_words_are_given_up_than_needed() -> None:
    """One step is enough here: the second would shorten the question and its choices."""
    payload = drawn(hours(t("welcome.sms"), datetime(2026, 9, 11, 7, tzinfo=UTC)))
    assert payload.text.splitlines()[0].endswith("SMS à votre tarif.")
    assert "Quelle heure vous va, par téléphone ?" in payload.text
    assert payload.segments == 2


def test_who_has_an_account_is_told_the_price_where_there_is_room() -> None:
    assert "SMS à votre tarif" in drawn(hours(t("welcome.known"), LATE)).text
    noted = t("noted.day", day=LATE)
    full = Reply((t("welcome.known"), noted, t("slot.ask_worker", worker="Anne-Charlotte", mode=t("mode.phone"))))
    assert "SMS à votre tarif" in drawn(full).text
    long = Reply((*full.texts,), (*hours(noted, LATE).options[:5], Option("any", t("slot.any_worker"))), prompt="p")
    assert drawn(long).text.splitlines()[0] == "Social Direct : gratuit, secret, automatique. Une personne : HUMAIN."
    assert drawn(long).segments == 2


def test_where_no_wording_fits_nothing_is_given_up_in_vain() -> None:
    reply = hours(t("welcome.code"), LATE, t("noted.motive", motive=t("motive.family")))
    payload = drawn(reply)
    assert payload.segments == 3
    assert payload.text.startswith(
        "Social Direct : 1 h d'aide gratuite. Réponses automatiques ; une personne : HUMAIN."
    )
    assert "5. Téléphone, vidéo ou sur place" in payload.text


def test_fewer_parts_are_chosen_even_where_two_are_not_enough() -> None:
    whole = hours(t("welcome.sms"), LATE, *2 * [t("noted.motive", motive=t("motive.family"))], t("confirmed.change"))
    linked = replace(whole, link=Link("terms"))
    assert gsm7.size(gsm7.fold(drawing.numbered(linked, FRENCH), "fr")).segments == 4
    assert drawn(linked).segments == 3
