"""Every operation of the API, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.web.api import appointments, catalogue, holds, persons
from handlers.web.api.operations import Lead, Operation, Scope

V1: Final = "/api/v1"
PERSON: Final = f"{V1}/persons/{{person}}"
APPOINTMENT: Final = f"{PERSON}/appointments/{{appointment}}"

# Where an answer goes next: its ids, the hour it tells of.
SAME_PERSON: Final = {"person": "$request.path.person"}
NEW_PERSON: Final = Lead({"person": "$response.body#/id"})
OF_PERSON: Final = Lead(SAME_PERSON)
NEW_HOLD: Final = Lead({**SAME_PERSON, "hold": "$response.body#/id"})
NEW_APPOINTMENT: Final = Lead({**SAME_PERSON, "appointment": "$response.body#/id"})
FIRST_APPOINTMENT: Final = Lead({**SAME_PERSON, "appointment": "$response.body#/appointments/0/id"})
FIRST_WORKER: Final = Lead({"worker": "$response.body#/workers/0/id"})
FIRST_SLOT: Final = Lead(
    body={"slot": "$response.body#/slots/0/slot", "motive": "$request.query.motive", "mode": "$request.query.mode"}
)
HELD_SLOT: Final = Lead(
    SAME_PERSON, {"slot": "$response.body#/slot", "motive": "$request.body#/motive", "mode": "$request.body#/mode"}
)
WITH_PERSON: Final = dict.fromkeys(("get_person", "hold_slot", "list_appointments", "book_appointment"), NEW_PERSON)
WITH_APPOINTMENT: Final = {
    **dict.fromkeys(("get_appointment", "move_appointment", "cancel_appointment"), NEW_APPOINTMENT),
    "list_appointments": OF_PERSON,
}

REFUSED: Final = ("no_address", "slot_gone", "overlap", "suspended", "frozen")
FURTHER: Final = (*REFUSED, "max_appointments", "cancellations", "dispute")  # one appointment more

OPERATIONS: Final[Sequence[Operation]] = (
    Operation(
        "list_motives",
        "GET",
        f"{V1}/motives",
        "What a consultation may be about",
        Scope.CATALOGUE,
        catalogue.motives,
        catalogue.MotivesOut,
        query=catalogue.MotivesQuery,
    ),
    Operation(
        "list_workers",
        "GET",
        f"{V1}/workers",
        "Social workers who help with a motive, in a mode, in a language",
        Scope.CATALOGUE,
        catalogue.workers,
        catalogue.WorkersOut,
        query=catalogue.WorkersQuery,
        leads={"list_slots": FIRST_WORKER},
    ),
    Operation(
        "list_slots",
        "GET",
        f"{V1}/slots",
        "Free hours, the soonest first",
        Scope.CATALOGUE,
        catalogue.slots,
        catalogue.SlotsOut,
        query=catalogue.SlotsQuery,
        leads={"hold_slot": FIRST_SLOT, "book_appointment": FIRST_SLOT},
    ),
    Operation(
        "create_person",
        "POST",
        f"{V1}/persons",
        "Open an account",
        Scope.PERSONS_WRITE,
        persons.create,
        persons.PersonOut,
        201,
        body=persons.PersonIn,
        problems=("phone_not_served", "consent", "code_refused", "too_many_tries", "account_exists", "suspended"),
        about="With the proof that the terms were accepted. The e-mail address gets the link that confirms it.",
        leads=WITH_PERSON,
    ),
    Operation(
        "get_person",
        "GET",
        PERSON,
        "Read an account",
        Scope.PERSONS_READ,
        persons.read,
        persons.PersonOut,
    ),
    Operation(
        "hold_slot",
        "POST",
        f"{PERSON}/holds",
        "Keep an hour while they make up their mind",
        Scope.APPOINTMENTS_WRITE,
        holds.hold,
        holds.HoldOut,
        201,
        body=holds.HoldIn,
        problems=FURTHER,
        leads={"release_hold": NEW_HOLD, "book_appointment": HELD_SLOT},
    ),
    Operation(
        "release_hold",
        "DELETE",
        f"{PERSON}/holds/{{hold}}",
        "Give it back",
        Scope.APPOINTMENTS_WRITE,
        holds.release,
        None,
        204,
        problems=("no_address",),
        leads={"hold_slot": OF_PERSON},
    ),
    Operation(
        "list_appointments",
        "GET",
        f"{PERSON}/appointments",
        "Coming or past appointments",
        Scope.APPOINTMENTS_READ,
        appointments.every,
        appointments.AppointmentsOut,
        query=appointments.AppointmentsQuery,
        leads={"get_appointment": FIRST_APPOINTMENT},
    ),
    Operation(
        "book_appointment",
        "POST",
        f"{PERSON}/appointments",
        "Book an hour",
        Scope.APPOINTMENTS_WRITE,
        appointments.book,
        appointments.AppointmentOut,
        201,
        body=appointments.BookIn,
        problems=(*FURTHER, "consent", "worker"),
        about="One that is held for them, or any that is free. Both sides are told.",
        leads=WITH_APPOINTMENT,
    ),
    Operation(
        "get_appointment",
        "GET",
        APPOINTMENT,
        "Read an appointment",
        Scope.APPOINTMENTS_READ,
        appointments.one,
        appointments.AppointmentOut,
    ),
    Operation(
        "move_appointment",
        "POST",
        f"{APPOINTMENT}/move",
        "Move it to another hour",
        Scope.APPOINTMENTS_WRITE,
        appointments.move,
        appointments.AppointmentOut,
        body=appointments.MoveIn,
        problems=(*REFUSED, "already_over", "consent", "worker"),
        about="The answer is the appointment that takes its place. Under 24 hours before the start it is late (article "
        "5.1): say so before.",
        leads=WITH_APPOINTMENT,
    ),
    Operation(
        "cancel_appointment",
        "POST",
        f"{APPOINTMENT}/cancel",
        "Cancel it",
        Scope.APPOINTMENTS_WRITE,
        appointments.cancel,
        appointments.AppointmentOut,
        problems=("no_address", "already_over"),
        about="Under 24 hours before the start it is late (article 5.1): say so before.",
        leads={"get_appointment": NEW_APPOINTMENT, "list_appointments": OF_PERSON},
    ),
)
