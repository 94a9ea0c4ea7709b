"""A number's SMS, where its WhatsApp is not reached: another address until they are joined by proof (threat T5). Anyone
may have it by now: what goes there names nobody, is answered on WhatsApp, and says nothing where nothing may show.

sms_of(tx, parts, contact, now) -> row | None     None: it is known to be somebody else's
words(tx, parts, row, now) -> content             what a row says there
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from conversations.model import Link, Reply
from conversations.text import t
from handlers import content
from handlers.channels.drawing import ANSWERED_BY_WORDS
from handlers.discretion import NEUTRAL_ELSEWHERE, hushes, tells
from handlers.parts import Parts
from storage import contacts, outbox, parting
from storage.contacts import ContactRow
from storage.db import Tx
from storage.outbox import OutboxRow


async def sms_of(tx: Tx, parts: Parts, contact: ContactRow, now: datetime) -> ContactRow | None:
    if contact.channel != "whatsapp" or not contact.phone or "sms" not in parts.channels:
        return None  # nor has one that was taken from somebody a number
    made = await contacts.make(tx, "sms", contact.phone, now, parts.new_id, contact.lang, contact.time_zone)
    sms = await contacts.get(tx, made)
    if sms is None or await _is_anothers(tx, sms, contact):
        return None
    if contact.worker_id:  # a worker's number is theirs on both
        await contacts.link_worker(tx, made, contact.worker_id)
    return await contacts.get(tx, made)


async def _is_anothers(tx: Tx, sms: ContactRow, contact: ContactRow) -> bool:
    """It is of another account, or was theirs until it was taken from them (threats T4, T30)."""
    if {sms.person_id, sms.worker_id} - {None, contact.person_id, contact.worker_id}:
        return True
    theirs = await contacts.of_person(tx, contact.person_id) if contact.person_id else []
    theirs += await contacts.of_worker(tx, contact.worker_id) if contact.worker_id else []
    return any(
        row.channel == "sms" and row.parted_at is not None and parting.address_of(row) == sms.address for row in theirs
    )


async def words(tx: Tx, parts: Parts, row: OutboxRow, now: datetime) -> dict[str, Any]:
    """Words to answer with would lead nowhere there, so the appointment's page takes their place."""
    assert row.content is not None
    reply, whose = content.from_json(row.content), await contacts.get(tx, row.contact_id)
    if whose is not None and await _shows_nothing(tx, parts, row, whose, reply, now):
        await outbox.hush(tx, row, now)  # read on WhatsApp
        return {**row.content, **content.to_json(NEUTRAL_ELSEWHERE)}
    if reply.prompt:  # a question can only be answered where it was asked
        elsewhere = (*reply.texts, t("question.on_whatsapp"))
        return {**row.content, **content.to_json(replace(reply, texts=elsewhere, options=()))}
    if (
        row.content.get("message") or row.content.get("decision") or row.kind == "closing" or read_there_only(row)
    ):  # it can only be read, or answered, where they are known
        return {**row.content, **content.to_json(replace(reply, texts=(*reply.texts, t("question.on_whatsapp"))))}
    if row.appointment_id is None:
        return row.content
    texts = tuple(text for text in reply.texts if text.msgid not in ANSWERED_BY_WORDS)
    link = Link("appointment", row.appointment_id)
    return {**row.content, **content.to_json(replace(reply, texts=texts, link=link))}


async def _shows_nothing(tx: Tx, parts: Parts, row: OutboxRow, whose: ContactRow, reply: Reply, now: datetime) -> bool:
    """Also of an answer that was to be read by them alone, such as a message that they asked to see."""
    if row.answer:
        return whose.person_id is not None and tells(reply)
    return await hushes(tx, parts, row, whose, now)


def read_there_only(row: OutboxRow) -> bool:
    """What the desk wrote to them on WhatsApp, announced: it waits in that talk, and in no other one of theirs."""
    return row.content is not None and t("desk_says.waits") in content.from_json(row.content).texts
