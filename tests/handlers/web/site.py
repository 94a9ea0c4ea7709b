"""Pages on a small world of its own: one appointment, one e-mail address, one worker's feed, and a clock to set."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

from booking import policy
from booking.addresses import EmailWhy
from booking.model import (
    Appointment,
    AppointmentId,
    ClientId,
    ContactId,
    Mode,
    Motive,
    NotifyBy,
    PersonId,
    Slot,
    SlotId,
    Worker,
    WorkerId,
    slot_id,
)
from booking.ports import AlreadyOver, Cancelled, Heard, NotTurned, Refused, SlotGone, TurnAnswer, Turned
from handlers.accounts.rule import faults
from handlers.web.demo_room import DemoRoomPages
from handlers.web.email_pages import EmailPages
from handlers.web.guard import RUNNER, middlewares
from handlers.web.hour_pages import HourPages
from handlers.web.legal_pages import Facts, LegalPages
from handlers.web.pages import PersonPages
from handlers.web.pages_core import turnable
from handlers.web.ports import AppointmentView, EmailView, Feed, Gone, Hours, MoveAnswer, MovedTo, PasswordView, Reader
from handlers.web.render import Renderer
from handlers.web.rooms import DemoRooms
from locales import spoken

PUBLIC = "https://chat.example.org"
SECRET = "s" * 32
TOKEN = "Appointment-Token-0123456789ab"
NEW_TOKEN = "Appointment-Token-of-the-new-hour"
EMAIL_TOKEN = "Email_Token_0123456789abcdef"
PASSWORD_TOKEN = "Password_Token_0123456789abc"
FEED_TOKEN = "Feed_Token_0123456789abcdefgh"
UNKNOWN = "Token_that_never_was_0123456789"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
START = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)  # a Thursday, 9 h in Paris

CLAIRE = Worker(
    id=WorkerId("claire"),
    ref="claire",
    first_name="Claire",
    last_name="Morel",
    phone="+33199000101",
    email="claire@example.org",
    notify_by=NotifyBy.SMS,
    motives=frozenset({Motive.FINANCE}),
    modes=frozenset(Mode),
    languages=("fr",),
    address="1 place de la Mairie, 56000 Vannes",
)
APPOINTMENT = Appointment(
    id=AppointmentId("appointment-1"),
    person=PersonId("person"),
    client=ClientId("client"),
    worker=CLAIRE.id,
    motive=Motive.FINANCE,
    mode=Mode.VIDEO,
    start=START,
    contact=ContactId("contact"),
    series=AppointmentId("appointment-0"),
    version=2,
)

FACTS = Facts(
    terms_url="https://www.socialdirect.fr/terms",
    terms_version="2024-10-15",
    policy_version="2024-10-15",
    privacy_url="https://www.socialdirect.fr/privacy",
    dpo="dpo@example.org",
    sms="+33199000001",
    sms_country="ie",
    whatsapp=True,
    telegram=True,
    in_union=True,
)


@dataclass
class World:
    """Implements `Pages`. `acts` is what was done: a GET must leave it empty."""

    now: datetime = NOW
    appointment_row: Appointment = APPOINTMENT
    reader: Reader = field(default_factory=lambda: Reader("fr", "Europe/Paris"))
    gone: Gone | None = None
    gone_slots: set[SlotId] = field(default_factory=set)
    refusal: Refused | None = None
    no_call: Literal["early", "not_offered", "no_phone"] | None = None
    free: int = 12
    other_workers: bool = False
    trouble: Exception | None = None
    why: EmailWhy = "join"
    unchosen: Gone | None = None  # of the password's page
    busy: bool = False
    acts: list[str] = field(default_factory=list)
    asked_after: datetime | None = None

    async def appointment(self, token: str) -> AppointmentView | Gone | None:
        if self.trouble:
            raise self.trouble
        if token != TOKEN:
            return None
        if self.gone:
            return self.gone
        left = self.appointment_row.start - self.now
        late = left < timedelta(hours=24)
        row = self.appointment_row
        near, turn = policy.is_near(row, self.now), turnable(row, CLAIRE, self.now)
        return AppointmentView(row, CLAIRE, self.reader, late, left > timedelta(), near, turn)

    async def hours(self, token: str, after: datetime | None, limit: int) -> Hours | Gone | None:
        self.asked_after = after
        first = (after or START) + timedelta(hours=1)
        starts = [first + timedelta(hours=n) for n in range(min(self.free, limit))]
        return Hours([Slot(slot_id(start, CLAIRE.id), start, CLAIRE) for start in starts], self.other_workers)

    async def cancel(self, token: str) -> Cancelled | AlreadyOver | Gone | None:
        view = await self.appointment(token)
        if not isinstance(view, AppointmentView):
            return view
        if not view.changeable:
            return AlreadyOver()
        self.acts.append("cancel")
        self.gone = Gone("cancelled", self.reader)
        return Cancelled(replace(view.appointment, status="cancelled"), view.late)

    async def move(self, token: str, slot: SlotId) -> MoveAnswer:
        view = await self.appointment(token)
        if not isinstance(view, AppointmentView):
            return view
        if self.refusal:
            return self.refusal
        if slot in self.gone_slots:
            return SlotGone()
        self.acts.append(f"move {slot}")
        self.gone = Gone("moved", self.reader)
        return MovedTo(NEW_TOKEN)

    async def say_late(self, token: str, minutes: int | None) -> Heard | AlreadyOver | Gone | None:
        return await self._say(token, f"late {minutes}")

    async def say_here(self, token: str) -> Heard | AlreadyOver | Gone | None:
        return await self._say(token, "here")

    async def _say(self, token: str, what: str) -> Heard | AlreadyOver | Gone | None:
        view = await self.appointment(token)
        if not isinstance(view, AppointmentView):
            return view
        if not view.near:
            return AlreadyOver()
        self.acts.append(what)
        return Heard(view.appointment, CLAIRE, told=True)

    async def by_phone(self, token: str) -> TurnAnswer | Gone | None:
        view = await self.appointment(token)
        if not isinstance(view, AppointmentView):
            return view
        if self.no_call is not None:
            return NotTurned(self.no_call, view.appointment, CLAIRE)
        if not view.turnable:
            return AlreadyOver()
        self.acts.append("phone")
        self.appointment_row = replace(view.appointment, mode=Mode.PHONE)
        return Turned(self.appointment_row, CLAIRE, Mode.VIDEO)

    async def email(self, token: str) -> EmailView | Gone | None:
        if token != EMAIL_TOKEN:
            return None
        return self.gone or EmailView("camille.<b>@example.org", self.reader, self.why)

    async def confirm_email(self, token: str) -> EmailView | Gone | None:
        view = await self.email(token)
        if isinstance(view, EmailView):
            self.acts.append("confirm")
            self.gone = Gone("used", self.reader)
            return replace(view, password=None if self.why == "join_channel" else PASSWORD_TOKEN)
        return view

    async def password(self, token: str) -> PasswordView | Gone | None:
        return self.unchosen or PasswordView(self.reader) if token == PASSWORD_TOKEN else None

    async def choose_password(self, token: str, password: str, again: str) -> PasswordView | Gone | None:
        view = await self.password(token)
        if not isinstance(view, PasswordView):
            return view
        wrong = faults(password, ("Camille",))
        if self.busy or wrong:
            return replace(view, busy=self.busy, faults=wrong)
        self.acts.append(f"password {password == again}")
        self.unchosen = Gone("chosen", self.reader)
        return replace(view, chosen=True)

    async def feed(self, token: str) -> Feed | Gone | None:
        if token != FEED_TOKEN:
            return None
        return self.gone or Feed(self._feed(), self.reader, {self.appointment_row.person: "Camille"})

    def _feed(self) -> Sequence[Appointment]:
        return [self.appointment_row, replace(self.appointment_row, series=AppointmentId("other"), mode=Mode.PHONE)]


def application(world: World, public_url: str = PUBLIC) -> web.Application:
    renderer = Renderer(public_url, ("fr", "en"), "fr", "Europe/Paris", desk="+33199000000")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    renderer.add_to(app)
    LegalPages(renderer=renderer, facts=FACTS, languages=spoken(("fr", "en"))).add_to(app)
    EmailPages(pages=world, renderer=renderer).add_to(app)
    PersonPages(pages=world, renderer=renderer, clock=lambda: world.now, public_url=public_url).add_to(app)
    rooms = DemoRooms(public_url, SECRET)
    HourPages(pages=world, hour=world, renderer=renderer, rooms=rooms, clock=lambda: world.now).add_to(app)
    DemoRoomPages(renderer=renderer).add_to(app)
    return app


async def started(app: web.Application) -> TestServer:
    server = TestServer(app)
    await server.start_server(**RUNNER)
    return server
