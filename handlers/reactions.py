"""What follows from each event of the core. `REACTIONS` is the whole list, on one screen; all of it happens in the same
transaction as the event, so a notice cannot vanish. Keep them small: rows only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from booking.addresses import EmailWhy
from booking.channels import ChannelJoined, ChannelParted, DraftPassed, JoinMailed
from booking.claims import ClaimAnswered, ClaimSettled, ClaimWaits
from booking.decisions import Decided, DecisionContested, DecisionReviewed, ReportSettled, SuspensionEnded
from booking.documents import DocumentsSent
from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMoved,
    AppointmentNear,
    AppointmentRestored,
    AttendanceAwaited,
    AttendanceDue,
    AttendanceSettled,
    AttendanceUnanswered,
    Attended,
    CalendarGiven,
    CallBackWanted,
    CodesGuessed,
    CodesRanOut,
    DeskNeeded,
    EmailConfirmed,
    EmailToProve,
    ErasureAsked,
    Event,
    FurtherProposed,
    HourGivenBack,
    HourOffered,
    HourProposed,
    HoursOffered,
    HoursOpened,
    MessageReported,
    MessageWritten,
    ModeChanged,
    NobodyCame,
    NoHourToOffer,
    NoticesChosen,
    NoticesTried,
    OffersDeclined,
    OffersLapsed,
    OffersTaken,
    PersonErased,
    PersonHere,
    PersonJoined,
    PersonLate,
    PhoneChanged,
    RequestMade,
    RequestWorded,
    WaitingOver,
    WaitsAgain,
)
from booking.model import Appointment
from booking.ports import BookingCore
from booking.proofs import ProofSettled, ProofToSend
from conversations.flows.book import confirmation
from conversations.flows.names import MODES, MOTIVES
from conversations.model import Link
from conversations.text import Text, t
from handlers import human, reminders, workday
from handlers.at_the_hour import both_are_told_of_the_mode, worker_hears_of_here, worker_hears_of_late
from handlers.calendars.inviting import own_doing_follows, person_is_invited, person_is_uninvited, what_comes_follows
from handlers.channel_reactions import channels_are_asked, draft_is_passed, it_is_parted, talk_goes_on
from handlers.claiming import others_are_asked, others_are_told, who_claims_hears_of_it
from handlers.decision_reactions import (
    others_are_to_judge,
    person_is_told_of_its_end,
    person_is_told_of_the_review,
    person_is_told_what_was_decided,
    worker_is_told_of_their_report,
)
from handlers.document_reactions import worker_gets_the_link
from handlers.effects import (
    Alarm,
    Answered,
    Drop,
    Effect,
    Erase,
    Invitation,
    Notice,
    Recipient,
    ToMail,
    ToPerson,
    ToPhone,
    ToWorker,
    Worded,
)
from handlers.message_reactions import reader_is_told
from handlers.offer_reactions import (
    MAY_REFUSE,
    another_hour_is_proposed,
    further_hour_is_proposed,
    nobody_answered,
    offer_was_declined,
    offer_was_taken,
    other_hours_are_offered,
    silence_is_noticed,
    they_are_reminded,
)
from handlers.proof_reactions import code_goes_out, code_is_emptied
from handlers.reported import REPORT
from handlers.waiting_reactions import end_is_told, hour_is_offered
from handlers.world import World

Reaction: TypeAlias = Callable[[Any, World], Awaitable[Sequence[Effect]]]


async def react(events: Sequence[Event], world: World) -> list[Effect]:
    """All effects of some events, in order."""
    return [
        effect for event in events for reaction in REACTIONS[type(event)] for effect in await reaction(event, world)
    ]


async def worker_is_told(event: AppointmentBooked, world: World) -> Sequence[Effect]:
    """First name, motive, mode, time: what the worker needs, and no more."""
    return [await _to_worker(t("notice.booked").msgid, "booked", event.appointment, world)]


async def person_is_told(event: AppointmentBooked, world: World) -> Sequence[Effect]:
    """Who booked by themself has the confirmation as their answer; who was booked by the desk gets it as a notice."""
    if event.by == "person":
        return []
    return [await confirmed(event.appointment, "booked", world.booking)]


async def reminders_are_set(
    event: AppointmentBooked | AppointmentMoved | AppointmentRestored, world: World
) -> Sequence[Effect]:
    known = await world.booking.known(event.appointment.contact)
    zone = ZoneInfo(known.person.time_zone if known.person else "Europe/Paris")
    return [*reminders.plan(event.appointment, zone, world.befores, world.quiet, world.now)]


async def mail_is_to_be_confirmed(event: EmailToProve, world: World) -> Sequence[Effect]:
    """The link that confirms the address (terms, article 4.1.2): to that address, and good for no other."""
    person, proof = event.person, event.proof
    texts = MAILED[proof.why]
    if proof.why == "join":
        texts = (t("mail.confirm", name=person.first_name), *texts[1:])
    link, to = Link("email", proof.id), ToMail(person.id, proof.email)
    return [Notice(to, "confirm_email", texts, link=link, urgent=True)]


async def old_mailbox_is_told(event: EmailToProve, world: World) -> Sequence[Effect]:
    """Somebody may be changing it who is not them. Only where it was shown to be theirs; nothing of the new one."""
    person = event.person
    if event.proof.why != "change" or not person.email_confirmed:
        return []
    texts = (t("mail.leaving"), t("mail.leaving_why"))
    return [Notice(ToMail(person.id), "confirm_email", texts, urgent=True)]


async def old_ways_are_told(event: PhoneChanged, world: World) -> Sequence[Effect]:
    """Whoever did not do it objects at the desk (threat T3); at night, too. A number they no longer have may be a
    stranger's.
    """
    phone = world.desk.phone
    text = t("notice.number_changed", call=t("desk.call", phone=phone) if phone else t("desk.word"))
    to: list[Recipient] = [ToMail(event.person.id)] if event.person.email_confirmed else []
    if event.told is not None:
        to.append(ToPhone(event.told))
    return [Notice(each, "access", (text,), urgent=True) for each in to]


async def they_are_to_be_erased(event: ErasureAsked, world: World) -> Sequence[Effect]:
    """Or closed. Not in their own turn, which still writes: a worker's loop takes it up (`privacy.erasing`)."""
    return [Erase(event.person, event.closes)]


async def request_comes_to_the_desk(event: RequestMade, world: World) -> Sequence[Effect]:
    """A human answers; what was answered in the talk is only to be seen there."""
    subject = f"request:{event.kind}"
    return [Answered(event.contact, subject) if event.answered else Alarm("desk_privacy", event.contact, subject)]


async def request_is_worded(event: RequestWorded, world: World) -> Sequence[Effect]:
    return [Worded(event.contact, event.words)]


async def both_are_told_of_the_move(event: AppointmentMoved, world: World) -> Sequence[Effect]:
    """The new hour's worker, the old one's if it is another person, and the person when it was not their own doing."""
    new, old = event.appointment, event.old
    effects: list[Effect] = []
    if new.worker == old.worker:
        words = t("notice.moved_late") if event.late else t("notice.moved")
        effects.append(_refusable(await _to_worker(words.msgid, "moved", new, world, old=old.start), old))
    else:
        words = t("notice.gone_late") if event.late else t("notice.gone")
        effects.append(_refusable(await _to_worker(words.msgid, "cancelled", old, world), old))
        effects.append(await _to_worker(t("notice.booked").msgid, "booked", new, world))
    if event.by != "person":
        effects.append(await confirmed(new, "moved", world.booking))
    return effects


async def worker_is_told_of_the_return(event: AppointmentRestored, world: World) -> Sequence[Effect]:
    """The person has it as the answer to their own word."""
    return [await _to_worker(t("notice.restored").msgid, "booked", event.appointment, world)]


async def both_are_told_of_the_end(event: AppointmentCancelled, world: World) -> Sequence[Effect]:
    """Whoever did not do it. Why is nobody's business."""
    effects: list[Effect] = []
    if event.by != "worker":
        words = t("notice.gone_late") if event.appointment.late else t("notice.gone")
        notice = await _to_worker(words.msgid, "cancelled", event.appointment, world)
        effects.append(_refusable(notice, event.appointment))
    if event.by == "desk" and not event.told:
        text = t("notice.cancelled_for_you", start=event.appointment.start)
        until = event.appointment.end  # told afterwards it is of no use: rather a human calls
        to, soon = ToPerson(event.appointment.person), event.appointment.start - world.now < timedelta(hours=24)
        effects.append(Notice(to, "cancelled", (text,), expires_at=until, urgent=soon))
    return effects


def _refusable(notice: Notice, ended: Appointment) -> Notice:
    """Article 5.2: what was ended late comes with the choice."""
    return replace(notice, texts=(*notice.texts, MAY_REFUSE)) if ended.late else notice


async def old_is_dropped(event: AppointmentMoved, world: World) -> Sequence[Effect]:
    return [Drop(event.old.id)]


async def ended_is_dropped(event: AppointmentCancelled, world: World) -> Sequence[Effect]:
    return [Drop(event.appointment.id)]


async def desk_is_told(event: DeskNeeded, world: World) -> Sequence[Effect]:
    """With a number they want to be called: said to them where nobody has tried in time."""
    report = f"{REPORT}{event.report}" if event.report is not None else None
    about = f"hold:{event.hold.id}" if event.hold is not None else report
    alarm = Alarm(f"desk_{event.reason}", event.contact, about, event.phone)
    return [alarm, *human.call_is_awaited(event.contact, world)] if event.phone is not None else [alarm]


async def worker_is_asked_to_call(event: CallBackWanted, world: World) -> Sequence[Effect]:
    """The person's answer to a missed call, with the page to call them from; or that another hour will come."""
    appointment = event.appointment
    known = await world.booking.known(appointment.contact)
    name = known.person.first_name if known.person else ""
    text = t("notice.another_day", name=name) if event.at is None else t("notice.call_back", name=name, at=event.at)
    link = None if event.at is None else Link("worker", appointment.id)
    to = ToWorker(appointment.worker)
    return [Notice(to, "missed_call", (text,), appointment.id, link, appointment.end, urgent=True)]


async def guessing_is_told(event: CodesGuessed, world: World) -> Sequence[Effect]:
    return [Alarm("codes_guessed")]


async def their_end_is_told(event: CodesRanOut, world: World) -> Sequence[Effect]:
    return [Alarm("codes_ran_out")]


async def _to_worker(
    msgid: str, kind: Any, appointment: Appointment, world: World, **more: Text | datetime | str | int
) -> Notice:
    """A worker's notice names the motive; a late cancellation at once, a new booking when they are awake."""
    known = await world.booking.known(appointment.contact)
    text = Text(
        msgid,
        {
            "start": appointment.start,
            "name": known.person.first_name if known.person else "",
            "mode": MODES[appointment.mode],
            "motive": MOTIVES[appointment.motive],
            **more,
        },
    )
    soon = appointment.start - world.now < timedelta(hours=24)
    subject = None if kind == "cancelled" else appointment.id
    invitation = Invitation(appointment.id, "CANCEL" if kind == "cancelled" else "REQUEST")
    to, ends, old = ToWorker(appointment.worker), appointment.end, more.get("old")
    start = min(appointment.start, old) if isinstance(old, datetime) else appointment.start
    return Notice(to, kind, (text,), subject, expires_at=ends, urgent=soon, invitation=invitation, start=start)


async def confirmed(appointment: Appointment, kind: Any, booking: BookingCore) -> Notice:
    """A confirmation as a notice: others may read the screen, so it does not name the motive."""
    worker = await booking.worker(appointment.worker)
    assert worker is not None
    said = confirmation(appointment, worker)
    texts = (
        t(NOTICED[said.msgid].msgid, **{k: v for k, v in said.args.items() if k != "motive"}),
        t("confirmed.change"),
    )
    link = Link("appointment", appointment.id)
    return Notice(ToPerson(appointment.person), kind, texts, appointment.id, link, appointment.end, urgent=True)


# The new mailbox may be a stranger's: it learns no name.
MAILED: Final[Mapping[EmailWhy, tuple[Text, ...]]] = {
    "join": (t("mail.confirm"), t("mail.confirm_why")),
    "change": (t("mail.change"), t("mail.change_why")),
    "password": (t("mail.password"), t("mail.password_why")),
    "join_channel": (t("mail.confirm"), t("mail.confirm_why")),
}

NOTICED: Final[Mapping[str, Text]] = {
    "confirmed.phone": t("notice.yours_phone"),
    "confirmed.video": t("notice.yours_video"),
    "confirmed.in_person": t("notice.yours_in_person"),
}

REACTIONS: Final[Mapping[type, tuple[Reaction, ...]]] = {
    PersonJoined: (),  # whoever keeps people is told: `hooks.telling`
    PhoneChanged: (old_ways_are_told,),
    EmailToProve: (mail_is_to_be_confirmed, old_mailbox_is_told),
    ErasureAsked: (they_are_to_be_erased,),
    RequestMade: (request_comes_to_the_desk,),
    RequestWorded: (request_is_worded,),
    PersonErased: (),  # whoever holds copies is told: `hooks.telling`
    AppointmentBooked: (worker_is_told, person_is_told, person_is_invited, reminders_are_set, workday.day_is_set),
    AppointmentMoved: (
        old_is_dropped,
        both_are_told_of_the_move,
        person_is_invited,
        reminders_are_set,
        workday.day_is_set,
    ),
    AppointmentCancelled: (
        ended_is_dropped,
        both_are_told_of_the_end,
        other_hours_are_offered,
        person_is_uninvited,
        own_doing_follows,
    ),
    ModeChanged: (both_are_told_of_the_mode, person_is_invited, own_doing_follows),
    PersonLate: (worker_hears_of_late,),
    PersonHere: (worker_hears_of_here,),
    HoursOffered: (they_are_reminded,),
    NoHourToOffer: (silence_is_noticed,),
    HourProposed: (another_hour_is_proposed,),
    FurtherProposed: (further_hour_is_proposed,),
    OffersTaken: (offer_was_taken,),
    OffersDeclined: (offer_was_declined,),
    OffersLapsed: (nobody_answered,),
    AppointmentRestored: (worker_is_told_of_the_return, person_is_invited, reminders_are_set, workday.day_is_set),
    AppointmentConfirmed: (),  # the worker counts on them anyway
    HourOffered: (hour_is_offered,),
    HourGivenBack: (),
    WaitingOver: (end_is_told,),
    DeskNeeded: (desk_is_told,),
    ProofToSend: (code_goes_out,),
    ProofSettled: (code_is_emptied,),
    ChannelJoined: (channels_are_asked,),
    JoinMailed: (talk_goes_on,),
    ChannelParted: (it_is_parted,),
    DraftPassed: (draft_is_passed,),
    ClaimWaits: (others_are_asked,),
    ClaimAnswered: (who_claims_hears_of_it,),
    ClaimSettled: (others_are_told,),
    CodesGuessed: (guessing_is_told,),
    CodesRanOut: (their_end_is_told,),
    HoursOpened: (),
    EmailConfirmed: (what_comes_follows,),
    CalendarGiven: (),
    CallBackWanted: (worker_is_asked_to_call,),
    AppointmentNear: (workday.worker_is_reminded,),
    AttendanceDue: (workday.worker_is_asked,),
    AttendanceUnanswered: (workday.other_way_is_tried,),
    AttendanceAwaited: (workday.asked_once_more,),
    Attended: (workday.silence_is_over,),
    AttendanceSettled: (workday.person_is_asked,),
    NobodyCame: (workday.worker_is_called,),
    WaitsAgain: (workday.worker_is_told_to_try,),
    NoticesChosen: (workday.morning_is_set,),
    NoticesTried: (workday.trial_goes_out,),
    MessageWritten: (reader_is_told,),
    MessageReported: (),  # it calls the desk, too: `DeskNeeded`
    DocumentsSent: (worker_gets_the_link,),
    Decided: (person_is_told_what_was_decided,),
    SuspensionEnded: (person_is_told_of_its_end,),
    DecisionContested: (others_are_to_judge,),
    DecisionReviewed: (person_is_told_of_the_review,),
    ReportSettled: (worker_is_told_of_their_report,),
}
