"""Poster and cards as they come out of a printer: each code scans, no word is lost, nothing runs over an edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest
from pypdfium2 import raw

from booking.model import Client, ClientId, ClientKind
from handlers.kits.doors import Senders
from handlers.kits.leaflet import Leaflet
from handlers.kits.paper import Kind, pdf
from handlers.kits.refusals import CannotPrint
from locales import languages
from tests.handlers.kits.leaflets import SENDERS, longest, made
from tests.handlers.kits.scanning import MM, Box, boxes_of, codes_on, opened, text_of

KINDS: tuple[Kind, ...] = ("poster", "cards")
Make: TypeAlias = Callable[[str], Leaflet]
EDGE = 8 * MM  # no office printer prints nearer to it
CARD = (85 * MM, 55 * MM)
PAGE = (210 * MM, 297 * MM)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("make", [made, longest], ids=["usual", "longest"])
def test_every_code_of_the_poster_scans(lang: str, make: Make) -> None:
    leaflet = make(lang)
    assert codes_on(pdf("poster", leaflet)) == [way.scanned for way in leaflet.ways]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("make", [made, longest], ids=["usual", "longest"])
def test_every_code_of_all_ten_cards_scans(lang: str, make: Make) -> None:
    leaflet = make(lang)
    assert sorted(codes_on(pdf("cards", leaflet))) == sorted(way.scanned for way in leaflet.ways for _ in range(10))


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("make", [made, longest], ids=["usual", "longest"])
def test_the_posters_words_stay_on_the_page(lang: str, make: Make) -> None:
    boxes = boxes_of(pdf("poster", make(lang)))
    assert len(boxes) > 20
    inner = Box(EDGE, EDGE, PAGE[0] - EDGE, PAGE[1] - EDGE)
    assert [box for box in boxes if not inside(box, inner)] == []


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("make", [made, longest], ids=["usual", "longest"])
def test_a_cards_words_stay_on_the_card(lang: str, make: Make) -> None:
    """Three millimetres from where it is cut."""
    cards, cut = grid_of_cards(), 2.5 * MM
    for box in boxes_of(pdf("cards", make(lang))):
        assert any(
            inside(box, Box(card.left + cut, card.bottom + cut, card.right - cut, card.top - cut)) for card in cards
        ), box


LONG = "Institution de prévoyance et de solidarité des entreprises de transport maritime, fluvial, aérien, ferroviaire"


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_that_is_wider_than_its_line_is_broken(kind: Kind) -> None:
    client = Client(ClientId("x"), "x", "Assurancemaladieprofessionnelle" * 4, ClientKind.INSURER)
    boxes = boxes_of(pdf(kind, made("fr", client=client)))
    inner = Box(EDGE, EDGE, PAGE[0] - EDGE, PAGE[1] - EDGE)
    assert [box for box in boxes if not inside(box, inner)] == []


@pytest.mark.parametrize("lang", languages())
def test_a_long_name_leaves_some_white_between_the_posters_parts(lang: str) -> None:
    client = Client(ClientId("x"), "x", f"{LONG} et portuaire, caisse complémentaire", ClientKind.BRANCH)
    with opened(pdf("poster", replace(made(lang, client=client), valid=longest(lang).valid))) as document:
        paths = [found for found in document[0].get_objects() if found.type == raw.FPDF_PAGEOBJ_PATH]
        drawn = [Box(*path.get_bounds()) for path in paths]
    parts = [box for box in drawn if box.right - box.left > 50 * MM]
    assert len(parts) > 8  # banner, six motives, code, promise
    for number, one in enumerate(parts):
        for other in parts[number + 1 :]:
            beside = one.right <= other.left or other.right <= one.left
            assert beside or inside(one, other) or inside(other, one) or apart(one, other) > 1.5 * MM


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", languages())
def test_lines_do_not_lie_on_each_other(lang: str, kind: Kind) -> None:
    """Letters' own boxes touch at most: two that overlap by more than a millimetre are two lines in one place."""
    boxes = boxes_of(pdf(kind, longest(lang)))
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            wide = min(one.right, other.right) - max(one.left, other.left)
            high = min(one.top, other.top) - max(one.bottom, other.bottom)
            assert wide < 0.5 * MM or high < 0.5 * MM, (one, other)


@pytest.mark.parametrize("lang", languages())
def test_the_poster_says_all_of_it(lang: str) -> None:
    leaflet = longest(lang)
    said = plain(text_of(pdf("poster", leaflet)))
    told = [
        leaflet.headline,
        leaflet.lead,
        leaflet.offered,
        *leaflet.motives,
        *leaflet.steps,
        leaflet.code,
        leaflet.valid,
        leaflet.by_hand,
        leaflet.promise,
        leaflet.figures,
        leaflet.human,
        *leaflet.small,
        *(text for way in leaflet.ways for text in (way.name, way.address, way.cost)),
    ]
    assert [words for words in told if plain(words) not in said] == []


@pytest.mark.parametrize("lang", languages())
def test_each_card_says_all_of_it(lang: str) -> None:
    leaflet = longest(lang)
    said = plain(text_of(pdf("cards", leaflet)))
    told = [leaflet.headline, leaflet.lead, leaflet.code, leaflet.valid, leaflet.promise, leaflet.human_short]
    assert {words: said.count(plain(words)) for words in told} == dict.fromkeys(told, 10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", languages())
def test_it_is_tagged_and_says_its_title_and_language(lang: str, kind: Kind) -> None:
    leaflet = made(lang)
    made_pdf = pdf(kind, leaflet)
    with opened(made_pdf) as document:
        assert document.get_metadata_value("Title") == leaflet.titles[kind]
        assert raw.FPDFCatalog_IsTagged(document)
        assert f"/Lang({lang})".encode() in made_pdf.replace(b"/Lang (", b"/Lang(")
        assert len(document) == 1
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made_pdf


@pytest.mark.parametrize("kind", KINDS)
def test_fonts_are_in_the_file(kind: Kind) -> None:
    made_pdf = pdf(kind, made("fr"))
    with opened(made_pdf) as document:
        text = [found for found in document[0].get_objects() if found.type == raw.FPDF_PAGEOBJ_TEXT]
        assert len(text) > 5
        assert all(raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(each)) == 1 for each in text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_words_give_the_same_file(kind: Kind) -> None:
    assert pdf(kind, made("fr")) == pdf(kind, made("fr"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [("sms",), ("whatsapp",), ("telegram",), ("sms", "telegram")], ids="-".join)
def test_fewer_channels_have_fewer_codes(kind: Kind, left: tuple[str, ...]) -> None:
    leaflet = made("fr", senders=Senders(**{channel: getattr(SENDERS, channel) for channel in left}), phone=False)
    found = codes_on(pdf(kind, leaflet))
    assert set(found) == {way.scanned for way in leaflet.ways}
    assert len({*found}) == len(left)


def test_words_that_do_not_fit_are_refused_rather_than_cut() -> None:
    client = Client(ClientId("x"), "x", "Mutuelle " * 120, ClientKind.INSURER)
    with pytest.raises(CannotPrint, match=r"poster \(fr\): .*the words do not fit"):
        pdf("poster", made("fr", client=client))


def test_a_letter_that_no_font_has_is_refused_rather_than_left_out() -> None:
    with pytest.raises(CannotPrint, match="could not be displayed"):
        pdf("poster", replace(made("fr"), headline="困っていますか"))


def test_what_a_client_is_called_is_never_a_command() -> None:
    client = Client(ClientId("x"), "x", '#panic("x") *a* $y$ @z <b>', ClientKind.INSURER)
    assert '#panic("x") *a* $y$ @z <b>' in text_of(pdf("poster", made("fr", client=client)))


def inside(box: Box, outer: Box) -> bool:
    return outer.left <= box.left and box.right <= outer.right and outer.bottom <= box.bottom and box.top <= outer.top


def apart(one: Box, other: Box) -> float:
    """The height between two boxes, one above the other."""
    return max(one.bottom - other.top, other.bottom - one.top)


def grid_of_cards() -> list[Box]:
    left, bottom = (PAGE[0] - 2 * CARD[0]) / 2, (PAGE[1] - 5 * CARD[1]) / 2
    return [
        Box(x, y, x + CARD[0], y + CARD[1])
        for x in (left, left + CARD[0])
        for y in (bottom + row * CARD[1] for row in range(5))
    ]


def plain(text: str) -> str:
    """Without the line ends that a page has and a sentence has not."""
    return "".join(text.split())
