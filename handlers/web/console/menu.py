"""The console's contents page: what stands in its menu, in this order, for whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from booking.operating import Deed, Role, may_operate
from conversations.text import Text, t


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    words: Text
    deed: Deed


MENU: Final[Sequence[Entry]] = (
    Entry("/today", t("console.menu.today"), Deed.SEE_PEOPLE),
    Entry("/tickets", t("console.menu.tickets"), Deed.SEE_TICKETS),
    Entry("/conversations", t("console.menu.conversations"), Deed.SEE_TICKETS),
    Entry("/people", t("console.menu.people"), Deed.SEE_PEOPLE),
    Entry("/calendar", t("console.menu.calendar"), Deed.SEE_PEOPLE),
    Entry("/call", t("console.menu.call"), Deed.HELP_PEOPLE),
    Entry("/deliveries", t("console.menu.deliveries"), Deed.SEE_DELIVERIES),
    Entry("/figures", t("console.menu.figures"), Deed.SEE_FIGURES),
    Entry("/exports", t("console.menu.exports"), Deed.EXPORT),
    Entry("/law", t("console.menu.law"), Deed.SEE_HOLDS),
    Entry("/directory", t("console.menu.directory"), Deed.SEE_DIRECTORY),
    Entry("/operators", t("console.menu.operators"), Deed.SEE_OPERATORS),
    Entry("/deeds", t("console.menu.deeds"), Deed.SEE_DEEDS),
    Entry("/own", t("console.menu.own"), Deed.SEE_OWN),
)


def menu(role: Role) -> Sequence[Entry]:
    return [entry for entry in MENU if may_operate(role, entry.deed)]
