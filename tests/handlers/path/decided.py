"""What must be true of two people whom operators decide about: the model of `test_deciding_machine.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Judged:
    """A decision as we know it. `until`: when it ends, or when the account closes."""

    id: str
    kind: str
    by: str
    at: datetime
    until: datetime | None
    stands: bool = True
    contested: bool = False
    reviewed: bool = False


@dataclass
class Known:
    """`unread`: words of operators that their next word shows; `perhaps`: that it may show, of what another decision
    took the place of. `deeds`: what the audit trail holds; `pushes`: how often they were told that something waits."""

    person: str
    number: str
    decided: list[Judged] = field(default_factory=list)  # the latest first
    unread: list[str] = field(default_factory=list)
    perhaps: list[str] = field(default_factory=list)
    deeds: list[tuple[str, str]] = field(default_factory=list)
    pushes: int = 0
    frozen: bool = False
    objects: bool = False
    stopped: bool = False
    hold: str = ""
    wish: str = ""  # to be erased, or to have it closed: a worker has not looked yet
    gone: bool = False
    archived: bool = False

    @property
    def shut(self) -> Judged | None:
        return next((each for each in self.decided if each.kind != "warning" and each.stands), None)

    def contestable(self, now: datetime) -> Judged | None:
        late = now - timedelta(days=60)
        warned = (each for each in self.decided if each.kind == "warning" and each.stands and each.at >= late)
        return self.shut or next(warned, None)


@dataclass
class Asked:
    """A request about data, and which of its alarms were raised. `more`: the wish to close was refused since, which
    has a month of its own where more time was taken for the rest."""

    id: str
    at: datetime
    warned: int = 0
    alarms: int = 0
    extended: bool = False
    open: bool = True
    more: bool = False
