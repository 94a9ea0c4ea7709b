"""The stage on which talks are rehearsed: a person, a core in memory, and a clock that only moves when told.

Between any two lines the state goes to JSON and back, and every turn runs without an event loop: a step that really
waits for something fails. Ids come from a counter, so a rehearsal is the same each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.claims import ClaimSettled, Former
from booking.core import Booking
from booking.decisions import Decision, Ground
from booking.directory import Directory
from booking.documents import DocumentStatus
from booking.events import By
from booking.memory import MemoryStore
from booking.model import (
    Client,
    ClientId,
    ClientKind,
    Closure,
    Code,
    CodeId,
    Consent,
    ContactId,
    HoldId,
    Hours,
    Mode,
    Motive,
    NotifyBy,
    PersonId,
    Rules,
    SlotId,
    Wish,
    Worker,
    WorkerId,
)
from booking.ports import Booked, Joining
from booking.proofs import Way
from conversations.engine import take_turn
from conversations.flows import FLOWS
from conversations.model import Contact, Context, Desk, Flow, Input, News, Reminded, Reply, State, Stopped, Turn
from conversations.state import from_json, to_json
from conversations.text import Text
from handlers.channels.base import Draw
from handlers.channels.whatsapp_content import Drawn, interactive
from handlers.desk import desk
from handlers.documents.fetching import arrived
from handlers.effects import Alarm, Effect, Kept, Left, Notice, Tell, ToContact, ToMail, ToPerson, ToPhone, ToWorker
from handlers.human import follows
from handlers.reactions import react
from handlers.world import World
from locales.voice import Voice
from locales.words import guess, words
from tests.booking.made import run
from tests.conversations.company import QUIET, REMINDERS, Company

ANNA: Final = "operator:anna"  # of the desk
PERSON, WORKER = ContactId("person"), ContactId("worker")
WEEK = frozenset(range(5))
CODES = {
    "PORTS-7KQM-4XTD": Code(CodeId("ports"), ClientId("ports")),
    "QUAIS2026": Code(CodeId("quais"), ClientId("ports")),  # of a form of the client's own
    "VIEUX-2XWP-9HNF": Code(CodeId("old"), ClientId("ports"), valid_until=date(2025, 12, 31)),
}


def _worker(ref: str, first_name: str, hours: tuple[Hours, ...], **more: object) -> Worker:
    made = Worker(
        id=WorkerId(ref),
        ref=ref,
        first_name=first_name,
        last_name="Morel",
        phone="+33639980101",
        email=f"{ref}@example.org",
        notify_by=NotifyBy.SMS,
        motives=frozenset(Motive),
        modes=frozenset({Mode.PHONE, Mode.VIDEO}),
        languages=("fr", "en"),
        hours=hours,
        bio={"fr": "budget, dettes", "en": "budget, debt"},
    )
    return replace(made, **more)  # type: ignore[arg-type]


WORKERS = (
    _worker("claire", "Claire", (Hours(WEEK, time(9), time(12)),)),
    _worker(
        "ali",
        "Ali",
        (Hours(WEEK, time(14), time(17)),),
        languages=("fr",),
        modes=frozenset(Mode),
        address="1 place de la Mairie, 56000 Vannes",
        bio={"fr": "logement, famille"},
    ),
)
# Somebody with Claire's hours, in the talks whose header says so.
NADIA: Final = _worker("nadia", "Nadia", (Hours(WEEK, time(9), time(12)),), bio={"fr": "handicap, retraite"})


def on_whatsapp(shown: Drawn) -> list[str]:
    """`[Oui] [Non]`; or a list behind the word that opens it."""
    titles = [shown.variables[str(2 * number)] for number in shown.ids.values()]
    if shown.name.startswith("sd_buttons"):
        return [" ".join(f"[{title}]" for title in titles)]
    under = [shown.variables.get(str(2 * len(titles) + 1 + number), "") for number in shown.ids.values()]
    return [
        "(list)",
        *(f"  {title}" + (f" | {more}" if more else "") for title, more in zip(titles, under, strict=True)),
    ]


class Stage:
    """One contact's talk with the bot, in the company of others."""

    def __init__(self, clock: datetime, channel: str = "sms", lang: str = "fr", role: str = "beneficiary") -> None:
        store = MemoryStore(WORKERS)
        store.put_client(Client(ClientId("ports"), "ports", "Mutuelle des Ports", ClientKind.INSURER))
        for letters, code in CODES.items():
            store.put_code(code, letters)
        self.company = Company(clock, store, FLOWS)
        phone = None if channel in {"telegram", "whatsapp-id"} else "+33639980011"
        channel = channel.removesuffix("-id")
        worker = WorkerId("claire") if role == "worker" else None
        self.contact = Contact(WORKER if worker else PERSON, channel, lang, phone=phone, worker=worker)  # type: ignore[arg-type]
        self.name = "Claire" if worker else "the person"
        self.stopped: tuple[Stopped, ...] = ()
        self._begins()

    def _begins(self) -> None:
        self.saved = json.dumps(to_json(State()))
        self.prompts: list[str] = []
        self.turn: Turn | None = None
        self.on_reminder = False  # what they say next answers the last reminder, by its button or as a quote
        self.company.talks[self.contact.id] = self

    def somebody(self, id: ContactId) -> Stage:
        """Another's talk in the same company: a worker's by their ref; this person's on another channel, by its name;
        else a person's, by SMS.
        """
        other = copy(self)
        if id in {"sms", "whatsapp", "telegram"}:
            phone = None if id == "telegram" else "+33639980011"
            other.contact = Contact(id, id, "fr", phone=phone)  # type: ignore[arg-type]
            other.name = str(id)
            other._begins()
            return other
        worker = next((worker for worker in (*WORKERS, NADIA) if worker.ref == id), None)
        phone = "+33639980101" if worker else f"+336399800{len(self.company.talks) + 20}"
        other.contact = Contact(id, "sms", "fr", phone=phone, worker=worker.id if worker else None)
        other.name = worker.first_name if worker else str(id)
        other._begins()
        return other

    # ------------------------------------------------------------ the company's, seen from here

    @property
    def now(self) -> datetime:
        return self.company.now

    @now.setter
    def now(self, now: datetime) -> None:
        self.company.now = now

    @property
    def store(self) -> MemoryStore:
        return self.company.store

    @property
    def flows(self) -> Mapping[str, Flow]:
        return self.company.flows

    @flows.setter
    def flows(self, flows: Mapping[str, Flow]) -> None:
        self.company.flows = flows

    @property
    def rules(self) -> Rules:
        return self.company.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self.company.rules = rules

    @property
    def code(self) -> str:
        return self.company.code

    # ------------------------------------------------------------ turns

    def says(self, came: Input | News) -> list[Effect]:
        """One turn. Returns what follows from it, for others."""
        store = self.store.snapshot()
        core = self.core()
        state = from_json(json.loads(self.saved), self.flows)
        self._is_reached(state)
        if isinstance(came, Input) and not state.met and self.contact.worker is None:
            self.contact = replace(self.contact, lang=guess(came.text, ("fr", "en"), self.contact.lang))
        try:
            turn = run(take_turn(self.flows, state, came, self.context(core)))
        except BaseException:
            self.store.restore(store)
            raise
        self.saved = json.dumps(to_json(turn.state))
        self.turn = turn
        self._is_reached(turn.state)
        if "parted" in turn.flags:
            self.store.rows.contacts.pop(self.contact.id, None)
        if any(isinstance(event, ClaimSettled) for event in core.events):
            self.contact = replace(self.contact, claims=False)
        if turn.lang:
            self.contact = replace(self.contact, lang=turn.lang)
        if turn.flags & {"opt_out", "opt_in"}:
            self.contact = replace(self.contact, opted_out="opt_out" in turn.flags)
        if turn.reply:
            self.company.spoken.append((self, turn.reply))
            if turn.reply.exchange:
                self.company.exchanges[self.contact.id] = turn.reply.exchange
        if turn.reply and turn.reply.prompt and turn.reply.prompt not in self.prompts:
            self.prompts.append(turn.reply.prompt)
        return [*self.effects(core), *follows(state, turn, came, self.contact.id, self.desk())]

    def _is_reached(self, state: State) -> None:
        """Where they write is an address, with the number that it shows or that was proven here."""
        if self.contact.worker is None and self.contact.channel != "terminal":
            phone = self.contact.phone or state.facts.get("phone")
            way = Way(self.contact.channel, None, self.contact.id, phone, heard=self.now)
            self.store.rows.addresses[self.contact.id] = way

    def _new_id(self) -> str:
        self.company.made += 1
        return f"{self.company.made:010}"

    def file(self) -> str:
        """By which id something that they send now can be fetched."""
        self.company.made += 1
        return f"file{self.company.made}"

    def fetched(self, refused: Sequence[str]) -> list[str]:
        """What came of their files that are on their way, the last ones first refused; what their talk makes of it."""
        core, told = self.core(), list[tuple[DocumentStatus, str | None]]()
        coming = [one for one in run(core.documents_of(self.contact.id)) if one.status == "coming"]
        for number, one in enumerate(reversed(coming)):
            reason = refused[number] if number < len(refused) else None
            status: DocumentStatus = "refused" if reason else "kept"
            run(core.document_judged(one.id, status, reason, "jpeg", 1))
            told.append((status, reason))
        data = arrived(run(core.documents_of(self.contact.id)), told)
        said = [Tell(ToContact(self.contact.id), "handing", data, urgent=True)] if data is not None else []
        return self.company.follow(list[Effect](said), self)

    def fork(self) -> Stage:
        """The same moment once more, to be gone on with apart."""
        return self.company.fork().talks[self.contact.id]

    @property
    def state(self) -> State:
        return from_json(json.loads(self.saved), self.flows)

    @property
    def step(self) -> str:
        """Whose question is on the screen: `book.slot`."""
        prompt = self.state.prompt
        return f"{prompt.flow}.{prompt.step}" if prompt else ""

    def effects(self, core: Booking) -> list[Effect]:
        return run(react(core.events, World(self.core(), self.now, REMINDERS, QUIET, self.rules, self.desk())))

    def core(self) -> Booking:
        return Booking(self.store, self.rules, self.now, self._new_id)

    def context(self, core: Booking) -> Context:
        return Context(
            contact=self.contact,
            known=run(core.known(self.contact.id)),
            now=self.now,
            new_id=self._new_id,
            booking=core,
            words=words(self.contact.lang),
            say=self.voice(),
            desk=self.desk(),
            terms_version=self.rules.terms_version,
            policy_version=self.rules.policy_version,
            privacy_email="donnees@example.org",
            sms="01 99 00 00 01",
            stopped=self.stopped,
            joins={"telegram": "SocialDirectBot"} if self.contact.worker else {},
            reminded=self._reminded(),
        )

    def desk(self) -> Desk:
        return desk("+33199000009", (Hours(WEEK, time(9), time(18)),), self.now, ZoneInfo("Europe/Paris"))

    def _reminded(self) -> tuple[Reminded, ...]:
        """The latest first; that one alone where they answer it by its button, or quote it."""
        told = tuple(reversed(self.company.reminded.get(self.contact.id, ())))
        return tuple(replace(each, at=self.now, meant=True) for each in told[:1]) if self.on_reminder else told

    def voice(self) -> Voice:
        return Voice(self.contact.lang, self.contact.zone)

    # ------------------------------------------------------------ what reads on a telephone

    def reads(self, reply: Reply) -> list[str]:
        """A reply as the lines of a text message; on WhatsApp with its buttons, or its list, where they can be."""
        say = self.voice()
        if self.contact.channel == "whatsapp":
            draw = Draw(say, lambda link: f"/{link.kind}/…", self.contact.lang)
            if (shown := interactive(reply, draw)) is not None:
                return [shown.shown, *on_whatsapp(shown)]
        lines = [line for text in reply.texts for line in say(text).split("\n")]
        lines += [f"{n}. {say(option.label)}" for n, option in enumerate(reply.options, 1)]
        if reply.contact:
            lines.append(f"[{say(Text('phone.button'))}]")
        if reply.link:
            lines.append(f"/{reply.link.kind}/…")
        return lines

    def _by_sms(self, notice: Notice) -> str:
        """To a number that is not, or no more, a way to anybody."""
        if notice.kind != "one_time_code":
            return f"* the old number: {' '.join(map(Voice('fr'), notice.texts))}"
        self.company.code = str(notice.texts[0].args["code"])
        return "* SMS: a code"

    def overheard(self, effects: list[Effect]) -> list[str]:
        """Notices to others, in French: `* Claire: …`."""
        say = Voice("fr")
        lines = []
        for effect in effects:
            match effect:
                case Notice(to=ToWorker(worker), kind=kind, texts=texts):
                    found = next(w.first_name for w in (*WORKERS, NADIA) if w.id == worker)
                    first, *rest = map(say, texts) if kind == "digest" else [" ".join(map(say, texts))]
                    lines += [f"* {found}: {first}", *(f"  {line}" for line in rest)]
                case Notice(to=ToMail() | ToContact(), kind="one_time_code", texts=texts):
                    self.company.code = str(texts[0].args["code"])
                    lines.append("* elsewhere: a code")
                case Notice(to=ToMail()):
                    lines.append(f"* e-mail: {say(effect.texts[0])}")
                case Notice(to=(ToPerson() | ToContact()) as to):
                    name = self.company.talk(self.company.contact(to)).name
                    self.company.code = str(effect.texts[0].args.get("code", self.company.code))
                    lines.append(f"* {name}: {' '.join(map(say, effect.texts))}")
                case Notice(to=ToPhone()):
                    lines.append(self._by_sms(effect))
                case Alarm(code):
                    lines.append(f"* desk: {code}")
                case Kept(words=words, files=files):
                    lines.append(f"* desk: « {words or files[0]} »")
                case Left(how=how) if how != "handed_back":
                    lines.append(f"* desk: {how}")
        return lines

    # ------------------------------------------------------------ what happens beside the talk

    def joins(
        self, first: str, last: str, starts: list[datetime], mode: Mode = Mode.PHONE, *, helped: bool = False
    ) -> None:
        """The person has an account, and these appointments with the first worker free. `helped`: by the desk, on the
        telephone, so that they have accepted nothing.
        """
        consent: Consent | None = Consent(
            self.rules.terms_version, "fr", "sms", "1", self.now, policy_version=self.rules.policy_version
        )
        joining: Joining | None = Joining(
            CodeId("ports"), first, last, "camille@example.org", self.contact.phone, "fr", "Europe/Paris"
        )
        for start in starts:
            core = self.core()
            wish = Wish(Motive.FINANCE, mode)
            given: tuple[Consent | None, By] = (None, "desk") if helped else (consent, "person")
            booked = run(core.book(_any(start), wish, self.contact.id, joining, *given))
            assert isinstance(booked, Booked), booked
            self.company.follow(self.effects(core), self)
            joining = consent = None

    def joins_only(self, first: str, last: str) -> None:
        """The person has an account, and an appointment long ago."""
        today, self.now = self.now, self.now - timedelta(days=60)
        start = datetime.combine(self.now.date() + timedelta(days=1), time(9), ZoneInfo("Europe/Paris"))
        while start.weekday() not in WEEK:
            start += timedelta(days=1)
        self.joins(first, last, [start])
        self.company.due.clear()
        self.now = today

    def was_somebodys(self) -> None:
        """This number belonged to somebody who reads us on another channel, too."""
        there, person = ContactId("elsewhere"), PersonId("former")
        ways = (Way("telegram", person, there), Way("sms", person, number=self.contact.phone))
        self.store.rows.formers[self.contact.id] = Former(person, None, self.contact.phone, ways, (there,))
        self.contact = replace(self.contact, claims=True)

    def is_suspended(self, last_day: date | None, words: str, *, cancels: bool) -> list[str]:
        core = self.core()
        who, contacts = self._person(), [self.contact.id]
        ground = Ground.DISRESPECT
        made = run(core.suspend(who, ground, words, ANNA, last_day=last_day, cancels=cancels, contacts=contacts))
        assert isinstance(made, Decision), made
        return self.company.follow(self.effects(core), self)

    def is_warned(self, words: str) -> list[str]:
        core = self.core()
        made = run(core.warn(self._person(), Ground.DISRESPECT, words, ANNA))
        assert isinstance(made, Decision), made
        return self.company.follow(self.effects(core), self)

    def is_in_dispute(self) -> None:
        person = run(self.store.person(self._person()))
        assert person is not None
        run(self.store.save_person(replace(person, in_dispute=True)))

    def client_is_suspended(self) -> None:
        [client] = self.store.rows.clients.values()
        self.store.put_client(replace(client, suspended=True))

    def is_open_again(self, words: str) -> list[str]:
        core = self.core()
        stands = next(each for each in run(self.store.decisions(self._person())) if each.stands)
        done = run(core.end_suspension(stands.id, ANNA, words))
        assert isinstance(done, Decision), done
        return self.company.follow(self.effects(core), self)

    def is_reviewed(self, words: str, *, upheld: bool) -> list[str]:
        core = self.core()
        contested = next(each for each in run(self.store.decisions(self._person())) if each.to_review)
        done = run(core.review(contested.id, "operator:ben", words, upheld=upheld))
        assert isinstance(done, Decision), done
        return self.company.follow(self.effects(core), self)

    def _person(self) -> PersonId:
        person = run(self.core().known(self.contact.id)).person
        assert person is not None
        return person.id

    def cancelled_elsewhere(self) -> None:
        core = self.core()
        known = run(core.known(PERSON))
        run(core.cancel(known.upcoming[0].id, "person"))
        self.company.follow(self.effects(core), self)

    def somebody_takes(self, start: datetime) -> None:
        """Another person holds an hour, of every worker who has it free."""
        for n, worker in enumerate(WORKERS):
            core = self.core()
            slot = SlotId(f"{start.astimezone(UTC):%Y-%m-%dT%H:%M}Z/{worker.id}")
            run(core.hold(slot, ContactId(f"other{n}-{start:%d%H}"), Wish(worker=worker.id)))

    def nobody_telephones(self) -> None:
        changed = (replace(w, modes=w.modes - {Mode.PHONE}) for w in WORKERS)
        self.store.set_directory(Directory(changed, 2))

    def with_nadia(self) -> None:
        self.store.set_directory(Directory((*WORKERS, NADIA), 1))

    def every_hour_is_taken(self) -> None:
        """For months, by others."""
        rules = replace(self.rules, notice=timedelta(), horizon=timedelta(days=150))
        core = Booking(self.store, rules, self.now, self._new_id)
        for worker in WORKERS:
            for slot in run(core.open_slots(Wish(worker=worker.id), 1000)).slots:
                run(self.store.take(_others(worker, slot.start), [f"w:{worker.id}"], slot.start, self.now))

    def becomes_free(self, start: datetime) -> None:
        """Whoever had this hour gives it back."""
        for worker in WORKERS:
            run(self.store.free(_others(worker, start)))

    def nobody_works(self) -> None:
        closed = Closure(self.now.date(), self.now.date() + timedelta(days=99))
        self.store.set_directory(Directory((replace(w, closed=(closed,)) for w in WORKERS), 1))


def _any(start: datetime) -> SlotId:
    return SlotId(f"{start.astimezone(UTC):%Y-%m-%dT%H:%M}Z/any")


def _others(worker: Worker, start: datetime) -> HoldId:
    return HoldId(f"{worker.id}-{start.astimezone(UTC):%y%m%d%H}")
