"""What of their rows somebody is given who asks for a copy of their data (regulation 2016/679, articles 15 and 20),
column by column; and why the rest is not. A test walks all columns of all tables: a new one is in here before it holds
a value.

    await rows(db, table, theirs) -> rows of what is given, opened

Tables that are nobody's (`whose.NOBODYS`) hold nothing of anybody who could ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from storage.db import Sql
from storage.models import PERSONAL
from storage.parting import MARK
from storage.sql import Row
from storage.theirs import Theirs, filled
from storage.whose import WHOSE

# table -> its columns that are given, in the order in which they are shown.
GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "person": (
        *("id", "first_name", "last_name", "email", "email_confirmed", "phone", "language", "time_zone", "client_id"),
        *("suspended", "frozen_at", "no_feedback", "discreet", "changed_at", "password_at"),
    ),
    "contact": (
        *("channel", "address", "phone", "lang", "time_zone", "created_at", "last_inbound_at", "opted_out_at"),
        *("dead_at", "received", "trusted_at", "parted_at", "forget_at"),
    ),
    "alias": ("channel", "address"),
    "consent": (
        *("given_at", "terms_version", "policy_version", "locale", "channel", "answer", "declared", "how"),
        *("msgid", "catalogue", "terms_hash", "policy_hash"),
    ),
    "email_proof": ("email", "why", "made_at", "confirmed_at", "ended_at"),
    "proof": ("purpose", "way", "target", "made_at", "settled_at", "outcome"),
    "appointment": (
        *("start_at", "mode", "motive", "worker_id", "status", "made_at", "confirmed_at", "ended_at", "ended_by"),
        *("late", "client_id"),
    ),
    "hold": ("start_at", "mode", "kind", "worker_id", "lapses_at"),
    "waiting": ("since_at", "wish", "status", "offers", "offered_at", "ended_at"),
    "refusal": ("worker_id", "refused_at", "lapses_at", "waived_at"),
    "call": ("started_at", "ended_at", "seconds", "status", "outcome"),
    "message": ("written_at", "author", "worker_id", "body", "read_at"),
    "document": ("came_at", "kind", "pages", "status", "worker_id", "read_at", "ends_at"),
    "media": ("came_at", "channel", "status"),
    "inbox": ("received_at", "channel", "kind", "body"),
    "outbox": ("created_at", "accepted_at", "channel", "kind", "status", "content"),
    "conversation": ("saved_at", "flow", "step", "state"),
    "timer": ("kind", "due_at", "status", "reason"),
    "ticket": (
        *("opened_at", "kind", "subject", "context", "status", "due_at", "extended_at", "closed_at", "outcome"),
    ),
    "ticket_entry": ("done_at", "kind", "words"),
    "decision": (
        *("decided_at", "kind", "ground", "words", "until_at", "cancels", "ended_at", "ended_words", "contested_at"),
        *("contest", "reviewed_at", "verdict", "answer", "read_at"),
    ),
    "report": ("made_at", "settled_at", "verdict"),
    "instruction": ("made_at", "wish", "trusted", "revoked_at", "done_at"),
    "data_copy": ("made_at", "fetched_at"),
    "legal_hold": ("placed_at", "reference", "review_at", "lifted_at"),
    "silence": ("since_at", "first_at", "last_at"),
    "audit": ("done_at", "action", "object", "actor"),
}

_IDS: Final = "leads from one of our rows to another, and says nothing itself"
_KEYED: Final = "a keyed hash of what is given beside it"
_WORK: Final = "how our machine did its work: tries, leases, instants of its own"
_OTHERS: Final = "who of our people did it: theirs, not the person's"
_HIDDEN: Final = "a key or an id of ours or of the provider's that opens something"

# table -> column -> why it is not given.
KEPT: Final[Mapping[str, Mapping[str, str]]] = {
    "person": {
        "code_id": "the client's code, not theirs",
        "password": "a hash by which it could be guessed: of no use to them",
        "email_index": _KEYED,
        "phone_index": _KEYED,
        "turns": _WORK,
    },
    "contact": {
        **dict.fromkeys(("address_index", "phone_index"), _KEYED),
        **dict.fromkeys(("turns", "failures", "lease_owner", "lease_ends_at"), _WORK),
        **dict.fromkeys(("id", "person_id", "worker_id", "heir_id"), _IDS),
    },
    "alias": {"address_index": _KEYED, "id": _IDS, "contact_id": _IDS},
    "consent": dict.fromkeys(("id", "person_id", "contact_id", "shown_key", "inbound_id"), _IDS),
    "email_proof": {"email_index": _KEYED, **dict.fromkeys(("id", "person_id", "asked_by"), _IDS)},
    "proof": {
        "code_hash": _HIDDEN,
        **dict.fromkeys(("id", "contact_id", "person_id", "sent_to"), _IDS),
        **dict.fromkeys(("tries", "expires_at"), _WORK),
    },
    "appointment": {**dict.fromkeys(("id", "person_id", "contact_id", "series"), _IDS), "version": _WORK},
    "hold": dict.fromkeys(("id", "contact_id", "about"), _IDS),
    "waiting": dict.fromkeys(("id", "contact_id", "person_id"), _IDS),
    "refusal": dict.fromkeys(("id", "person_id", "appointment_id"), _IDS),
    "call": {
        **dict.fromkeys(("id", "appointment_id"), _IDS),
        "provider_id": _HIDDEN,
        **dict.fromkeys(("attempt", "changed_at"), _WORK),
    },
    "message": dict.fromkeys(("id", "person_id", "series"), _IDS),
    "document": {
        "key": _HIDDEN,
        **dict.fromkeys(("id", "contact_id", "person_id", "series", "batch"), _IDS),
        "reason": _WORK,
    },
    "media": {
        "ref": _HIDDEN,
        **dict.fromkeys(("id", "contact_id", "document_id"), _IDS),
        **dict.fromkeys(("attempts", "next_try_at", "last_error", "settled_at", "told_at"), _WORK),
    },
    "inbox": {
        **dict.fromkeys(("id", "contact_id", "key"), _IDS),
        "external_id": _HIDDEN,
        **dict.fromkeys(
            ("alike", "copy_at", "attempts", "last_error", "reason", "sent_at", "settled_at", "status"), _WORK
        ),
    },
    "outbox": {
        **dict.fromkeys(("id", "key", "contact_id", "appointment_id"), _IDS),
        "provider_id": _HIDDEN,
        **dict.fromkeys(
            ("alarmed_at", "answer", "appointment_version", "attempts", "changed_at", "due_at", "elsewhere_at"), _WORK
        ),
        **dict.fromkeys(
            ("expires_at", "fence", "lease_ends_at", "lease_owner", "next_try_at", "possible_duplicate"), _WORK
        ),
        **dict.fromkeys(("reason", "received_at", "segments", "copy_at", "hushed_at"), _WORK),
    },
    "conversation": {"contact_id": _IDS, **dict.fromkeys(("asked_at", "misses", "revision"), _WORK)},
    "timer": {
        **dict.fromkeys(("id", "contact_id", "key", "subject", "subject_version"), _IDS),
        **dict.fromkeys(("attempts", "data", "expires_at", "last_error", "next_try_at", "settled_at"), _WORK),
    },
    "ticket": {
        **dict.fromkeys(("id", "contact_id", "person_id"), _IDS),
        "operator": _OTHERS,
        **dict.fromkeys(("live", "taken_at", "warned"), _WORK),
    },
    "ticket_entry": {"id": _IDS, "ticket_id": _IDS, "operator": _OTHERS, "detail": _WORK, "once": _WORK},
    "decision": {
        "id": _IDS,
        "person_id": _IDS,
        **dict.fromkeys(("decided_by", "ended_by", "reviewed_by"), _OTHERS),
        "news": _WORK,
    },
    "report": {
        **dict.fromkeys(("id", "person_id", "series", "message_id"), _IDS),
        "worker_id": "who reported is protected: their freedoms (article 15.4)",
        "settled_by": _OTHERS,
    },
    "instruction": {
        "id": _IDS,
        "person_id": _IDS,
        "done_by": _OTHERS,
        "reference": "of the proof of a death, which comes from others",
    },
    "data_copy": dict.fromkeys(("id", "person_id", "contact_id"), _IDS),
    "legal_hold": {
        "id": _IDS,
        "person_id": _IDS,
        "reason": "our defence in an open dispute",
        "placed_by": _OTHERS,
        "lifted_by": _OTHERS,
    },
    "silence": {"person_id": _IDS},
    "audit": {"id": _IDS},
    "provider_copy": dict.fromkeys(
        ("act", "attempts", "channel", "due_at", "erasure_id", "id", "last_error", "next_try_at", "ref"),
        "of somebody who is erased, until it is gone at the provider",
    ),
    "busy": dict.fromkeys(("holder_id", "id", "lapses_at", "opens", "owner", "quarter"), "the hours that are given"),
    "token": dict.fromkeys(("expires_at", "hash", "object", "purpose", "revoked_at", "used_at"), _HIDDEN),
    "tries": dict.fromkeys(("id", "key", "tried_at"), "what keeps others from guessing"),
    "api_answer": dict.fromkeys(("body", "fingerprint", "id", "made_at", "status"), "the same for a day"),
    "hook_news": dict.fromkeys(
        ("attempts", "body", "hook_id", "id", "kind", "last_error", "made_at", "next_try_at", "settled_at", "status"),
        _WORK,
    ),
    "erasure": dict.fromkeys(
        ("asked_at", "asked_by", "begun_at", "closes", "done_at", "id", "ids", "person_id"),
        "nobody is left to give it to",
    ),
    "archive": dict.fromkeys(
        ("closed_at", "closed_by", "consents", "ends_at", "first_name", "from_on", "id", "last_name", "looks", "phone"),
        "of whom no account is left: an administrator looks it up, on proof of who asks",
    )
    | {"phone_index": _KEYED},
}

# Of these only what is theirs, or went to them; a notice to a worker, or a colleague's note, is another's.
_ROWS: Final[Mapping[str, str]] = {
    "outbox": "contact_id IN ({contacts}) AND NOT EXISTS (SELECT 1 FROM appointment a "
    "WHERE a.id = outbox.appointment_id AND a.person_id NOT IN ({people}))",
    "inbox": "contact_id IN ({contacts}) AND kind = 'message'",
    "ticket": "person_id IN ({people}) OR contact_id IN ({contacts})",
    "ticket_entry": "ticket_id IN (SELECT t.id FROM ticket t WHERE t.person_id IN ({people}) "
    "OR t.contact_id IN ({contacts})) AND kind <> 'note'",
    "message": "person_id IN ({people})",
    "hold": "contact_id IN ({contacts})",
}
_ABOUT: Final[Mapping[str, tuple[str, ...]]] = {"proof": ("person_id",)}  # whom, if not them
_TYPED: Final = frozenset({"join", "number"})  # whose target who asks has named
_ORDER: Final = ("_at", "_on")


async def rows(db: Sql, table: str, theirs: Theirs) -> list[dict[str, Any]]:
    """What is given of a table, sealed values opened, the oldest first."""
    columns, bound = GIVEN[table], PERSONAL.get(table, {})
    if table == "audit":
        return await _deeds(db, theirs)
    where, values = filled(_ROWS.get(table, WHOSE[table]), theirs.lists)
    wanted = dict.fromkeys((*columns, *bound.values(), *_ABOUT.get(table, ())))
    order = next((column for column in columns if column.endswith(_ORDER)), columns[0])
    found = await db.fetch(f"SELECT {', '.join(wanted)} FROM {table} WHERE {where} ORDER BY {order}", *values)
    opened = [{column: _opened(db, table, column, row) for column in columns} for row in found]
    return [each | _withheld(table, row, theirs.person) for each, row in zip(opened, found, strict=True)]


async def _deeds(db: Sql, theirs: Theirs) -> list[dict[str, Any]]:
    """Who did what to their data, as kinds: not who of our people it was."""
    objects = (f"person:{theirs.person}", *(f"appointment:{id}" for id in theirs.appointments))
    found: list[dict[str, Any]] = []
    for each in objects:
        deeds = await db.fetch("SELECT done_at, action, object, actor FROM audit WHERE object = ?", each)
        found += [{**deed, "object": deed["object"].partition(":")[0]} for deed in deeds]
    for deed in found:
        deed["actor"] = deed["actor"].partition(":")[0]
    return sorted(found, key=lambda deed: deed["done_at"])


def _withheld(table: str, row: Row, person: str) -> dict[str, Any]:
    """Who claimed an address in vain has a ticket and a code about whose it was, and learns neither who that is to us
    nor where the code went. What they typed themself is given whether it leads to an account or not (threat T19).
    """
    if table == "ticket":
        kind, _, id = (row["subject"] or "").partition(":")
        return {"subject": kind} if kind in {"person", "worker"} and id != person else {}
    if table == "proof" and row["purpose"] not in _TYPED and row["person_id"] != person:
        return {"target": None}
    return {}


def _opened(db: Sql, table: str, column: str, row: Row) -> Any:
    value = row[column]
    if column == "how" and value is not None:  # by which of our people is theirs
        return value.partition(":")[0]
    if value is None or column not in PERSONAL.get(table, {}):
        return value
    text = db.vault.unseal(f"{table}.{column}", row[PERSONAL[table][column]], value).decode("utf-8", "replace")
    if column in {"state", "content", "context", "wish"}:
        return json.loads(text)
    if (table, column) == ("contact", "address"):  # of a former one, as they know it
        return text.removeprefix(MARK).partition(":")[2] if text.startswith(MARK) else text
    return text
