"""The contents page of the talks: one line a flow, one file a flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conversations.flows.appointments import APPOINTMENTS
from conversations.flows.book import BOOK
from conversations.flows.cancel import CANCEL
from conversations.flows.channels import CHANNEL_JOINED, CHANNEL_PARTED
from conversations.flows.close import CLOSE
from conversations.flows.contest import CONTEST
from conversations.flows.danger import DANGER
from conversations.flows.decided import DECISION
from conversations.flows.desk import CALL_LATE, DESK_CALLED, DESK_HANDS_BACK, DESK_LATE, DESK_SAYS, DESK_TAKES
from conversations.flows.discreet import DISCREET, DISCREET_OFF
from conversations.flows.documents import DOCUMENTS
from conversations.flows.drafts import DRAFT_GIVEN, DRAFT_OFFERED, DRAFT_WANTED
from conversations.flows.due import DUE_AFTER, DUE_ATTENDANCE, DUE_NEAR, DUE_SILENCE, DUE_UNMET
from conversations.flows.earlier import EARLIER
from conversations.flows.erase import ERASE
from conversations.flows.feedback import FEEDBACK
from conversations.flows.handing import HANDING
from conversations.flows.here import HERE
from conversations.flows.human import CALL_BACK, HUMAN
from conversations.flows.join import JOIN, JOIN_MAILED
from conversations.flows.language import LANGUAGE
from conversations.flows.late import LATE
from conversations.flows.menu import MENU
from conversations.flows.messages import MESSAGE
from conversations.flows.missed import MISSED
from conversations.flows.missed_call import MISSED_CALL
from conversations.flows.move import MOVE
from conversations.flows.my_data import MY_DATA
from conversations.flows.nobody import NOBODY
from conversations.flows.not_me import NOT_ME
from conversations.flows.one_more import ONE_MORE, ONE_MORE_OVER
from conversations.flows.private import PRIVATE
from conversations.flows.profile import PROFILE
from conversations.flows.proposed import PROPOSED, PROPOSED_OVER
from conversations.flows.reading import MESSAGES, READ
from conversations.flows.reminded import REMINDED
from conversations.flows.replaced import REPLACED, REPLACED_AGAIN, REPLACED_OVER
from conversations.flows.requests import REQUEST_EXTENDED, REQUEST_REFUSED
from conversations.flows.resume import RESUME
from conversations.flows.rights import COPY, DEATH, FREEZE, FROZEN, OBJECT
from conversations.flows.still_me import CLAIM_OVER, CLAIMED, STILL_ME
from conversations.flows.terms import TERMS
from conversations.flows.undo import UNDO
from conversations.flows.video_fails import VIDEO_FAILS
from conversations.flows.waiting import FREED, WAITING, WAITING_OVER
from conversations.flows.worker.absent import ABSENT
from conversations.flows.worker.agenda import AGENDA, AGENDA_NEXT, AGENDA_TOMORROW, AGENDA_WEEK
from conversations.flows.worker.attend import ATTEND
from conversations.flows.worker.block import BLOCK, UNBLOCK
from conversations.flows.worker.calendar import CALENDAR, CALENDAR_FORGET
from conversations.flows.worker.cancel import WORKER_CANCEL
from conversations.flows.worker.further import FURTHER
from conversations.flows.worker.join import JOIN_TELEGRAM, JOIN_WHATSAPP
from conversations.flows.worker.joined import JOINED
from conversations.flows.worker.notices import NOTICES
from conversations.flows.worker.open_hours import OPEN_HOURS, OWN_TIMES
from conversations.flows.worker.propose import PROPOSE
from conversations.flows.worker.refuse import ACCEPT_AGAIN, REFUSALS, REFUSE
from conversations.flows.worker.report import REPORT
from conversations.flows.worker.trial import TRIAL
from conversations.model import Flow

FLOWS: Final[Mapping[str, Flow]] = {
    flow.name: flow
    for flow in (
        MENU,
        BOOK,
        APPOINTMENTS,
        CANCEL,
        MOVE,
        UNDO,
        REMINDED,
        EARLIER,
        WAITING,
        FREED,
        WAITING_OVER,
        RESUME,
        TERMS,
        LANGUAGE,
        HUMAN,
        CALL_BACK,
        PRIVATE,
        MY_DATA,
        PROFILE,
        ERASE,
        CLOSE,
        FREEZE,
        FROZEN,
        OBJECT,
        DEATH,
        COPY,
        CONTEST,
        NOT_ME,
        JOIN,
        JOIN_MAILED,
        CHANNEL_JOINED,
        CHANNEL_PARTED,
        DRAFT_OFFERED,
        DRAFT_WANTED,
        DRAFT_GIVEN,
        DISCREET,
        DISCREET_OFF,
        STILL_ME,
        CLAIMED,
        CLAIM_OVER,
        MISSED_CALL,
        DANGER,
        DECISION,
        LATE,
        HERE,
        VIDEO_FAILS,
        REPLACED,
        REPLACED_AGAIN,
        REPLACED_OVER,
        PROPOSED,
        PROPOSED_OVER,
        ONE_MORE,
        ONE_MORE_OVER,
        NOBODY,
        FEEDBACK,
        MISSED,
        # what the desk does
        DESK_TAKES,
        DESK_SAYS,
        DESK_HANDS_BACK,
        DESK_LATE,
        DESK_CALLED,
        REQUEST_EXTENDED,
        REQUEST_REFUSED,
        CALL_LATE,
        MESSAGE,
        READ,
        MESSAGES,
        DOCUMENTS,
        HANDING,
        # what is due by the clock
        DUE_NEAR,
        DUE_ATTENDANCE,
        DUE_SILENCE,
        DUE_AFTER,
        DUE_UNMET,
        # a social worker's
        AGENDA,
        AGENDA_TOMORROW,
        AGENDA_WEEK,
        BLOCK,
        UNBLOCK,
        OPEN_HOURS,
        OWN_TIMES,
        CALENDAR,
        CALENDAR_FORGET,
        AGENDA_NEXT,
        ATTEND,
        NOTICES,
        TRIAL,
        JOIN_TELEGRAM,
        JOIN_WHATSAPP,
        JOINED,
        WORKER_CANCEL,
        ABSENT,
        PROPOSE,
        FURTHER,
        REFUSE,
        ACCEPT_AGAIN,
        REFUSALS,
        REPORT,
    )
}
