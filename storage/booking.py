"""The core's rows: `booking.ports.BookingStore` on one open transaction.

    store = RowStore(tx, directories)      `directories` is one per process: the compiled directory of the last version

An hour is taken by rows of `busy`, one for each owner and quarter of an hour, under one unique key (invariant I5). They
are inserted in sorted order, so that two that want the same hours wait for each other and never in a ring. A conflict
is counted, not raised, since an error would end PostgreSQL's transaction.

Long, because the port is one: `booking.memory` stands beside it, method by method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from booking.directory import Directory
from booking.model import (
    HOUR,
    QUARTER,
    Appointment,
    AppointmentId,
    Client,
    ClientId,
    ClientKind,
    Code,
    CodeId,
    Consent,
    ContactId,
    Feedback,
    Hold,
    HoldId,
    Mode,
    Motive,
    NoticeLevel,
    Person,
    PersonId,
    Refusal,
    Span,
    WorkerId,
)
from booking.ports import Owner
from storage import counters, directory, spans, workday, worker_calendars
from storage.db import Sql
from storage.documents import DocumentRows
from storage.messages import MessageRows
from storage.sql import Row, marks
from storage.waiting import WaitingRows

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTERS = HOUR // QUARTER
MANY = 500  # more workers than this are told apart here, not by the statement

_APPOINTMENT = (
    "id, series, version, person_id, client_id, worker_id, contact_id, motive, mode, start_at, status, late, made_at, "
    "ended_at, ended_by, confirmed_at"
)
_HOLD = "id, contact_id, worker_id, start_at, lapses_at, kind, about, mode"
_REFUSAL = "id, worker_id, person_id, appointment_id, refused_at, lapses_at, waived_at"
_PERSON = (
    "p.id, p.client_id, p.code_id, p.first_name, p.last_name, p.email, p.email_confirmed, p.phone, p.language, "
    "p.time_zone, p.suspended"
)


class Directories:
    """The compiled directory of this process.

    Reading a version is one statement; compiling thousands of workers is not.
    """

    def __init__(self) -> None:
        self._last: Directory | None = None

    async def current(self, db: Sql, *, keep: bool = True) -> Directory:
        """`keep` is false for whoever changed the directory and has not committed: nobody else may see that."""
        last, version = self._last, await directory.version(db)
        if last is not None and last.version == version and keep:
            return last
        if last is None or last.version > version:  # never read, or restored from a backup
            found = Directory(await directory.workers(db), version)
        else:
            changed = {worker.id: worker for worker in await directory.workers(db, last.version)}
            workers = {worker.id: worker for worker in last.workers} | changed
            found = Directory(workers.values(), version, before=last)
        if keep:
            self._last = found
        return found


class RowStore(WaitingRows, MessageRows, DocumentRows):
    def __init__(self, tx: Sql, directories: Directories) -> None:
        self._tx = tx
        self._directories = directories
        self._directory: Directory | None = None
        self._settled = False
        self._changed = False

    # ------------------------------------------------------------ directory, codes

    async def directory(self) -> Directory:
        if self._directory is None:
            self._directory = await self._directories.current(self._tx, keep=not self._changed)
        return self._directory

    async def settled_directory(self) -> Directory:
        if not self._settled and self._tx.dialect == "postgres":  # SQLite has the only write lock already
            rows = await self._tx.fetch("SELECT version FROM directory_version WHERE id = 1 FOR SHARE")
            if self._directory is not None and rows and rows[0]["version"] != self._directory.version:
                self._directory = None
        self._settled = True
        return await self.directory()

    async def change_spans(self, worker: WorkerId, gone: Sequence[str], new: Sequence[Span], now: datetime) -> None:
        self._directory, self._changed = None, True
        await directory.raise_version(self._tx, [worker])
        await spans.drop(self._tx, worker, gone)
        await spans.add(self._tx, worker, new, now)

    async def calendar_of(self, worker: WorkerId) -> str:
        return await worker_calendars.address(self._tx, worker)

    async def set_calendar(self, worker: WorkerId, address: str, now: datetime) -> None:
        read = [] if address else await spans.of_calendar(self._tx, worker)
        if read:
            await self.change_spans(worker, [span.id for span in read], [], now)
        await worker_calendars.keep(self._tx, worker, address)

    async def client(self, id: ClientId) -> Client | None:
        rows = await self._tx.fetch("SELECT id, ref, name, kind, suspended FROM client WHERE id = ?", id)
        return client_of(rows[0]) if rows else None

    async def code(self, id: CodeId) -> Code | None:
        return await self._code("id", id)

    async def code_typed(self, normal: str) -> Code | None:
        return await self._code("letters_index", directory.code_index(self._tx, normal))

    async def accounts(self, code: CodeId) -> int:
        if self._tx.dialect == "postgres":  # SQLite has the only write lock already
            await self._tx.fetch("SELECT id FROM code WHERE id = ? FOR UPDATE", code)
        return await directory.accounts(self._tx, code)

    def keyed(self, kind: str, value: str) -> str:
        return self._tx.vault.index(kind, value).hex()

    async def tries(self, key: str, since: datetime, most: int) -> Sequence[datetime]:
        return await counters.tries(self._tx, key, since, most)

    async def add_try(self, key: str, now: datetime) -> None:
        await counters.add_try(self._tx, key, now)

    # ------------------------------------------------------------ hours

    async def taken(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None = None
    ) -> Iterable[tuple[WorkerId, datetime]]:
        rows = await self._hours(since - HOUR, until, now, workers)
        wanted = None if workers is None else set(workers)
        found = ((WorkerId(row["owner"][2:]), EPOCH + row["quarter"] * QUARTER) for row in rows)
        return [(w, start) for w, start in found if start > since - HOUR and (wanted is None or w in wanted)]

    async def load(
        self, workers: Sequence[WorkerId], since: datetime, until: datetime, now: datetime
    ) -> Mapping[WorkerId, int]:
        counts = dict.fromkeys(workers, 0)
        for row in await self._hours(since, until, now, workers):
            worker = WorkerId(row["owner"][2:])
            if worker in counts and EPOCH + row["quarter"] * QUARTER >= since:
                counts[worker] += 1
        return counts

    async def take(
        self, id: HoldId | AppointmentId, owners: Sequence[Owner], start: datetime, now: datetime
    ) -> Owner | None:
        first = quarter_of(start)
        wanted = sorted((owner, first + n, n == 0) for owner in set(owners) for n in range(QUARTERS))
        await self._drop_lapsed(sorted(set(owners)), first, now)
        inserted = await self._tx.fetch(
            "INSERT INTO busy (owner, quarter, opens, holder_id, lapses_at) VALUES "
            + ", ".join(["(?, ?, ?, ?, (SELECT lapses_at FROM hold WHERE id = ?))"] * len(wanted))
            + " ON CONFLICT (owner, quarter) DO NOTHING RETURNING id, owner, quarter",
            *(value for owner, quarter, opens in wanted for value in (owner, quarter, opens, id, id)),
        )
        if len(inserted) == len(wanted):
            return None
        if inserted:
            ids = [row["id"] for row in inserted]
            await self._tx.execute(f"DELETE FROM busy WHERE id IN ({marks(len(ids))})", *ids)
        ours = {(row["owner"], row["quarter"]) for row in inserted}
        return next(owner for owner in owners for n in range(QUARTERS) if (owner, first + n) not in ours)

    async def free(self, id: HoldId | AppointmentId) -> None:
        await self._lock_hours([id])
        await self._tx.execute("DELETE FROM busy WHERE holder_id = ?", id)

    async def hold_of(self, contact: ContactId) -> Hold | None:
        found = await self._holds("contact_id = ? AND kind = 'chosen'", contact)
        return found[0] if found else None

    async def hold(self, id: HoldId) -> Hold | None:
        found = await self._holds("id = ?", id)
        return found[0] if found else None

    async def offers_of(self, contact: ContactId) -> Sequence[Hold]:
        return await self._holds("contact_id = ? AND kind <> 'chosen' ORDER BY start_at, id", contact)

    async def offers_about(self, about: str) -> Sequence[Hold]:
        return await self._holds("about = ? ORDER BY start_at, id", about)

    async def save_hold(self, hold: Hold) -> None:
        await self._tx.execute(
            f"INSERT INTO hold ({_HOLD}) VALUES ({marks(8)}) "
            "ON CONFLICT (id) DO UPDATE SET lapses_at = excluded.lapses_at",
            hold.id,
            hold.contact,
            hold.worker,
            hold.start,
            hold.until,
            hold.kind,
            hold.about,
            hold.mode.value if hold.mode else None,
        )
        await self._lock_hours([hold.id])
        await self._tx.execute("UPDATE busy SET lapses_at = ? WHERE holder_id = ?", hold.until, hold.id)

    async def delete_hold(self, id: HoldId) -> None:
        await self._tx.execute("DELETE FROM hold WHERE id = ?", id)

    async def _holds(self, where: str, *args: object) -> list[Hold]:
        rows = await self._tx.fetch(f"SELECT {_HOLD} FROM hold WHERE {where}", *args)
        return [hold_of(row) for row in rows]

    async def _hours(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None
    ) -> list[Row]:
        """First quarters of workers' hours from `since` to before `until`; also some of others where they are many."""
        owners = [f"w:{worker}" for worker in workers or ()]
        if workers is not None and not owners:
            return []
        some = f"owner IN ({marks(len(owners))})" if 0 < len(owners) <= MANY else "owner >= 'w:' AND owner < 'w;'"
        return await self._tx.fetch(
            f"SELECT owner, quarter FROM busy WHERE opens AND quarter >= ? AND quarter < ? AND {some} "
            "AND (lapses_at IS NULL OR lapses_at > ?)",
            quarter_of(since),
            quarter_of(until + QUARTER - timedelta(microseconds=1)),
            *(owners if 0 < len(owners) <= MANY else ()),
            now,
        )

    async def _drop_lapsed(self, owners: Sequence[Owner], first: int, now: datetime) -> None:
        """Deletes the lapsed holds that stand on these quarters, whole."""
        lapsed = await self._tx.fetch(
            f"SELECT DISTINCT holder_id FROM busy WHERE owner IN ({marks(len(owners))}) AND quarter >= ? "
            "AND quarter < ? AND lapses_at <= ?",
            *owners,
            first,
            first + QUARTERS,
            now,
        )
        holders = sorted(row["holder_id"] for row in lapsed)
        if holders:
            await self._lock_hours(holders)  # one of them may be prolonged meanwhile: asked once more
            some = marks(len(holders))
            await self._tx.execute(f"DELETE FROM busy WHERE holder_id IN ({some}) AND lapses_at <= ?", *holders, now)
            await self._tx.execute(f"DELETE FROM hold WHERE id IN ({some}) AND lapses_at <= ?", *holders, now)

    async def _lock_hours(self, holders: Sequence[str]) -> None:
        """All hours of some holders, in the one order that everybody keeps to, or two who sweep the same hold wait
        for each other in a ring. SQLite has the only write lock already.
        """
        if self._tx.dialect == "postgres":
            await self._tx.fetch(
                f"SELECT id FROM busy WHERE holder_id IN ({marks(len(holders))}) ORDER BY owner, quarter FOR UPDATE",
                *holders,
            )

    # ------------------------------------------------------------ people

    async def person(self, id: PersonId) -> Person | None:
        rows = await self._tx.fetch(f"SELECT {_PERSON} FROM person p WHERE p.id = ?", id)
        return person_of(self._tx, rows[0]) if rows else None

    async def person_of(self, contact: ContactId) -> Person | None:
        rows = await self._tx.fetch(
            f"SELECT {_PERSON} FROM person p JOIN contact c ON c.person_id = p.id WHERE c.id = ?", contact
        )
        return person_of(self._tx, rows[0]) if rows else None

    async def add_person(self, person: Person, contact: ContactId) -> None:
        values = _person_values(self._tx, person)
        await self._tx.execute(
            f"INSERT INTO person ({', '.join(values)}, turns) VALUES ({marks(len(values))}, 0)", *values.values()
        )
        await self._tx.execute("UPDATE contact SET person_id = ? WHERE id = ?", person.id, contact)

    async def save_person(self, person: Person) -> None:
        values = _person_values(self._tx, person)
        await self._tx.execute(
            f"UPDATE person SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", *values.values(), person.id
        )

    async def add_consent(self, person: PersonId, contact: ContactId, consent: Consent) -> None:
        id = f"{person}/{consent.terms_version}/{consent.at:%Y%m%dT%H%M%S%f}"[:64]
        await self._tx.execute(
            "INSERT INTO consent (id, person_id, contact_id, terms_version, locale, channel, answer, given_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            id,
            person,
            contact,
            consent.terms_version,
            consent.locale,
            consent.channel,
            self._tx.vault.seal("consent.answer", id, consent.answer),
            consent.at,
        )

    async def consented(self, person: PersonId, terms_version: str) -> bool:
        return bool(
            await self._tx.fetch(
                "SELECT 1 AS one FROM consent WHERE person_id = ? AND terms_version = ? LIMIT 1", person, terms_version
            )
        )

    async def refusals(self, person: PersonId, now: datetime) -> Sequence[Refusal]:
        rows = await self._tx.fetch(
            f"SELECT {_REFUSAL} FROM refusal WHERE person_id = ? AND waived_at IS NULL AND lapses_at > ? "
            "ORDER BY refused_at, id",
            person,
            now,
        )
        return [Refusal(*row.values()) for row in rows]

    async def refusals_by(self, worker: WorkerId, since: datetime) -> Sequence[Refusal]:
        rows = await self._tx.fetch(
            f"SELECT {_REFUSAL} FROM refusal WHERE worker_id = ? AND refused_at >= ? ORDER BY refused_at DESC, id DESC",
            worker,
            since,
        )
        return [Refusal(*row.values()) for row in rows]

    async def save_refusal(self, refusal: Refusal) -> None:
        await self._tx.execute(
            f"INSERT INTO refusal ({_REFUSAL}) VALUES ({marks(7)}) "
            "ON CONFLICT (id) DO UPDATE SET lapses_at = excluded.lapses_at, waived_at = excluded.waived_at",
            refusal.id,
            refusal.worker,
            refusal.person,
            refusal.appointment,
            refusal.refused_at,
            refusal.lapses_at,
            refusal.waived_at,
        )

    # ------------------------------------------------------------ appointments

    async def appointment(self, id: AppointmentId) -> Appointment | None:
        found = await self._appointments("id = ?", id)
        return found[0] if found else None

    async def locked(self, id: AppointmentId) -> Appointment | None:
        if self._tx.dialect == "postgres":  # SQLite has the only write lock already
            await self._tx.fetch("SELECT id FROM appointment WHERE id = ? FOR UPDATE", id)
        return await self.appointment(id)

    async def ended_late(self, worker: WorkerId, since: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "worker_id = ? AND late AND ended_at >= ? ORDER BY ended_at DESC, id DESC", worker, since
        )

    async def add_appointment(self, appointment: Appointment) -> None:
        await self._tx.execute(
            f"INSERT INTO appointment ({_APPOINTMENT}) VALUES ({marks(16)})",
            appointment.id,
            appointment.series,
            appointment.version,
            appointment.person,
            appointment.client,
            appointment.worker,
            appointment.contact,
            self._tx.vault.seal("appointment.motive", appointment.id, appointment.motive.value),
            appointment.mode.value,
            appointment.start,
            appointment.status,
            appointment.late,
            appointment.made_at,
            appointment.ended_at,
            appointment.ended_by,
            appointment.confirmed_at,
        )

    async def save_appointment(self, appointment: Appointment) -> None:
        """What may change of a booked hour: its mode, how it ended, and who has the news of it."""
        await self._tx.execute(
            "UPDATE appointment SET status = ?, late = ?, contact_id = ?, mode = ?, version = ?, ended_at = ?, "
            "ended_by = ?, confirmed_at = ? WHERE id = ?",
            appointment.status,
            appointment.late,
            appointment.contact,
            appointment.mode.value,
            appointment.version,
            appointment.ended_at,
            appointment.ended_by,
            appointment.confirmed_at,
            appointment.id,
        )

    async def upcoming(self, person: PersonId, now: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND status IN ('booked', 'done', 'missed') AND start_at > ? ORDER BY start_at, id",
            person,
            now - HOUR,
        )

    async def past(self, person: PersonId, now: datetime, limit: int) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND status IN ('booked', 'done', 'missed') AND start_at <= ? "
            "ORDER BY start_at DESC, id DESC LIMIT ?",
            person,
            now - HOUR,
            limit,
        )

    async def series(self, id: AppointmentId) -> Sequence[Appointment]:
        return await self._appointments("series = ? ORDER BY version", id)

    async def ended(self, person: PersonId, since: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND ended_at >= ? ORDER BY ended_at DESC, version DESC, id DESC", person, since
        )

    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "worker_id = ? AND status IN ('booked', 'done', 'missed') AND start_at >= ? AND start_at < ? "
            "ORDER BY start_at, id",
            worker,
            since,
            until,
        )

    # ------------------------------------------------------------ what workers set, what people thought

    async def notices(self, worker: WorkerId) -> NoticeLevel:
        return await workday.notices(self._tx, worker)

    async def save_notices(self, worker: WorkerId, level: NoticeLevel) -> None:
        await workday.save_notices(self._tx, worker, level)

    async def save_feedback(self, feedback: Feedback) -> None:
        await workday.save_feedback(self._tx, feedback)

    # ------------------------------------------------------------ inside

    async def _appointments(self, where: str, *args: object) -> list[Appointment]:
        rows = await self._tx.fetch(f"SELECT {_APPOINTMENT} FROM appointment WHERE {where}", *args)
        return [appointment_of(self._tx, row) for row in rows]

    async def _code(self, column: str, value: str | bytes) -> Code | None:
        rows = await self._tx.fetch(
            f"SELECT id, client_id, valid_from_on, valid_until_on, max_accounts FROM code WHERE {column} = ?", value
        )
        return code_of(rows[0]) if rows else None


# ------------------------------------------------------------ rows and nouns


async def next_start(db: Sql, after: datetime) -> datetime | None:
    """When the next booked hour begins."""
    rows = await db.fetch(
        "SELECT min(start_at) AS start_at FROM appointment WHERE status = 'booked' AND start_at > ?", after
    )
    start: datetime | None = rows[0]["start_at"]
    return start


def quarter_of(instant: datetime) -> int:
    """The quarter of an hour, counted from 1970, that an instant lies in."""
    return (instant - EPOCH) // QUARTER


def client_of(row: Row) -> Client:
    return Client(row["id"], row["ref"], row["name"], ClientKind(row["kind"]), bool(row["suspended"]))


def code_of(row: Row) -> Code:
    since: date | None = row["valid_from_on"]
    until: date | None = row["valid_until_on"]
    return Code(row["id"], row["client_id"], since, until, row["max_accounts"])


def appointment_of(db: Sql, row: Row) -> Appointment:
    return Appointment(
        id=row["id"],
        person=row["person_id"],
        client=row["client_id"],
        worker=row["worker_id"],
        motive=Motive(db.vault.read("appointment.motive", row["id"], row["motive"])),
        mode=Mode(row["mode"]),
        start=row["start_at"],
        contact=row["contact_id"],
        series=row["series"],
        version=row["version"],
        status=row["status"],
        late=bool(row["late"]),
        made_at=row["made_at"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        confirmed_at=row["confirmed_at"],
    )


def hold_of(row: Row) -> Hold:
    return Hold(
        id=row["id"],
        contact=row["contact_id"],
        worker=row["worker_id"],
        start=row["start_at"],
        until=row["lapses_at"],
        kind=row["kind"],
        about=row["about"],
        mode=Mode(row["mode"]) if row["mode"] else None,
    )


def person_of(db: Sql, row: Row) -> Person:
    def read(column: str) -> str:
        return db.vault.read(f"person.{column}", row["id"], row[column])

    return Person(
        id=row["id"],
        client=row["client_id"],
        code=row["code_id"],
        first_name=read("first_name"),
        last_name=read("last_name"),
        email=None if row["email"] is None else read("email"),
        email_confirmed=bool(row["email_confirmed"]),
        phone=None if row["phone"] is None else read("phone"),
        language=row["language"],
        time_zone=row["time_zone"],
        suspended=bool(row["suspended"]),
    )


def _person_values(db: Sql, person: Person) -> dict[str, object]:
    vault = db.vault
    return {
        "id": person.id,
        "client_id": person.client,
        "code_id": person.code,
        "first_name": vault.seal("person.first_name", person.id, person.first_name),
        "last_name": vault.seal("person.last_name", person.id, person.last_name),
        "email": vault.seal("person.email", person.id, person.email),
        "email_index": None if person.email is None else vault.index("email", person.email.casefold()),
        "email_confirmed": person.email_confirmed,
        "phone": vault.seal("person.phone", person.id, person.phone),
        "phone_index": None if person.phone is None else vault.index("phone", person.phone),
        "language": person.language,
        "time_zone": person.time_zone,
        "suspended": person.suspended,
    }
