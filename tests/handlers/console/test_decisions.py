"""Warning and suspending somebody in the console, and judging what they contest: by whom, with what, who is told."""

from __future__ import annotations

import re

import pytest

from booking.decisions import LONGEST, Decision, Ground
from booking.operating import Role
from handlers import deciding
from storage import audit, decisions, tickets
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_people import booked, deeds
from tests.handlers.console.test_tickets import told
from tests.handlers.path.place import CAMILLE, CLAIRE

pytestmark = pytest.mark.sampled

WHY = "Vos messages étaient blessants."
WAITS = "Un message sur votre accès au service vous attend. Pour le lire, répondez LIRE."
SUSPENDS = {
    "kind": "suspension",
    "ground": "disrespect",
    "words": WHY,
    "lasts": "until",
    "until": "2026-03-20",
    "appointments": "stand",
}


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "anna")


@pytest.fixture
async def ben(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "ben")


async def suspended(site: Site, anna: Visitor, **other: str) -> tuple[str, str]:
    """Ids of the person and of the decision."""
    person, _ = await booked(site)
    await anna.get(f"/console/people/{person}/decide")
    done = await anna.post(f"/console/people/{person}/decide", 303, **{**SUSPENDS, **other})
    id = re.fullmatch(r"/console/decisions/(\w+)\?said=decided", done.to)
    assert id, done
    return person, id[1]


async def test_a_suspension_is_decided_told_and_shown(site: Site, anna: Visitor) -> None:
    person, id = await suspended(site, anna)
    assert await told(site) == f"{WAITS} Vos rendez-vous déjà pris restent."
    page = (await anna.get(f"/console/decisions/{id}?said=decided")).text
    for shown in (
        "C&#39;est décidé",
        "Suspension du compte",
        "anna, ",
        WHY,
        "vendredi 20 mars",
        "Ils restent",
        "en vigueur",
        "pas encore lu",
    ):
        assert shown in page, shown
    page = (await anna.get(f"/console/people/{person}")).text
    assert f"/console/decisions/{id}" in page
    assert "Suspendu" in page
    assert "pas encore lu" in page
    [heard] = await site.place.says("sms", CAMILLE, "lire")
    assert WHY in heard
    for path in (f"/console/people/{person}", f"/console/decisions/{id}"):
        assert "pas encore lu" not in (await anna.get(path)).text
    form = (await anna.get(f"/console/people/{person}/decide")).text
    assert 'value="suspension"' not in form, "it is so already"
    again = await anna.post(f"/console/people/{person}/decide", 409, **SUSPENDS)
    assert "déjà fait" in again.text
    assert WHY in again.text, "what was typed is not lost"
    assert "suspend" in await deeds(site, f"person:{person}")
    assert "see" in await deeds(site, f"decision:{id}")


async def test_their_hours_go_where_that_is_chosen(site: Site, anna: Visitor) -> None:
    person, id = await suspended(site, anna, lasts="open", until="", appointments="go")
    assert "Vos rendez-vous à venir sont annulés" in await told(site)
    assert "Rendez-vous annulé" in await told(site, CLAIRE)
    page = (await anna.get(f"/console/decisions/{id}")).text
    assert "Annulés avec la décision" in page
    assert "Sans date" in page
    assert "Aucun" in (await anna.get(f"/console/people/{person}")).text


async def test_an_account_is_to_close_until_somebody_takes_that_back(site: Site, anna: Visitor, ben: Visitor) -> None:
    _, id = await suspended(site, anna, kind="closing", lasts="", until="", appointments="")
    assert "annulés" in await told(site)
    page = (await ben.get(f"/console/decisions/{id}")).text
    for shown in ("Fermeture du compte", "Ferme le", "1er mai 2026", "en vigueur", "Laisser le compte ouvert"):
        assert shown in page, shown
    await ben.post(f"/console/decisions/{id}/end", 303, words="Nous en avons parlé, il reste.")
    assert "en vigueur" not in (await ben.get(f"/console/decisions/{id}")).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "Choisissez ce que vous décidez"),
        ({"kind": "no_ground"}, "Choisissez ce que vous décidez"),
        ({"ground": ""}, "Choisissez une raison"),
        ({"ground": "x"}, "Choisissez une raison"),
        ({"words": "non"}, "Écrivez entre 10 et 300"),
        ({"words": "x" * (LONGEST + 1)}, "Écrivez entre 10 et 300"),
        ({"lasts": ""}, "Dites jusqu"),
        ({"until": ""}, "Dites jusqu"),
        ({"until": "2026-03-02"}, "Dites jusqu"),
        ({"until": "2036-03-02"}, "Dites jusqu"),
        ({"until": "20 mars"}, "Dites jusqu"),
        ({"appointments": ""}, "Dites ce que deviennent"),
    ],
)
async def test_nothing_is_decided_by_half(site: Site, anna: Visitor, wrong: dict[str, str], said: str) -> None:
    person, _ = await booked(site)
    await told(site)
    await anna.get(f"/console/people/{person}/decide")
    page = (await anna.post(f"/console/people/{person}/decide", 422, **{**SUSPENDS, **wrong})).text
    assert said in page
    assert wrong.get("words", WHY) in page
    assert await decisions.of_person(site.place.parts.db, person) == []
    assert await told(site) == ""


async def test_a_warning_changes_nothing_else(site: Site, anna: Visitor) -> None:
    person, id = await suspended(site, anna, kind="warning", lasts="", appointments="")
    assert await told(site) == WAITS
    [heard] = await site.place.says("sms", CAMILLE, "lire")
    assert "Votre compte reste ouvert" in heard
    assert "CONTESTER" in heard
    page = (await anna.get(f"/console/decisions/{id}")).text
    assert "Avertissement" in page
    assert "Lever la suspension" not in page
    await anna.post(f"/console/decisions/{id}/end", 404, words="Ouvert à nouveau.")
    assert "Suspendu" not in (await anna.get(f"/console/people/{person}")).text


async def test_a_suspension_is_ended_with_a_word(site: Site, anna: Visitor, ben: Visitor) -> None:
    _, id = await suspended(site, anna)
    await told(site)
    await ben.get(f"/console/decisions/{id}")
    page = (await ben.post(f"/console/decisions/{id}/end", 422, words="ok")).text
    assert "Écrivez entre" in page
    assert ">ok</textarea>" in page
    await ben.post(f"/console/decisions/{id}/end", words="Nous en avons parlé,\r\nmerci.")
    assert await told(site) == WAITS
    [heard] = await site.place.says("sms", CAMILLE, "lire")
    assert "Votre compte est de nouveau ouvert. Nous en avons parlé,\nmerci." in heard
    page = (await ben.get(f"/console/decisions/{id}?said=ended")).text
    assert "levée par ben" in page
    assert "<textarea" not in page
    await ben.post(f"/console/decisions/{id}/end", 409, words="Nous en avons parlé.")


async def test_what_is_contested_is_judged_by_another(site: Site, anna: Visitor, ben: Visitor) -> None:
    _, id = await suspended(site, anna)
    await site.place.says("sms", CAMILLE, "contester", "Ce n'était pas <moi>.")
    [ticket] = await tickets.listed(site.place.parts.db)
    page = (await anna.get(f"/console/tickets/{ticket.id}")).text
    assert f"/console/decisions/{id}" in page
    assert "Conteste une décision" in page
    barred = await anna.post(f"/console/tickets/{ticket.id}/take", 409)
    assert "Vous avez pris cette décision" in barred.text
    page = (await anna.get(f"/console/decisions/{id}")).text
    assert "Ce n&#39;était pas &lt;moi&gt;." in page
    assert "Vous avez pris cette décision" in page
    assert "<textarea" not in page
    await anna.post(f"/console/decisions/{id}/review", 409, verdict="uphold", words="Je maintiens ma décision.")
    assert "demande d&#39;abord une décision" in (await ben_closes(site, ben, ticket.id))
    await ben.get(f"/console/decisions/{id}")
    await ben.post(f"/console/decisions/{id}/review", 422, words="Nous avons relu.")
    await told(site)
    await ben.post(f"/console/decisions/{id}/review", verdict="take_back", words="Nous vous croyons, pardon.")
    assert await told(site) == WAITS
    page = (await ben.get(f"/console/decisions/{id}")).text
    assert "La suite : pas encore lue" in page
    assert "de nouveau ouvert. Nous vous croyons, pardon." in (await site.place.says("sms", CAMILLE, "lire"))[0]
    page = (await ben.get(f"/console/decisions/{id}?said=reviewed")).text
    assert "ben a relu la décision : elle est retirée" in page
    row = await tickets.get(site.place.parts.db, ticket.id)
    assert row is not None
    assert row.status == "closed"
    noted = await audit.of(site.place.parts.db, f"person:{ticket.person_id}")
    assert f"operator:{await site.id('ben')}" in {d.actor for d in noted if d.action == "take decision back"}


async def test_what_was_decided_at_a_keyboard_is_judged_by_who_declares_to_be_another(site: Site, ben: Visitor) -> None:
    person, _ = await booked(site)
    parts = site.place.parts
    made = await deciding.suspend(parts, person, "operator:ubuntu", Ground.OTHER, WHY, last_day=None, cancels=False)
    assert isinstance(made, Decision)
    await site.place.says("sms", CAMILLE, "contester", "Ce n'était pas moi.")
    page, place = (await ben.get(f"/console/decisions/{made.id}")).text, f"/console/decisions/{made.id}/review"
    assert "Ce n&#39;est pas moi qui ai pris cette décision" in page
    refused = await ben.post(place, 409, verdict="uphold", words="Nous avons relu.")
    assert "ligne de commande" in refused.text
    await ben.post(place, verdict="uphold", words="Nous avons relu.", another="yes")
    assert "elle reste" in (await ben.get(f"/console/decisions/{made.id}")).text


async def ben_closes(site: Site, ben: Visitor, ticket: str) -> str:
    await ben.get(f"/console/tickets/{ticket}")
    return (await ben.post(f"/console/tickets/{ticket}/close", 409, outcome="nothing_to_do")).text


async def test_nobody_is_nowhere(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    await anna.get(f"/console/people/{person}/decide")
    await anna.get("/console/people/nobody/decide", 404)
    await anna.get("/console/decisions/none", 404)
    await anna.post("/console/people/nobody/decide", 404, **SUSPENDS)
    await anna.post("/console/decisions/none/end", 404, words="Nous en avons parlé.")
    await anna.post("/console/decisions/none/review", 404, verdict="uphold", words="Nous en avons parlé.")


async def test_an_auditor_decides_nothing(site: Site, anna: Visitor) -> None:
    person, id = await suspended(site, anna)
    auditor = await site.operator(Role.AUDITOR)
    await auditor.get("/console/own")
    for path in (f"/console/people/{person}/decide", f"/console/decisions/{id}"):
        await auditor.get(path, 403)
    await auditor.post(f"/console/decisions/{id}/end", 403, words="Nous en avons parlé.")
