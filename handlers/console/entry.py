"""Who gets into the console: enrolment by a link that is good once, then name, password and second factor at once.

Nothing tells which of the three was wrong, whether the name exists, or is suspended: same answer, same work, same waits
(invariant I12). Every try is counted before anything is compared, in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from conversations.text import Text, t
from handlers.alarms import hour, raise_alarm
from handlers.console import second_factor
from handlers.console.passwords import fault
from handlers.console.second_factor import Chance
from handlers.parts import Parts
from handlers.passwords import LONGEST, Passwords
from storage import audit, logins, operators, sessions, tokens
from storage.crypto import BASE62
from storage.db import Tx
from storage.operators import OperatorRow
from storage.sql import storable

TOKEN_BYTES: Final = 32
MANY_NAMES: Final = 100  # names that somebody tries within an hour: an alarm


@dataclass(frozen=True, slots=True)
class In:
    """The token is for the cookie; only its hash is kept."""

    token: str


@dataclass(frozen=True, slots=True)
class NotIn:
    """`until`: nothing was compared, and nothing is before then."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What an operator sees before they choose a password. `secret` is of their second factor."""

    name: str
    secret: str

    @property
    def address(self) -> str:
        return second_factor.address(self.secret, self.name)


@dataclass(frozen=True, slots=True)
class Over:
    why: Literal["used", "expired"]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Shown this once."""

    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class NotYet:
    """Why not, in words; and the page once more."""

    why: Text
    enrolling: Enrolling


@dataclass(frozen=True)
class Entry:
    parts: Parts
    passwords: Passwords
    chance: Chance

    async def log_in(self, typed: str, password: str, code: str) -> In | NotIn:
        """Raises passwords.Busy when too many try at once."""
        name, now = plain_name(typed), self.parts.clock()
        async with self.parts.db.transaction() as tx:
            until = await logins.try_once(tx, name, now)
            if until is not None:
                return NotIn(until)
            await self._tell_of_many(tx, now)
            operator = await operators.by_name(tx, name)
        hashed = operator.password if operator and operator.suspended_at is None else None
        same = await self.passwords.matches(hashed, password[: LONGEST + 1])
        step = second_factor.step_of(operator.totp if operator else second_factor.NOBODYS, code, now)
        recovery = second_factor.code_hash(code)
        async with self.parts.db.transaction() as tx:
            if operator is None:
                return NotIn()
            how = await _second(tx, operator, step, recovery, now) if same else None
            if how is None:
                await audit.add(tx, "console", "refuse log in", actor(operator.id), now)
                return NotIn()
            await logins.forget(tx, name)
            return In(await self._begin(tx, operator.id, how, now))

    async def log_out(self, hash: str, operator: str) -> None:
        now = self.parts.clock()
        async with self.parts.db.transaction() as tx:
            if await sessions.end(tx, hash, now):
                await audit.add(tx, actor(operator), "log out", actor(operator), now)

    async def enrolling(self, token: str) -> Enrolling | Over | None:
        """Looking changes nothing: mail scanners open links."""
        async with self.parts.db.transaction() as tx:
            found = await tokens.look(tx, token, "enrol", self.parts.clock())
            if not isinstance(found, tokens.Good):
                return _over(found)
            operator = await operators.get(tx, found.object)
            return Enrolling(operator.name, operator.totp) if operator else None

    async def enrol(self, token: str, password: str, again: str, code: str) -> Enrolled | NotYet | Over | None:
        now, enrolling = self.parts.clock(), await self.enrolling(token)
        if not isinstance(enrolling, Enrolling):
            return enrolling
        step = second_factor.step_of(enrolling.secret, code, now)
        if (why := _why_not(enrolling.name, password, again, step)) is not None or step is None:
            return NotYet(why or t("console.enrol.code_wrong"), enrolling)
        hashed, codes = await self.passwords.hash(password), second_factor.new_codes(self.chance)
        async with self.parts.db.transaction() as tx:
            found = await tokens.use(tx, token, "enrol", now)
            if not isinstance(found, tokens.Good):
                return _over(found)
            await operators.enrol(tx, found.object, hashed, step, [second_factor.code_hash(code) for code in codes])
            await audit.add(tx, actor(found.object), "enrol", actor(found.object), now)
        return Enrolled(codes)

    async def _begin(self, tx: Tx, operator: str, how: str, now: datetime) -> str:
        token = base62(self.chance(TOKEN_BYTES))
        await sessions.begin(tx, token, operator, now)
        await audit.add(tx, actor(operator), how, actor(operator), now)
        return token

    async def _tell_of_many(self, tx: Tx, now: datetime) -> None:
        """Many names within an hour are not people who mistype theirs."""
        if await logins.lately(tx, now - timedelta(hours=1), MANY_NAMES) >= MANY_NAMES:
            await raise_alarm(tx, self.parts, "logins", hour(now), now)


def actor(operator: str) -> str:
    """As the audit trail calls them."""
    return f"operator:{operator}"


def plain_name(typed: str) -> str:
    return storable(typed.strip().casefold()[:64])


def base62(chance: bytes) -> str:
    """All of its bits, without a sign that a cookie would have to escape."""
    number, out = int.from_bytes(chance), ""
    for _ in range(43):  # 256 bits
        number, digit = divmod(number, 62)
        out += BASE62[digit]
    return out


async def _second(tx: Tx, operator: OperatorRow, step: int | None, recovery: str, now: datetime) -> str | None:
    """How they proved it, used up by it; None: they did not."""
    if step is not None:
        return "log in" if await operators.use_step(tx, operator, step) else None
    return "log in by recovery code" if await operators.use_recovery(tx, operator, recovery, now) else None


def _over(found: tokens.Over | None) -> Over | None:
    return None if found is None else Over("used" if found.used else "expired")


def _why_not(name: str, password: str, again: str, step: int | None) -> Text | None:
    if (why := fault(password, name)) is not None:
        return why
    if password != again:
        return t("console.enrol.not_same")
    return t("console.enrol.code_wrong") if step is None else None
