"""A question that the provider did not let through was not read: no answer to it is taken."""

from __future__ import annotations

from tests.journeys.town import CAMILLE, CLAIRE, built

BOOKING = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org", "1")


async def test_after_stop_an_unread_question_is_not_answered(database_url: str) -> None:
    async with built(database_url) as town:
        for text in BOOKING:
            await town.sms(CAMILLE, text)
        town.new(CLAIRE)
        await town.sms(CAMILLE, "STOP")  # Twilio answers it, and lets nothing of ours through any more
        assert await town.sms(CAMILLE, "annuler") == []
        assert await town.sms(CAMILLE, "2") == []
        await town.passes(hours=1)
        assert town.new(CLAIRE) == []  # nothing was cancelled
        [row] = await town.app.parts.db.fetch("SELECT status FROM appointment")
        assert row["status"] == "booked"
