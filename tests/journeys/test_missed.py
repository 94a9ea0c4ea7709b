"""Our server was off: what people wrote meanwhile is fetched from Twilio's log, answered once, in order."""

from __future__ import annotations

from tests.journeys.town import CAMILLE, built


async def test_what_missed_the_door_is_answered_once(database_url: str) -> None:
    async with built(database_url) as town:
        online, town.twilio.reach = town.twilio.reach, lambda _: "http://127.0.0.1:1/"
        await town.twilio.say(CAMILLE, "bonjour")
        await town.twilio.say(CAMILLE, "PORTS-7KQM-4XTD")
        await town.settle()
        assert town.new(CAMILLE) == []
        town.twilio.reach = online
        assert town.app.fetch is not None
        assert await town.app.fetch() == 2
        await town.settle()
        first, second = town.new(CAMILLE)
        assert "code de connexion" in first
        assert "De quoi voulez-vous parler" in second
        assert await town.app.fetch() == 0
