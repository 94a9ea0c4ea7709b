"""Whose each row is: how the rows of some people are found, table by table. What holds, erases and gives out somebody's
data goes by this one list; a test walks all tables, so that a new one is in it before it holds a row.

    where("message", HELD)              SQL that is true of the rows of everybody for whom a legal hold stands
    noted(HELD)                         of the rows of the audit trail that name them, or something of theirs

The names in braces are lists of ids, or statements that give them: `people`; `contacts`, `appointments` and `series` of
theirs; `subjects`, what a ticket may be about, by kind and id; `owners`, who has quarters of an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# In the order in which rows go: what hangs on others' rows before these.
WHOSE: Final[Mapping[str, str]] = {
    "ticket_entry": "ticket_id IN (SELECT t.id FROM ticket t WHERE t.person_id IN ({people}) "
    "OR t.contact_id IN ({contacts}) OR t.subject IN ({subjects}))",
    "ticket": "person_id IN ({people}) OR contact_id IN ({contacts}) OR subject IN ({subjects})",
    "busy": "owner IN ({owners}) OR holder_id IN ({appointments}) "
    "OR holder_id IN (SELECT h.id FROM hold h WHERE h.contact_id IN ({contacts}) OR h.about IN ({appointments}))",
    "hold": "contact_id IN ({contacts}) OR about IN ({appointments})",
    "waiting": "person_id IN ({people}) OR contact_id IN ({contacts})",
    "refusal": "person_id IN ({people})",
    "call": "appointment_id IN ({appointments})",
    "message": "person_id IN ({people}) OR series IN ({series})",
    "report": "person_id IN ({people})",
    "decision": "person_id IN ({people})",
    "email_proof": "person_id IN ({people})",
    "consent": "person_id IN ({people})",
    "instruction": "person_id IN ({people})",
    "data_copy": "person_id IN ({people}) OR contact_id IN ({contacts})",
    "media": "contact_id IN ({contacts})",
    "document": "person_id IN ({people})",
    "conversation": "contact_id IN ({contacts})",
    "timer": "contact_id IN ({contacts}) OR subject IN ({appointments})",
    "inbox": "contact_id IN ({contacts})",
    "outbox": "contact_id IN ({contacts}) OR appointment_id IN ({appointments})",
    "appointment": "person_id IN ({people})",
    "proof": "contact_id IN ({contacts}) OR sent_to IN ({contacts}) OR person_id IN ({people})",
    "alias": "contact_id IN ({contacts})",
    "contact": "id IN ({contacts})",
    "silence": "person_id IN ({people})",
    "legal_hold": "person_id IN ({people})",
    "person": "id IN ({people})",
}

# Rows that name people's ids or nothing, and why each is not in the list above.
OTHERWISE: Final[Mapping[str, str]] = {
    "api_answer": "sealed, without a name beside it: looked through when somebody is erased; gone after a day",
    "token": "a hash and an id: goes with what it leads to",
    "tries": "ids and keyed hashes: gone with them, or after thirty days",
    "audit": "ids only: who did what to whose data is proof, and stays when they are erased; `noted` finds it",
    "hook_news": "ids and instants only",
    "provider_copy": "sealed ids of a provider, of nobody: queued when they are erased, gone when it is deleted there",
    "archive": "who they were, sealed: what closing an account leaves, until five years later",
    "erasure": "ids only: that they were erased, so that no backup brings them back",
}

NOBODYS: Final[Mapping[str, str]] = {
    "client": "who pays",
    "code": "a client's",
    "worker": "a worker's",
    "worker_setting": "a worker's",
    "span": "a worker's",
    "directory_version": "a number",
    "sender": "of ours",
    "export": "an operator's; the file is kept nowhere",
    "operator": "an operator's",
    "recovery_code": "an operator's",
    "session": "an operator's",
    "login": "a keyed hash of what was typed as an operator's name",
    "api_key": "a program's",
    "hook": "a program's",
    "flag": "switches",
    "ledger": "ids of providers: that a message was seen is remembered for ever (invariant I2)",
    "past_hour": "counted without anybody",
    "step_count": "counted without anybody",
    "feedback": "apart from all records of people",
}

# By which ids a row of the audit trail is about somebody, by the kind of its object. Lists on which they stood among
# others (a day, a week, tickets, talks, holds) name nobody.
_NOTED: Final[Mapping[str, str]] = {
    "person": "{people}",
    "archive": "{people}",  # by the id that the account had
    "talk": "{contacts}",
    **{
        kind: f"SELECT id FROM {kind} WHERE {WHOSE[kind]}"
        for kind in ("appointment", "ticket", "report", "decision", "document")
    },
}


@dataclass(frozen=True, slots=True)
class Whom:
    """SQL for each name in braces."""

    people: str
    contacts: str
    appointments: str
    series: str
    subjects: str
    owners: str


def of_people(people: str) -> Whom:
    """`people`: a statement that gives their ids."""
    theirs = f"person_id IN ({people})"
    contacts = f"SELECT id FROM contact WHERE {theirs}"
    return Whom(
        people=people,
        contacts=contacts,
        appointments=f"SELECT id FROM appointment WHERE {theirs}",
        series=f"SELECT series FROM appointment WHERE {theirs}",
        subjects=" UNION ALL ".join(
            f"SELECT '{kind}:' || id FROM {kind} WHERE {theirs}" for kind in ("appointment", "report", "decision")
        ),
        owners=f"SELECT 'p:' || id FROM person WHERE id IN ({people}) "
        f"UNION ALL SELECT 'c:' || id FROM contact WHERE {theirs}",
    )


HELD: Final = of_people("SELECT person_id FROM legal_hold WHERE lifted_at IS NULL")


def where(table: str, whom: Whom) -> str:
    return _of(WHOSE[table], whom)


def noted(whom: Whom) -> str:
    return " OR ".join(
        f"(object LIKE '{kind}:%' AND SUBSTR(object, {len(kind) + 2}) IN ({_of(ids, whom)}))"
        for kind, ids in _NOTED.items()
    )


def _of(sql: str, whom: Whom) -> str:
    return sql.format(**{name: getattr(whom, name) for name in Whom.__dataclass_fields__})
