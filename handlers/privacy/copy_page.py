"""The page to read of a copy: what stands in it, section by section, in the person's language. It needs nothing from
anywhere: no picture, no script, no font. The rest is in the file for programs beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from conversations.text import Text, t
from handlers.privacy.copy_words import FOR_PROGRAMS, in_words
from locales.voice import Voice

SECTIONS: Final[Mapping[str, Text]] = {
    "person": t("copy.section.person"),
    "contact": t("copy.section.contact"),
    "alias": t("copy.section.alias"),
    "email_proof": t("copy.section.email_proof"),
    "consent": t("copy.section.consent"),
    "appointment": t("copy.section.appointment"),
    "call": t("copy.section.call"),
    "waiting": t("copy.section.waiting"),
    "refusal": t("copy.section.refusal"),
    "message": t("copy.section.message"),
    "inbox": t("copy.section.inbox"),
    "outbox": t("copy.section.outbox"),
    "document": t("copy.section.document"),
    "ticket": t("copy.section.ticket"),
    "ticket_entry": t("copy.section.ticket_entry"),
    "report": t("copy.section.report"),
    "decision": t("copy.section.decision"),
    "instruction": t("copy.section.instruction"),
    "legal_hold": t("copy.section.legal_hold"),
    "data_copy": t("copy.section.data_copy"),
    "audit": t("copy.section.audit"),
}
# What the machine remembers between two messages, or for a few minutes: it says nothing to a reader.
FILE_ONLY: Final = frozenset({"conversation", "hold", "media", "proof", "silence", "timer"})
NAMES: Final[Mapping[str, Text]] = {
    "first_name": t("copy.name.first_name"),
    "last_name": t("copy.name.last_name"),
    "email": t("copy.name.email"),
    "phone": t("copy.name.phone"),
    "language": t("copy.name.language"),
    "client": t("copy.name.client"),
    "channel": t("copy.name.channel"),
    "address": t("copy.name.address"),
    "answer": t("copy.name.answer"),
    "terms_version": t("copy.name.terms_version"),
    "start_at": t("copy.name.start_at"),
    "mode": t("copy.name.mode"),
    "motive": t("copy.name.motive"),
    "worker": t("copy.name.worker"),
    "status": t("copy.name.status"),
    "author": t("copy.name.author"),
    "body": t("copy.name.text"),
    "content": t("copy.name.text"),
    "words": t("copy.name.text"),
    "kind": t("copy.name.kind"),
    "wish": t("copy.name.kind"),
    "trusted": t("copy.name.trusted"),
    "reference": t("copy.name.reference"),
    "action": t("copy.name.action"),
    "actor": t("copy.name.actor"),
    "due_at": t("copy.name.due_at"),
    "frozen_at": t("copy.name.frozen_at"),
    "time_zone": t("copy.name.time_zone"),
    "password_at": t("copy.name.password_at"),
    "last_inbound_at": t("copy.name.last_inbound_at"),
    "opted_out_at": t("copy.name.opted_out_at"),
    "policy_version": t("copy.name.policy_version"),
    "confirmed_at": t("copy.name.confirmed_at"),
    "seconds": t("copy.name.seconds"),
    "pages": t("copy.name.pages"),
    "ground": t("copy.name.ground"),
    "contest": t("copy.name.contest"),
    "decision.answer": t("copy.name.answer_of_ours"),
    "decision.ended_words": t("copy.name.ended_words"),
    "ticket.outcome": t("copy.name.outcome"),
    "extended_at": t("copy.name.extended_at"),
    "review_at": t("copy.name.review_at"),
    "revoked_at": t("copy.name.revoked_at"),
    **dict.fromkeys(("until_at", "lapses_at", "ends_at"), t("copy.name.until")),
    **dict.fromkeys(("ended_at", "closed_at", "settled_at", "lifted_at", "waived_at"), t("copy.name.ended_at")),
    **dict.fromkeys(("read_at", "fetched_at"), t("copy.name.read_at")),
}
WHEN: Final[Mapping[str, Text]] = dict.fromkeys(
    (
        *("created_at", "given_at", "written_at", "received_at", "came_at", "opened_at", "decided_at", "made_at"),
        *("placed_at", "done_at", "started_at", "since_at", "refused_at"),
    ),
    t("copy.name.at"),
)
STYLE: Final = "body{font:1rem/1.5 sans-serif;max-width:50rem;margin:1rem auto;padding:0 1rem;overflow-wrap:anywhere}"


def page(tables: Mapping[str, Sequence[Mapping[str, Any]]], at: datetime, voice: Voice) -> str:
    title, about = escape(voice(t("copy.title"))), escape(voice(t("copy.about", at=at)))
    out = [
        f'<!doctype html><html lang="{escape(voice.lang)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>",
        f"<p>{about}</p>",
    ]
    for table, heading in SECTIONS.items():
        if rows := tables.get(table):
            out.append(f"<section><h2>{escape(voice(heading))}</h2>")
            out += [_row(table, row, voice) for row in rows]
            out.append("</section>")
    return "\n".join([*out, "</main></body></html>"])


def _row(table: str, row: Mapping[str, Any], voice: Voice) -> str:
    unread = FOR_PROGRAMS.get(table, frozenset())
    shown = [
        (NAMES.get(f"{table}.{name}") or NAMES.get(name) or WHEN.get(name), _value(table, name, value, voice))
        for name, value in row.items()
        if name not in unread
    ]
    items = [f"<dt>{escape(voice(name))}</dt><dd>{escape(value)}</dd>" for name, value in shown if name and value]
    return f"<dl>{''.join(items)}</dl>"


def _value(table: str, name: str, value: Any, voice: Voice) -> str:
    if isinstance(value, datetime):
        return voice(t("copy.instant", at=value))
    if isinstance(value, str) and (text := in_words(table, name, value)) is not None:
        return voice(text)
    return "" if value is None else str(value)
