"""What the law wants to be read: the facts are there, in both languages, and no more is claimed than holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.secrets import fresh
from bot.settings import read_settings
from bot.web import facts
from handlers.web.guard import HEADERS, middlewares
from handlers.web.legal_pages import Facts, LegalPages
from handlers.web.render import Renderer
from locales import spoken
from tests.handlers.web.site import FACTS, TOKEN, World, application, started
from tests.plain import plain

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
Client = TestClient[Any, Any]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with TestClient(await started(application(World()))) as client:
        yield client


async def read(client: Client, path: str, **headers: str) -> str:
    async with client.get(path, headers=headers) as response:
        assert response.status == 200
        assert HEADERS.items() <= dict(response.headers).items()
        assert "Set-Cookie" not in response.headers
        return plain(await response.text())


async def shown(what: Facts) -> str:
    renderer = Renderer("https://chat.example.org", ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    LegalPages(renderer=renderer, facts=what, languages=spoken(("fr", "en"))).add_to(app)
    async with TestClient(await started(app)) as client:
        return await read(client, "/legal")


# Article 14.3 of the terms, the annex's last parts, article 1.
SAID = (
    *("AME CONSO, 11 place Dauphine, 75001 Paris", "https://www.mediationconso-ame.com", "mailto:dpo@example.org"),
    *("3 place de Fontenoy, TSA 80751, 75334 Paris Cedex 07", "tel:+33153732222", "900 613 670"),
    *(FACTS.terms_url, FACTS.privacy_url, "2024-10-15", "WhatsApp", "Telegram", "sms:+33199000001", "01 99 00 00 01"),
)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_facts_are_there_in_both_languages(client: Client, lang: str) -> None:
    page = await read(client, f"/legal?lang={lang}")
    assert f'<html lang="{lang}">' in page
    assert [words for words in SAID if words not in page] == []
    assert {"fr": "jamais enregistrés", "en": "never recorded"}[lang] in page


async def test_a_reader_finds_their_language_and_the_other(client: Client) -> None:
    page = await read(client, "/legal", **{"Accept-Language": "en"})
    assert '<html lang="en">' in page
    assert '<a href="/legal?lang=fr" hreflang="fr" lang="fr">français</a>' in page
    assert '<html lang="fr">' in await read(client, "/accessibility?lang=<b>")


async def test_each_page_leads_there(client: Client) -> None:
    for path in (f"/a/{TOKEN}", "/legal", "/accessibility"):
        page = await read(client, path)
        assert 'href="/legal"' in page
        assert 'href="/accessibility"' in page


async def test_no_more_is_said_than_is_known() -> None:
    nothing = replace(FACTS, dpo=None, sms=None, sms_country=None, whatsapp=False, telegram=False, in_union=False)
    page = await shown(nothing)
    for words in ("délégué", "Meta", "serveurs de Telegram", "Irlande", "sms:", "est dans l'Union"):
        assert words not in page
    assert "aux États-Unis" in await shown(replace(nothing, sms_country="us"))
    assert '<a href="https://example.org/dpo"' in await shown(replace(FACTS, dpo="https://example.org/dpo"))
    assert "données : Ann <Martin>" not in await shown(replace(FACTS, dpo="Ann <Martin>"))


async def test_no_conformity_is_claimed_that_nobody_audited(client: Client) -> None:
    page = await read(client, "/accessibility")
    assert "aucune conformité" in page
    assert "Défenseur des droits" in page
    assert "conforme " not in page


def test_the_facts_follow_from_the_settings() -> None:
    given: dict[str, object] = {**KEYS, "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "made-up"}
    given |= {"TWILIO_SMS_FROM": "+33199000001", "DPO_CONTACT": "dpo@example.org"}
    made = facts(read_settings(env_file=None, **given))
    assert (made.sms, made.sms_country, made.whatsapp, made.telegram, made.in_union) == (
        "+33199000001",
        "us",
        False,
        False,
        False,
    )
    ireland = {"TWILIO_API_URL": "https://api.dublin.ie1.twilio.com", "TWILIO_WHATSAPP_FROM": "+33199000002"}
    everywhere = {"REGIONS": "server=fr,database=de,documents=fr,backups=fr"}
    made = facts(read_settings(env_file=None, **given, **ireland, **everywhere))
    assert (made.sms_country, made.whatsapp, made.in_union) == ("ie", True, True)
