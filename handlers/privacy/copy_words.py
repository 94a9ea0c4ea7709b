"""What stands in the rows of a copy as a word of the machine's, in words for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import Mode, Motive
from conversations.flows.decided import GROUNDS
from conversations.flows.names import MODES, MOTIVES
from conversations.text import Text, t
from handlers.web.console.deed_words import ACTS
from handlers.web.console.ticket_words import ENDED, ENTRIES, TICKETS
from handlers.web.console.words import STATUSES

MACHINE: Final = t("copy.who.machine")
TEAM: Final = t("copy.who.team")
WHO: Final[Mapping[str, Text]] = {
    "person": t("copy.who.person"),
    "worker": t("copy.who.worker"),
    **dict.fromkeys(("operator", "desk", "console"), TEAM),
    **dict.fromkeys(("timer", "rules", "clock", "process", "restore", "key", "provider"), MACHINE),
}
_BY_COLUMN: Final[Mapping[str, Mapping[str, Text]]] = {
    "mode": {mode.value: MODES[mode] for mode in Mode},
    "motive": {motive.value: MOTIVES[motive] for motive in Motive},
    "actor": WHO,
    "author": WHO,
    "action": ACTS,
    "appointment.status": STATUSES,
    "ticket.kind": TICKETS,
    "ticket.outcome": ENDED,
    "ticket_entry.kind": {str(kind): words for kind, words in ENTRIES.items()},
    "decision.ground": {ground.value: words for ground, words in GROUNDS.items()},
    "decision.kind": {
        "warning": t("console.decision.warning"),
        "suspension": t("console.decision.suspension"),
        "closing": t("console.decision.closing"),
    },
    "instruction.wish": {"erase": t("death.erase"), "hand_over": t("death.hand_over")},
}
# Words of the machine, many times over and of no use to a reader; the file beside the page has them.
FOR_PROGRAMS: Final[Mapping[str, frozenset[str]]] = {
    "inbox": frozenset({"kind", "status"}),
    "outbox": frozenset({"kind", "status"}),
    "document": frozenset({"status"}),
    "ticket": frozenset({"status"}),
    "call": frozenset({"status"}),
    "waiting": frozenset({"status", "wish"}),
}


def in_words(table: str, column: str, value: str) -> Text | None:
    """None: it says what it says."""
    words = _BY_COLUMN.get(f"{table}.{column}") or _BY_COLUMN.get(column, {})
    return words.get(value)
