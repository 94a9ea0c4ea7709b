"""A February of many people, written into a database: of three clients one has many of them, one some, one few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.model import (
    Appointment,
    AppointmentId,
    ClientId,
    CodeId,
    ContactId,
    Feedback,
    Mode,
    Motive,
    Person,
    PersonId,
    WorkerId,
)
from handlers.parts import Parts
from storage import feedback, figures, inbox, outbox, steps
from storage.booking import RowStore
from storage.inbox import Arrival
from storage.steps import Happened

SINCE = datetime(2026, 2, 3, 9, 0, tzinfo=UTC)
HOUR = datetime(2026, 2, 10, 9, 0, tzinfo=UTC)
# client -> what became of its people's hours, one each
BECAME = {
    "ports": ["kept"] * 24 + ["missed"] * 12 + ["cancelled"] * 11 + ["late"] * 3,
    "lavande": ["kept"] * 12 + ["missed"] * 2,
    "brume": ["kept"] * 3,
}
# Of whom no code is known: all began, some never came further.
STRANGERS = {
    Happened("book", "book", "begun"): 90,
    Happened("start", "start", "understood"): 90,
    Happened("start", "start", "missed"): 11,
}
STEPS = ("code", "motive", "slot", "terms", "name", "email", "summary")
ROWS = {"kept": ("done", False), "missed": ("missed", False), "cancelled": ("cancelled", False)}


SCORES = {"ports": [5] * 12 + [4] * 11 + [1], "lavande": [5] * 12, "brume": [5] * 3}
WORDS = "Merci pour tout"  # of who is content


@dataclass(frozen=True)
class One:
    """A person with one hour."""

    client: str
    number: int
    became: str

    @property
    def id(self) -> str:
        return f"{self.client}-{self.number}"


def people() -> Iterator[One]:
    for client, became in BECAME.items():
        yield from (One(client, number, what) for number, what in enumerate(became))


async def serve(parts: Parts, first: int = 0) -> None:
    """Each wrote twice and booked eight minutes after the first message, every third one a day later; every other one
    was reminded. Their numbers end on four digits that count from `first`.
    """
    ids = {client.ref: client.id for client in await figures.clients(parts.db)}
    for n, one in enumerate(people()):
        await _live(parts, one, ids[one.client], n, first + n)
    async with parts.db.transaction() as tx:
        for ref, became in BECAME.items():
            for what, count in _steps(len(became)).items():
                await steps.add(tx, HOUR.date(), ids[ref], [what] * count)
        for what, count in STRANGERS.items():
            await steps.add(tx, HOUR.date(), "", [what] * count)
        for ref, scores in SCORES.items():
            for n, score in enumerate(scores):
                words = WORDS if score == 5 else None
                given = Feedback(f"{ref}-{n}", ids[ref], WorkerId("claire"), Mode.PHONE, score, HOUR.date(), words)
                await feedback.save(tx, given)


def _steps(people: int) -> dict[Happened, int]:
    """Each passed each step; one in two was not understood once at the hour."""
    found = {Happened("book", "book", "booked"): people, Happened("book", "slot", "missed"): people // 2}
    for step in STEPS:
        found[Happened("book", step, "answered")] = found[Happened("book", step, "understood")] = people
    return found


async def _live(parts: Parts, one: One, client: ClientId, n: int, number: int) -> None:
    since = SINCE + timedelta(minutes=n)
    contact = ""
    for nth in range(2):
        arrival = Arrival("sms", f"+3363998{number:04}", f"SM{n}-{nth}", b"Body=x")
        at = since + timedelta(minutes=nth)
        contact = await inbox.accept(parts.db, arrival, at, parts.new_id, lang="fr", time_zone="Europe/Paris") or ""
    made_at = since + (timedelta(days=1) if n % 3 == 0 else timedelta(minutes=8))
    status, late = ROWS.get(one.became, ("cancelled", True))
    hour = Appointment(
        AppointmentId(f"a-{one.id}"),
        PersonId(one.id),
        client,
        WorkerId("claire"),
        Motive.FINANCE if n % 2 else Motive.HOUSING,
        Mode.PHONE,
        HOUR + timedelta(hours=n % 5),
        ContactId(contact),
        AppointmentId(f"a-{one.id}"),
        status=status,  # type: ignore[arg-type]
        late=late,
        made_at=made_at,
        ended_by="person" if status == "cancelled" else None,
    )
    person = Person(PersonId(one.id), client, CodeId("code"), "Ann", "Martin", None)
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        await store.add_person(person, ContactId(contact))
        await store.add_appointment(hour)
        out = outbox.Outgoing(
            f"k-{one.id}", contact, "reminder" if n % 2 else "booked", {"texts": []}, HOUR, appointment=hour.id
        )
        await outbox.add(tx, out, since)
        await tx.execute(
            "UPDATE outbox SET status = 'delivered', accepted_at = ?, segments = 2 WHERE key = ?", since, f"k-{one.id}"
        )
        await tx.execute("UPDATE inbox SET status = 'done', settled_at = ? WHERE contact_id = ?", since, contact)
