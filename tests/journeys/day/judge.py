"""Whether the day was lawful: nothing lost, nothing doubled, nothing out of order, nobody hammered."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from bot.standins.twilio_messages import Message
from storage.outbox import RANKS
from tests.journeys.day.evidence import Case
from tests.journeys.day.weather import HOUR, SENDS, STORMS, done_unheard

SHOWN: Final = frozenset({"delivered", "read"})
LEFT: Final = frozenset({"accepted", "sent", "delivered", "read"})
UNDER_WAY: Final = timedelta(seconds=10)  # calls that had begun before the sender was held
NONE: Final = timedelta()
LEARNT: Final = 23 * HOUR  # of what goes out in the last hour there may be no word yet
OURS: Final = {"queued", "sending", "unknown"}


@dataclass
class Verdict:
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def that(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)


def judged(case: Case) -> Verdict:
    verdict = Verdict()
    nothing_typed_is_lost(verdict, case)
    nothing_said_is_lost(verdict, case)
    nothing_by_twilio_is_doubled(verdict, case)
    telegrams_doubles_are_marked(verdict, case)
    states_only_rise(verdict, case)
    answers_are_in_order(verdict, case)
    nobody_is_hammered(verdict, case)
    verdict.wrong += case.unsound
    return verdict


def nothing_typed_is_lost(verdict: Verdict, case: Case) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for row in case.inbox:
        if row["kind"] == "message":
            found[row["external_id"]].append(row["status"])
    for typed in case.typed:
        verdict.that(found[typed.id] == ["done"], f"typed and not handled once: {typed.id} is {found[typed.id]}")
    verdict.counts["typed by people"] = len(case.typed)
    verdict.counts["typed while we were off"] = sum(typed.off for typed in case.typed)


def nothing_said_is_lost(verdict: Verdict, case: Case) -> None:
    """Each message arrived, or another took its place, or a human knows, or it was of no use any more."""
    keys = {row["key"] for row in case.outbox}
    alarmed = {alarm.get("outbox") for alarm in case.alarms}
    answers = defaultdict(list)
    for row in case.outbox:
        if row["answer"]:
            answers[row["contact_id"]].append(row)
    known_since: dict[str, int] = {}  # the first row that speaks of an hour of theirs
    for row in case.outbox:
        if row["appointment_id"] is not None:
            known_since.setdefault(row["contact_id"], row["id"])
    for row in case.outbox:
        status, id = row["status"], row["id"]
        verdict.counts[f"rows {status}"] += 1
        verdict.that(status not in OURS, f"left lying: row {id} is {status} ({row['reason']})")
        lasting = row["channel"] in {"sms", "whatsapp"} and row["changed_at"] < case.began + LEARNT
        never = lasting and status in {"accepted", "sent"}
        verdict.that(not never, f"its fate was never learnt: row {id} is {status}")
        if status in LEFT and row["channel"] != "email":
            verdict.that(shown_somewhere(case, row), f"never shown: row {id} is {status}")
        if status == "failed":
            root = row["key"].partition(">again")[0]
            followed = any(key.startswith((f"{row['key']}>", f"{root}>again")) for key in keys)
            overtaken = row["answer"] and any(
                other["id"] > id and other["created_at"] <= row["changed_at"] for other in answers[row["contact_id"]]
            )
            stranger = row["answer"] and id < known_since.get(row["contact_id"], id + 1)  # they write again
            known = followed or overtaken or stranger or str(id) in alarmed
            verdict.that(known, f"lost, and nobody knows: row {id} failed ({row['reason']})")
        if status in {"suppressed", "expired"}:
            verdict.that(not row["answer"] and row["reason"] is not None, f"dropped: row {id} ({row['reason']})")


def shown_somewhere(case: Case, row: Any) -> bool:
    if row["channel"] == "telegram":
        texts = {(tried.chat, tried.text) for tried in case.tried if tried.outbox == str(row["id"])}
        return any((bubble.to, bubble.text) in texts for bubble in case.bubbles)
    return any(outbox_of(message) == str(row["id"]) and message.status in SHOWN for message in case.messages)


def outbox_of(message: Message) -> str:
    """Whose message of Twilio's log it is."""
    return parse_qs(urlsplit(message.callback).query).get("m", [""])[0]


def nothing_by_twilio_is_doubled(verdict: Verdict, case: Case) -> None:
    """By row, and by what it says: a second row of the same words follows only what was told not to have arrived."""
    shown = Counter(outbox_of(message) for message in case.messages if message.status in SHOWN and message.callback)
    marked = {str(row["id"]) for row in case.outbox if row["possible_duplicate"]}
    said: Counter[str] = Counter()
    for row in case.outbox:
        copies = shown[str(row["id"])]
        verdict.that(copies <= 1, f"doubled: row {row['id']} by {row['channel']} was shown {copies} times")
        if str(row["id"]) not in marked:
            said[row["key"].partition(">")[0]] += copies
    for key, copies in said.items():
        verdict.that(copies <= 1, f"doubled: {key} was shown {copies} times")
    verdict.counts["shown by Twilio"] = sum(shown.values())
    verdict.counts["doubled by Twilio"] = sum(max(0, copies - 1) for copies in shown.values())


def telegrams_doubles_are_marked(verdict: Verdict, case: Case) -> None:
    """At most one for each call that was interrupted, on a row that says so."""
    rows = defaultdict(set)
    for tried in case.tried:
        rows[tried.chat, tried.text].add(tried.outbox)
    marked = {str(row["id"]) for row in case.outbox if row["possible_duplicate"]}
    broken: Counter[tuple[str, str]] = Counter(
        (str(call.params["chat_id"]), call.params["text"])
        for call in case.calls
        if call.operation == "sendMessage" and done_unheard(call.fault)
    )
    shown = Counter((bubble.to, bubble.text) for bubble in case.bubbles if bubble.to.isdecimal())
    for said, ids in rows.items():
        more = shown[said] - len(ids)
        verdict.that(more <= broken[said], f"doubled on Telegram without an interrupted call: rows {sorted(ids)}")
        verdict.that(more <= 0 or bool(ids & marked), f"doubled on Telegram and not marked: rows {sorted(ids)}")
        verdict.counts["doubled on Telegram, marked"] += max(0, more)
    verdict.counts["shown by Telegram"] = sum(shown.values())
    verdict.counts["Telegram calls interrupted"] = sum(broken.values())


def states_only_rise(verdict: Verdict, case: Case) -> None:
    rows = {str(row["id"]): row["status"] for row in case.outbox}
    for state in case.states:
        if state.status in SHOWN:
            fell = RANKS[rows[state.outbox]] < RANKS[state.status]
            verdict.that(not fell, f"fell: row {state.outbox} is {rows[state.outbox]}, told {state.status}")
    highest: dict[str, int] = defaultdict(int)
    for state in case.states:
        verdict.counts["states told out of order"] += RANKS.get(state.status, RANKS["failed"]) < highest[state.sid]
        highest[state.sid] = max(highest[state.sid], RANKS.get(state.status, RANKS["failed"]))
    verdict.counts["states told"] = len(case.states)
    verdict.counts["states told twice"] = len(case.states) - len({(state.sid, state.status) for state in case.states})
    verdict.counts["states told before our own write"] = sum(state.late is None for state in case.states)
    verdict.counts["states told an hour late or more"] = sum((state.late or NONE) >= HOUR for state in case.states)
    verdict.counts["states never told"] = case.states_lost


def answers_are_in_order(verdict: Verdict, case: Case) -> None:
    """On each phone, but for what was sent once more later."""
    rows = {str(row["id"]): row for row in case.outbox}
    at: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, message in enumerate(case.messages):
        row = rows.get(outbox_of(message))
        if row is not None and row["answer"] and not row["possible_duplicate"] and ">" not in row["key"]:
            at[message.to].append((place, row["id"]))
    for found in at.values():
        ids = [id for _, id in sorted(found)]
        verdict.that(ids == sorted(ids), f"out of order: rows {ids}")


def nobody_is_hammered(verdict: Verdict, case: Case) -> None:
    """In a storm, at most one call of a sender at a time, and no more than one a second (fault F5). Telegram's 429 is
    usually of one chat.
    """
    for storm in STORMS:
        begins, ends = case.began + storm.begins + UNDER_WAY, case.began + storm.begins + storm.lasts
        calls: dict[str, list[float]] = defaultdict(list)
        for call in case.calls:
            if call.operation in SENDS and begins <= call.at < ends:
                to = str(call.params.get("To", "telegram"))
                sender = "whatsapp" if to.startswith("whatsapp:") else "sms" if to.startswith("+") else to
                sender = str(call.params["chat_id"]) if (sender, storm.name) == ("telegram", "429") else sender
                calls[sender].append(call.at.timestamp())
        for sender, times in calls.items():
            close = [later - earlier for earlier, later in pairwise(times) if later - earlier < 1]
            verdict.that(not close, f"hammered: {len(close) + 1} calls of {sender} in the storm of {storm.name}")
            verdict.counts[f"calls in the storm of {storm.name}"] += len(times)
