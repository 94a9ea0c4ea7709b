"""The audit trail in words: who, did what, to what; a line of it reads as a sentence in the operator's language.

    read(deed, names) -> Sentence        three texts; ids stay short, and lead to what else was done

`names` are of operators, workers and clients, by how the trail calls them. Deeds that have no words here are shown as
they were noted: a test looks for those in the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from booking.operating import Deed as Right
from conversations.text import Text, t
from handlers.web.visitor import day
from storage.audit import Deed

ENDS: Final = 6  # characters of an id: enough to tell the lines of a page apart
REFUSED: Final = " refused"  # how an act ends that was asked for without a right
NO_RIGHT: Final = "refused: "  # how it begins in the console
FIGURES: Final = "figures "

NOON: Final = time(12, tzinfo=UTC)  # the same day by whichever clock it is read

ACTS: Final[Mapping[str, Text]] = {
    "see": t("console.deed.act.see"),
    "see listed": t("console.deed.act.see_listed"),
    "cancel": t("console.deed.act.cancel"),
    "move": t("console.deed.act.move"),
    "turn": t("console.deed.act.turn"),
    "tell": t("console.deed.act.tell"),
    "propose": t("console.deed.act.propose"),
    "propose further": t("console.deed.act.further"),
    "refuse": t("console.deed.act.refuse"),
    "confirm": t("console.deed.act.confirm"),
    "attend": t("console.deed.act.attend"),
    "attend done": t("console.deed.act.attend_done"),
    "attend missed": t("console.deed.act.attend_missed"),
    "attend done assumed": t("console.deed.act.attend_done_assumed"),
    "attend missed assumed": t("console.deed.act.attend_missed_assumed"),
    "write": t("console.deed.act.write"),
    "read": t("console.deed.act.read"),
    "report": t("console.deed.act.report"),
    "hand over": t("console.deed.act.hand_over"),
    "read documents": t("console.deed.act.read_documents"),
    "see documents": t("console.deed.act.see_documents"),
    "delete document": t("console.deed.act.delete_document"),
    "book": t("console.deed.act.book"),
    "undo": t("console.deed.act.undo"),
    "set calendar": t("console.deed.act.set_calendar"),
    "forget calendar": t("console.deed.act.forget_calendar"),
    "join": t("console.deed.act.join"),
    "warn": t("console.deed.act.warn"),
    "suspend": t("console.deed.act.suspend"),
    "end suspension": t("console.deed.act.end_suspension"),
    "suspension over": t("console.deed.act.suspension_over"),
    "uphold decision": t("console.deed.act.uphold"),
    "declare another decided": t("console.deed.act.declare"),
    "take decision back": t("console.deed.act.take_back"),
    "contest": t("console.deed.act.contest"),
    "correct name": t("console.deed.act.correct_name"),
    "correct language": t("console.deed.act.correct_language"),
    "change address": t("console.deed.act.change_address"),
    "change number": t("console.deed.act.change_number"),
    "mail link": t("console.deed.act.mail_link"),
    "mail password link": t("console.deed.act.mail_password_link"),
    "choose password": t("console.deed.act.choose_password"),
    "prove": t("console.deed.act.prove"),
    "part": t("console.deed.act.part"),
    "let go": t("console.deed.act.let_go"),
    "unlink": t("console.deed.act.part"),
    "give back": t("console.deed.act.give_back"),
    "ask erasure": t("console.deed.act.ask_erasure"),
    "ask closing": t("console.deed.act.ask_closing"),
    "decide closing": t("console.deed.act.decide_closing"),
    "see archive": t("console.deed.act.see_archive"),
    "erase": t("console.deed.act.erase"),
    "see data": t("console.deed.act.see_data"),
    "correct": t("console.deed.act.correct"),
    "restrict": t("console.deed.act.restrict"),
    "instruct": t("console.deed.act.instruct"),
    "join channel": t("console.deed.act.join_channel"),
    "unlink channel": t("console.deed.act.unlink_channel"),
    "close account": t("console.deed.act.close_account"),
    "hold": t("console.deed.act.hold"),
    "release hold": t("console.deed.act.release_hold"),
    "settle report: no_ground": t("console.deed.act.settle_no_ground"),
    "settle report: warning": t("console.deed.act.settle_warning"),
    "settle report: suspension": t("console.deed.act.settle_suspension"),
    "ticket see": t("console.deed.act.ticket_see"),
    "ticket taken": t("console.deed.act.ticket_taken"),
    "ticket said": t("console.deed.act.ticket_said"),
    "ticket note": t("console.deed.act.ticket_note"),
    "ticket attempt": t("console.deed.act.ticket_attempt"),
    "ticket handed_back": t("console.deed.act.ticket_handed_back"),
    "ticket extended": t("console.deed.act.ticket_extended"),
    "ticket refused": t("console.deed.act.ticket_refused"),
    "ticket closed": t("console.deed.act.ticket_closed"),
    "log in": t("console.deed.act.log_in"),
    "refuse log in": t("console.deed.act.refuse_log_in"),
    "log out": t("console.deed.act.log_out"),
    "enrol": t("console.deed.act.enrol"),
    "end sessions": t("console.deed.act.end_sessions"),
    "add desk": t("console.deed.act.add_desk"),
    "add administrator": t("console.deed.act.add_administrator"),
    "add auditor": t("console.deed.act.add_auditor"),
    "reset": t("console.deed.act.reset"),
    "lift suspension": t("console.deed.act.lift"),
    "load": t("console.deed.act.load"),
    "invite": t("console.deed.act.invite"),
    "trace": t("console.deed.act.trace"),
    "backup": t("console.deed.act.backup"),
    "restore": t("console.deed.act.restore"),
    "purge": t("console.deed.act.purge"),
    "rotate": t("console.deed.act.rotate"),
    "rotate secret": t("console.deed.act.rotate_secret"),
    "retry": t("console.deed.act.retry"),
    "add key": t("console.deed.act.add_key"),
    "revoke key": t("console.deed.act.revoke_key"),
    "add hook": t("console.deed.act.add_hook"),
    "rotate hook": t("console.deed.act.rotate_hook"),
    "end hook": t("console.deed.act.end_hook"),
    "pause": t("console.deed.act.pause"),
    "resume": t("console.deed.act.resume"),
    "ask export": t("console.deed.act.ask_export"),
    "approve export": t("console.deed.act.approve_export"),
    "refuse export": t("console.deed.act.refuse_export"),
    "fetch export": t("console.deed.act.fetch_export"),
    "export": t("console.deed.act.export"),
}

# What stands after the colon is an id, or a name.
OBJECTS: Final[Mapping[str, Text]] = {
    "appointment": t("console.deed.object.appointment"),
    "person": t("console.deed.object.person"),
    "worker": t("console.deed.object.worker"),
    "client": t("console.deed.object.client"),
    "operator": t("console.deed.object.operator"),
    "ticket": t("console.deed.object.ticket"),
    "talk": t("console.deed.object.talk"),
    "report": t("console.deed.object.report"),
    "decision": t("console.deed.object.decision"),
    "document": t("console.deed.object.document"),
    "export": t("console.deed.object.export"),
    "archive": t("console.deed.object.archive"),
    "day": t("console.deed.object.some_day"),
    "week": t("console.deed.object.some_week"),
    "code": t("console.deed.object.code"),
    "codes": t("console.deed.object.codes"),
    "directory": t("console.deed.object.directory"),
    "inbox": t("console.deed.object.inbox"),
    "key": t("console.deed.object.key"),
    "hook": t("console.deed.object.hook"),
    "holds": t("console.deed.object.holds"),
    "tickets": t("console.deed.object.tickets"),
    "conversations": t("console.deed.object.conversations"),
    "database": t("console.deed.object.database"),
    "sending": t("console.deed.object.sending"),
    "console": t("console.deed.object.console"),
    "service": t("console.deed.object.service"),
}

ACTORS: Final[Mapping[str, Text]] = {
    "operator": t("console.deed.actor.operator"),
    "person": t("console.deed.actor.person"),
    "worker": t("console.deed.actor.worker"),
    "key": t("console.deed.actor.key"),
    "process": t("console.deed.actor.process"),
    "desk": t("console.deed.actor.desk"),
    "timer": t("console.deed.actor.timer"),
    "console": t("console.deed.actor.console"),
    "nobody": t("console.deed.actor.nobody"),
    "rules": t("console.deed.actor.rules"),
}

RIGHTS: Final[Mapping[Right, Text]] = {
    Right.SEE_OWN: t("console.deed.right.see_own"),
    Right.END_OWN: t("console.deed.right.end_own"),
    Right.SEE_PEOPLE: t("console.deed.right.see_people"),
    Right.HELP_PEOPLE: t("console.deed.right.help_people"),
    Right.CORRECT_PEOPLE: t("console.deed.right.correct_people"),
    Right.FREE_PEOPLE: t("console.deed.right.free_people"),
    Right.SEE_TICKETS: t("console.deed.right.see_tickets"),
    Right.ANSWER_TICKETS: t("console.deed.right.answer_tickets"),
    Right.PART_CHANNELS: t("console.deed.right.part_channels"),
    Right.DECIDE: t("console.deed.right.decide"),
    Right.SEE_HOLDS: t("console.deed.right.see_holds"),
    Right.HOLD: t("console.deed.right.hold"),
    Right.SEE_DELIVERIES: t("console.deed.right.see_deliveries"),
    Right.DELETE_DOCUMENTS: t("console.deed.right.delete_documents"),
    Right.SEE_DIRECTORY: t("console.deed.right.see_directory"),
    Right.CHANGE_DIRECTORY: t("console.deed.right.change_directory"),
    Right.SEE_OPERATORS: t("console.deed.right.see_operators"),
    Right.CHANGE_OPERATORS: t("console.deed.right.change_operators"),
    Right.SEE_DEEDS: t("console.deed.right.see_deeds"),
    Right.EXPORT: t("console.deed.right.export"),
    Right.CARRY_OUT: t("console.deed.right.carry_out"),
    Right.SEE_FIGURES: t("console.deed.right.see_figures"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    who: Text
    did: Text
    what: Text


def read(deed: Deed, names: Mapping[str, str]) -> Sentence:
    return Sentence(_called(ACTORS, deed.actor, names), did(deed.action), _called(OBJECTS, deed.object, names))


def did(action: str) -> Text:
    """An act, also one that was refused."""
    if (act := ACTS.get(action)) is not None:
        return act
    if action.startswith(FIGURES):
        return t("console.deed.figures")
    if action.startswith(NO_RIGHT):
        right = next((r for r in Right if r.value == action.removeprefix(NO_RIGHT)), None)
        return t("console.deed.no_right", right=RIGHTS[right]) if right else _as_noted(action)
    if action.endswith(REFUSED) and (tried := ACTS.get(action.removesuffix(REFUSED))) is not None:
        return t("console.deed.tried", act=tried)
    return _as_noted(action)


def called(noted: str, names: Mapping[str, str]) -> Text:
    """An actor or an object by itself, as a heading of the page."""
    return _called(OBJECTS if noted.partition(":")[0] in OBJECTS else ACTORS, noted, names)


def _called(words: Mapping[str, Text], noted: str, names: Mapping[str, str]) -> Text:
    kind, _, id = noted.partition(":")
    if kind not in words:
        return _as_noted(noted)
    worker, _, monday = id.rpartition(":")
    if kind == "week" and (on := day(monday)) is not None:
        name = names.get(f"worker:{worker}", _short(worker))
        return t("console.deed.object.week", on=datetime.combine(on, NOON), name=name)
    if kind == "day" and (on := day(id)) is not None:
        return t("console.deed.object.day", on=datetime.combine(on, NOON))
    return Text(words[kind].msgid, {"id": _short(id), "name": names.get(noted, id)})


def _short(id: str) -> str:
    return id if len(id) <= ENDS else f"…{id[-ENDS:]}"


def _as_noted(noted: str) -> Text:
    return t("console.kind.other", name=noted)
