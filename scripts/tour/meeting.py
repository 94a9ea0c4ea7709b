"""The tour from the hour on: two people meet by video, one says how it was, the service sees what came of it."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from scripts.tour.stage import PHONE, SCREEN, Stage


async def call(stage: Stage) -> None:
    """Too early: the page that waits. Ten minutes before: both links, and both in the room."""
    await stage.move("Prochain rappel")
    await stage.shows("sms", "jeudi 5 mars à 14 h, en vidéo avec Claire. Votre lien :")
    for button in ("+ 1 h", *("+ 10 min",) * 4):
        await stage.move(button)
    person, worker = await stage.window(PHONE), await stage.window(PHONE)
    await person.clock.install(time=0)  # what is left is counted down in seconds
    await person.clock.pause_at(1)
    await person.goto(await stage.link("sms", "a"))
    await person.get_by_role("link", name="Attendre l'ouverture").click()
    await expect(person.get_by_role("heading", level=1)).to_have_text("La salle n'est pas encore ouverte")
    await stage.picture(person, "tour-waiting")
    await person.context.close()
    await stage.move("10 min avant le RDV")
    await stage.shows("sms", "La salle vidéo est ouverte, Claire vous attend à 14 h.")
    await stage.shows("worker", "Dans 10 minutes : Camille, 14 h, en vidéo.")
    await worker.goto(await stage.link("worker", "w"))
    await expect(worker.get_by_role("heading", level=1)).to_contain_text("Camille")
    await stage.picture(worker, "tour-worker")
    await worker.get_by_role("link", name="Entrer").click()
    await worker.get_by_text("Vous êtes seul(e)").wait_for()
    person = await stage.window(PHONE)
    await person.goto(await stage.link("sms", "a"))
    await person.get_by_role("link", name="Entrer").click()
    await person.get_by_text("Tout le monde est là.").wait_for()
    await stage.picture(person, "tour-room")
    await worker.get_by_text("Tout le monde est là.").wait_for()
    await stage.picture(worker, "tour-room-worker")
    await asyncio.gather(person.context.close(), worker.context.close())


async def feedback(stage: Stage) -> None:
    """The worker says that they met; the next day the person says how it was."""
    await stage.move("+ 10 min")
    await stage.move("+ 10 min")
    await stage.shows("worker", "Camille est là ?")
    await stage.say("worker", "oui", "Noté : Camille, jeudi 5 mars à 14 h, présent(e).")
    await stage.shot("worker", "tour-present")
    await stage.move("Demain 10 h")
    await stage.shows("sms", "Comment s'est-il passé, de 1 à 5 ?")
    await stage.say("sms", "5", "Un mot à ajouter ?")
    await stage.say("sms", "Je sais quoi faire maintenant.", "Merci")
    await stage.shot("sms", "tour-feedback")


async def console(stage: Stage) -> None:
    """The day, the person with what became of each message, and the figures of the month that is over."""
    [row] = await stage.demo.app.parts.db.fetch("SELECT person_id FROM appointment WHERE mode = 'video'")
    page = await stage.console(SCREEN)
    for path, words, most, name in (
        ("today?on=2026-03-05", ("jeudi 5 mars", "Camille Martin"), 560, "tour-today"),
        (f"people/{row['person_id']}", ("Camille Martin", "Mutuelle du Phare"), 1120, "tour-person"),
        ("figures", ("Du 1er février 2026 au 28 février 2026", "Délai"), 1250, "tour-figures"),
    ):
        await page.goto(f"{stage.demo.url}/console/{path}")
        for each in words:
            await expect(page.locator("main")).to_contain_text(each)
        await stage.picture(page, name, most)
    await page.context.close()
