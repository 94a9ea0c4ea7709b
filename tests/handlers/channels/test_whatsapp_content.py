"""A question as WhatsApp's buttons or list: what fits, what does not, and what is sent of it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.standins.twilio_content import Content, unfit
from conversations.model import Link, Option, Reply
from conversations.text import Text, t
from handlers.channels import whatsapp_content
from handlers.channels.base import Draw
from handlers.channels.whatsapp_content import (
    Drawn,
    buttons,
    in_session,
    interactive,
    lines,
    listed,
    notice_prompt,
    outbox_id,
)
from locales.voice import Voice

PROMPT = "k3m7q2wz5a"


def asked(labels: Sequence[str], *said: str, link: Link | None = None, prompt: str = PROMPT) -> Drawn | None:
    words = {f"label.{n}": label for n, label in enumerate(labels)} | {f"said.{n}": text for n, text in enumerate(said)}

    def say(text: Text) -> str:
        return words.get(text.msgid) or Voice("fr")(text)

    options = tuple(Option(str(n), Text(f"label.{n}")) for n in range(len(labels)))
    texts = tuple(Text(f"said.{n}") for n in range(len(said)))
    reply = Reply(texts, options, link, prompt)
    return interactive(reply, Draw(say, lambda _: "https://chat.example.org/a/x", "fr"))


def kind(drawn: Drawn | None) -> str:
    return "" if drawn is None else "_".join(drawn.name.split("_")[1:3])


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (["Oui"], "buttons_1"),
        (["Oui", "Non", "Plus tard"], "buttons_3"),
        (["x" * 20, "Non"], "buttons_2"),
        (["x" * 21, "Non"], "list_2"),
        (["Oui", "Non", "Plus tard", "Jamais"], "list_4"),
        ([f"{n}" + "x" * 22 for n in range(10)], "list_10"),
        ([f"{n}" for n in range(11)], ""),
        (["x" * 25, "Non"], ""),
        (["Oui", "Oui"], ""),
        (["Oui", " "], ""),
        ([], ""),
    ],
)
def test_by_their_number_and_length(labels: list[str], wanted: str) -> None:
    assert kind(asked(labels, "Quelle heure ?")) == wanted


def test_without_a_prompt_there_is_nothing_to_tap() -> None:
    assert asked(["Oui"], "Quelle heure ?", prompt="") is None


def test_the_numbers_of_who_is_in_danger_stand_by_themselves() -> None:
    reply = Reply((t("danger.suicide"), t("menu.ask")), (Option("1", t("menu.book")),), None, PROMPT)
    assert interactive(reply, Draw(Voice("fr"), lambda _: "", "fr")) is None


def test_the_sentences_stand_in_one_paragraph_with_the_page_last() -> None:
    shown = asked(["Oui", "Non"], "C'est noté.", "Acceptez-vous ?", link=Link("terms"))
    assert shown is not None
    assert shown.shown == "C'est noté. Acceptez-vous ? https://chat.example.org/a/x"


def test_lines_of_a_list_do_not_run_into_each_other() -> None:
    assert asked(["Oui"], "Vos rendez-vous :", "mardi à 9 h", "Lequel ?") is None


def test_a_body_is_never_too_long() -> None:
    assert asked(["Oui"], "x" * 1023 + "?") is not None
    assert asked(["Oui"], "x" * 1024 + "?") is None


def test_the_ids_are_the_questions_options_counted_from_1() -> None:
    shown = asked(["Oui", "Non"], "Quelle heure ?")
    assert shown is not None
    values = json.loads(shown.filled("1234"))
    assert values == {"1": "Quelle heure ?", "2": "Oui", "3": f"{PROMPT}:1", "4": "Non", "5": f"{PROMPT}:2"}


def test_a_label_that_is_too_long_has_a_short_wording() -> None:
    options = (Option("a", t("terms.accept")), Option("b", t("terms.refuse")))
    drawn = interactive(Reply((t("terms.ask_all"),), options, None, PROMPT), Draw(Voice("fr"), lambda _: "", "fr"))
    assert drawn is not None
    assert (kind(drawn), drawn.variables["2"]) == ("buttons_2", "Oui, 18 ans ou plus")


def offered(*offers: tuple[int, str], more: int = 2, lang: str = "fr") -> Drawn | None:
    """Hours of March with a worker each, and further ways."""
    hours = [
        Option(f"{n}", t("replaced.label", start=datetime(2026, 3, day, 8, tzinfo=UTC), worker=worker))
        for n, (day, worker) in enumerate(offers)
    ]
    ways = [Option("dates", t("replaced.dates")), Option("none", t("replaced.none")), Option("human", t("slot.human"))]
    reply = Reply(
        (t("replaced.again", start=datetime(2026, 3, 2, 8, tzinfo=UTC)),), (*hours, *ways[:more]), None, PROMPT
    )
    return interactive(reply, Draw(Voice(lang), lambda _: "", lang))


def test_what_does_not_fit_a_line_stands_on_two() -> None:
    shown = offered((4, "Claire"), (5, "Nadia"))
    assert shown is not None
    assert kind(shown) == "lines_4"
    assert json.loads(shown.filled("1")) == {
        "1": "Rien n'est encore choisi à la place du lundi 2 mars à 9 h.",
        **{"2": "mercredi 4 mars à 9 h", "3": f"{PROMPT}:1", "4": "jeudi 5 mars à 9 h", "5": f"{PROMPT}:2"},
        **{"6": "Autres dates", "7": f"{PROMPT}:3", "8": "Aucune, merci", "9": f"{PROMPT}:4"},
        **{"10": "avec Claire", "11": "avec Nadia"},
    }
    stored = lines(4, 2, "fr", "Choisir")
    assert stored.name == shown.name
    content = Content("HX" + "1" * 32, stored.name, "fr", stored.types, stored.variables)
    values = json.loads(shown.filled("1"))
    assert [button.under for button in content.buttons(values)] == ["avec Claire", "avec Nadia", "", ""]
    assert (content.refused(values), content.unlike_text(values)) == (None, False)


def test_two_lines_are_no_way_out_where_titles_read_alike_or_too_much_stands_below() -> None:
    assert offered((4, "Claire"), (4, "Nadia")) is None  # the same hour with either
    assert offered((4, "Claire"), more=3) is None  # no content has that many single lines
    assert offered((4, "x" * 68)) is None
    assert kind(offered((4, "x" * 67))) == "lines_3"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_one_content_for_each_count_fit_to_be_made(lang: str) -> None:
    made = in_session(lang, Voice(lang))
    assert len({one.name for one in made}) == len(made) == 3 + 10 + 27
    for one in made:
        assert unfit(one.types, one.variables) == []
        assert one.name.startswith("sd_")
        assert one.name.replace("_", "").isalnum()
        assert one.name == one.name.lower()


def test_what_is_drawn_finds_what_is_made() -> None:
    names = {one.name for one in in_session("fr", Voice("fr"))}
    for labels in (["Oui"], ["Oui", "Non"], ["1", "2", "3", "4"], ["x" * 22, "y"]):
        shown = asked(labels, "Quelle heure ?")
        assert shown is not None
        assert shown.name in names


def test_another_wording_has_another_name() -> None:
    assert listed(4, "fr", "Choisir").name != listed(4, "fr", "Voir").name
    assert buttons(2, "fr").name != buttons(2, "en").name


def test_the_phone_shows_what_was_meant() -> None:
    stored, shown = listed(4, "fr", "Choisir"), asked(["un", "deux", "trois", "quatre"], "Lequel ?")
    assert shown is not None
    content = Content("HX" + "1" * 32, stored.name, "fr", stored.types, stored.variables)
    values = json.loads(shown.filled("1"))
    assert content.text(values) == shown.shown
    assert [button.label for button in content.buttons(values)] == ["un", "deux", "trois", "quatre"]
    assert [button.value for button in content.buttons(values)] == [f"{PROMPT}:{n}" for n in range(1, 5)]
    assert (content.refused(values), content.unlike_text(values)) == (None, False)


def test_a_notices_buttons_carry_its_own_id() -> None:
    assert notice_prompt("1234") == "0000001234"
    assert outbox_id("0000001234") == "1234"
    for prompt in (PROMPT, "0000000000", "", "١٢٣٤٥٦٧٨٩٠"):
        assert outbox_id(prompt) is None
    assert whatsapp_content.outbox_id("9999999999") == "9999999999"
