"""Links of people's pages: the mailbox and the password that one opens, and what becomes of old and unknown ones."""

import re
from typing import Any, get_args, get_type_hints

import pytest

from handlers.web.ports import Gone, Reader
from tests.guards import guards
from tests.handlers.web.site import EMAIL_TOKEN, PASSWORD_TOKEN, UNKNOWN, World
from tests.handlers.web.visits import GETS, PAGE, PASSWORD, Client, get, post

# The e-mail address


async def test_confirms_the_address_once(client: Client, world: World) -> None:
    page = f"/e/{EMAIL_TOKEN}"
    text = await get(client, page)
    assert "ca•••@example.org" in text
    assert "camille" not in text
    assert "Adresse confirmée" in await post(client, page)
    assert world.acts == ["confirm"]
    assert "déjà confirmé" in await post(client, page, status=410)
    assert "déjà confirmé" in await get(client, page, 410)
    assert world.acts == ["confirm"]


@guards("T25")
async def test_the_password_is_chosen_on_the_page_that_the_link_opens(client: Client, world: World) -> None:
    text = await post(client, f"/e/{EMAIL_TOKEN}")
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in text
    for wanted in ("au moins 8 caractères", "une lettre majuscule", "un chiffre", "un caractère spécial"):
        assert wanted in text
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in await get(client, PASSWORD)
    for _ in range(20):
        await get(client, PASSWORD)
    assert world.acts == ["confirm"]
    wrong = await post(client, PASSWORD, {"password": "trop court", "again": "trop court"}, 422)
    alert = wrong.split('role="alert"')[1].split("</div>")[0]
    assert [each.split(",")[0] for each in re.findall("<li>(.*?)</li>", alert)] == [
        "une lettre majuscule",
        "un chiffre",
        "un caractère spécial",
    ]
    assert "trop court" not in wrong
    typed = {"password": "Deux-Vélos7", "again": "Deux-Vélos7"}
    assert "Mot de passe enregistré" in await post(client, PASSWORD, typed)
    assert world.acts == ["confirm", "password True"]
    assert "déjà fait" in await post(client, PASSWORD, typed, 410)
    assert "déjà fait" in await get(client, PASSWORD, 410)


async def test_too_many_passwords_at_once_is_said_kindly(client: Client, world: World) -> None:
    world.busy = True
    text = await post(client, PASSWORD, {"password": "Deux-Vélos7", "again": "Deux-Vélos7"}, 503)
    assert "trop de monde" in text
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in text


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("why", ["join", "change", "password", "join_channel"])
async def test_a_link_says_what_it_is_for(client: Client, world: World, why: Any, lang: str) -> None:
    world.why, world.reader = why, Reader(lang, "Europe/Paris")
    words = {
        ("change", "fr"): "prendra la place",
        ("change", "en"): "takes the place",
        ("password", "fr"): "choisir le mot de passe",
        ("password", "en"): "choosing the platform",
    }
    assert words.get((why, lang), "<h1>") in await get(client, f"/e/{EMAIL_TOKEN}")
    assert ("<form" in await post(client, f"/e/{EMAIL_TOKEN}")) == (why != "join_channel")


# Old and unknown links


@pytest.mark.parametrize("path", [path for path in GETS if "Token" in path])
async def test_a_token_that_never_was_is_404(client: Client, path: str) -> None:
    token = re.search(r"[\w-]*Token[\w-]*", path)
    assert token
    assert "page n&#39;existe pas" in await get(client, path.replace(token[0], UNKNOWN), 404)


@guards("T25")
@pytest.mark.parametrize("why", [*get_args(get_type_hints(Gone)["why"])])
@pytest.mark.parametrize("path", [path for path in GETS if "Token" in path])
async def test_a_token_of_no_more_use_is_410_and_says_what_to_do(
    client: Client, world: World, path: str, why: Any
) -> None:
    world.gone = Gone(why, Reader("en", "Europe/Paris"))
    text = await get(client, path, 410, **{"Accept-Language": "fr"})
    assert '<html lang="en">' in text
    assert len(re.findall("<p>", text)) >= 2


POSTS = [
    f"{PAGE}/cancel",
    f"{PAGE}/move",
    f"{PAGE}/late",
    f"{PAGE}/here",
    f"{PAGE}/phone",
    f"/e/{EMAIL_TOKEN}",
    PASSWORD,
]


@pytest.mark.parametrize("path", POSTS)
async def test_posts_answer_404_and_410_too(client: Client, world: World, path: str) -> None:
    await post(client, re.sub(r"[\w-]*Token[\w-]*", UNKNOWN, path), {"slot": "x"}, 404)
    world.gone = world.unchosen = Gone("expired")
    await post(client, path, {"slot": "x"}, 410)
    assert world.acts == []
