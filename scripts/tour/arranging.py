"""The tour from the first question to the reminder: an hour is booked, two people write, papers change hands."""

from __future__ import annotations

from playwright.async_api import FilePayload, expect

from scripts.tour.stage import PHONE, Stage
from tests.handlers.documents import corpus

ASKED = "Bonjour, faut-il apporter mon bail ?"
ANSWERED = "Oui, et la lettre du propriétaire."


async def book(stage: Stage) -> None:
    """From the subject to the confirmation, on both telephones."""
    await stage.say("sms", "mon loyer, j'ai 2 mois de retard", "Noté : Logement.", "Quelle heure vous va")
    await stage.say("sms", "en vidéo jeudi après-midi avec Claire", "1. jeudi 5 mars à 14 h")
    await stage.shot("sms", "tour-hours")
    await stage.say("sms", "1", "Je vous garde jeudi 5 mars à 14 h", "18 ans")
    await stage.say("sms", "1", "Votre prénom et votre nom ?")
    await stage.say("sms", "Camille Martin", "Votre adresse e-mail ?")
    await stage.say("sms", "camille@example.org", "C'est bien cela : jeudi 5 mars à 14 h")
    await stage.say("sms", "1", "C'est réservé : jeudi 5 mars à 14 h, en vidéo avec Claire")
    await stage.shot("sms", "tour-booked")
    await stage.shows("worker", "Nouveau rendez-vous : jeudi 5 mars à 14 h, Camille, en vidéo, Logement.")
    page = await stage.window(PHONE)
    await page.goto(await stage.link("sms", "a"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Votre rendez-vous")
    await expect(page.get_by_role("link", name="Annuler")).to_be_visible()
    await stage.picture(page, "tour-appointment")
    await page.context.close()


async def message(stage: Stage) -> None:
    """A question and its answer; neither telephone has the other's number."""
    await stage.say("sms", "message", "Que voulez-vous écrire à Claire ?")
    await stage.say("sms", ASKED, "C'est transmis à Claire.")
    await stage.shows("worker", ASKED)
    await stage.say("worker", ANSWERED, "C'est parti")
    await stage.shot("worker", "tour-message-worker")
    await stage.shows("sms", "Un message de Claire vous attend")
    await stage.say("sms", "lire", ANSWERED)
    await stage.shot("sms", "tour-message")


async def document(stage: Stage) -> None:
    """Two papers: by the person's page, after a yes, to the worker's, where one is downloaded."""
    await stage.say("sms", "document", "Pour envoyer vos documents à Claire")
    page = await stage.window(PHONE)
    await page.goto(await stage.link("sms", "u"))
    letter: FilePayload = {"name": "lettre.jpg", "mimeType": "image/jpeg", "buffer": corpus.photo()}
    lease: FilePayload = {"name": "bail.pdf", "mimeType": "application/pdf", "buffer": corpus.paper(pages=3)}
    await page.get_by_label("Choisir des photos ou des PDF").set_input_files([letter, lease])
    await page.get_by_role("button", name="Ajouter").click()
    await expect(page.get_by_role("status")).to_contain_text("Documents reçus : 2")
    await expect(page.get_by_text("Rien n'est encore envoyé.")).to_be_visible()
    await stage.picture(page, "tour-upload")
    await page.get_by_role("button", name="Envoyer à Claire").click()
    await expect(page.get_by_role("status")).to_contain_text("C'est envoyé.")
    await stage.rest()
    await stage.shows("worker", "Camille", "(2)")
    await page.goto(await stage.link("worker", "d"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Documents de Camille")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Télécharger le document 1").click()
    name = (await download.value).suggested_filename
    assert name.startswith("document-1."), name
    await page.reload()
    await expect(page.get_by_text("Téléchargé :")).to_be_visible()
    await expect(page.get_by_role("button", name="Télécharger le document 2")).to_be_visible()
    await stage.picture(page, "tour-documents")
    await page.context.close()


async def reminder(stage: Stage) -> None:
    """Two days before; one word answers it."""
    await stage.move("Prochain rappel")
    await stage.shows("sms", "Rappel : votre rendez-vous est jeudi 5 mars à 14 h.", "OUI")
    await stage.say("sms", "oui", "C'est noté.")
    await stage.shot("sms", "tour-reminder")
