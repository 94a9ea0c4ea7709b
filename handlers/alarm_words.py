"""What each alarm says to a human: what happened, and what to do. In the console, and in the mail to ALERT_TO.

Nobody's name or number, and no value at all. The codes themselves are for monitoring: docs/operating.md, Alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conversations.text import Text, t

ALARMS: Final[Mapping[str, Text]] = {
    # about one person or message
    "nobody_to_tell": t("alarm.nobody_to_tell"),
    "nobody_reached": t("alarm.nobody_reached"),
    "notice_not_sent": t("alarm.notice_not_sent"),
    "notice_late": t("alarm.notice_late"),
    "message_unknown": t("alarm.message_unknown"),
    "delivery_failed": t("alarm.delivery_failed"),
    "inbox_parked": t("alarm.inbox_parked"),
    "offer_unanswered": t("alarm.offer_unanswered"),
    "reminder_without_worker": t("alarm.reminder_without_worker"),
    "worker_silent": t("alarm.worker_silent"),
    "nobody_came": t("alarm.nobody_came"),
    "ticket_unanswered": t("alarm.ticket_unanswered"),
    "desk_danger": t("alarm.desk_danger"),
    "desk_human": t("alarm.desk_human"),
    "desk_call_back": t("alarm.desk_call_back"),
    "desk_no_email": t("alarm.desk_no_email"),
    "desk_no_hour": t("alarm.desk_no_hour"),
    "desk_not_me": t("alarm.desk_not_me"),
    "desk_claim": t("alarm.desk_claim"),
    "desk_shared_phone": t("alarm.desk_shared_phone"),
    "desk_privacy": t("alarm.desk_privacy"),
    "desk_terms": t("alarm.desk_terms"),
    "desk_too_many_tries": t("alarm.desk_too_many_tries"),
    "desk_suspended": t("alarm.desk_suspended"),
    "desk_report": t("alarm.desk_report"),
    "desk_contest": t("alarm.desk_contest"),
    # about a provider, a setting or the calendar
    "sender_stopped": t("alarm.sender_stopped"),
    "sender_slow": t("alarm.sender_slow"),
    "provider_refused": t("alarm.provider_refused"),
    "not_delivered": t("alarm.not_delivered"),
    "call_refused": t("alarm.call_refused"),
    "no_free_hour": t("alarm.no_free_hour"),
    "logins": t("alarm.logins"),
    "hook_failing": t("alarm.hook_failing"),
    "codes_guessed": t("alarm.codes_guessed"),
    "codes_ran_out": t("alarm.codes_ran_out"),
    "spending": t("alarm.spending"),
    "media_unfetched": t("alarm.media_unfetched"),
    "media_undeleted": t("alarm.media_undeleted"),
    "words_lost": t("alarm.words_lost"),
    "hold_review": t("alarm.hold_review"),
    "erasing_late": t("alarm.erasing_late"),
    # what stands until it is over
    "copies_late": t("alarm.copies_late"),
    "webhook_unset": t("alarm.webhook_unset"),
    "webhook_changed": t("alarm.webhook_changed"),
    "webhook_failing": t("alarm.webhook_failing"),
    "backlog": t("alarm.backlog"),
    "inbox_backlog": t("alarm.inbox_backlog"),
    "provider_unreached": t("alarm.provider_unreached"),
    "log_unread": t("alarm.log_unread"),
}


def alarm_words(code: str) -> Text:
    """Of a code without words, its name: one that another release left in the database."""
    return ALARMS.get(code) or t("console.kind.other", name=code)
