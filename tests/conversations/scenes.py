"""Each step of each flow, and how a person comes to it: what the generated tests are generated from."""

from __future__ import annotations

from typing import Final

from tests.conversations.script import CUE, answer, raised
from tests.conversations.stage import Stage

ENGLISH: Final = {
    "bonjour": "hello",
    "rappel": "call me",
    "signaler": "flag",
    "contester": "contest",
    "mes données": "my data",
    "mon profil": "my profile",
    "effacer mon compte": "erase my account",
    "j'ai déjà un compte": "i already have an account",
    "mes rendez-vous": "my appointments",
    "pas moi": "not me",
    "fermer mon compte": "close my account",
    "geler mon compte": "freeze my account",
    "proposer Camille 18h": "suggest Camille 6 pm",
    "absent jeudi": "away thursday",
} | {
    "aujourd'hui": "today",
    "demain": "tomorrow",
    "ouvrir mardi 9h-19h": "open tuesday 9 am to 7 pm",
    "semaine": "week",
}

STRANGER: Final = "clock: 2026-03-02 10:00"
KNOWN: Final = STRANGER + "\nknown: Camille Dubois\nbooked: 2026-03-05 09:00"
FAR: Final = STRANGER + "\nknown: Camille Dubois\nbooked: 2026-03-26 09:00"
TWO: Final = KNOWN + ", 2026-03-10 14:00"
BOTH_REMINDED: Final = KNOWN + ", 2026-03-06 14:00"
HELPED: Final = STRANGER + "\nhelped: Camille Dubois\nbooked: 2026-03-05 09:00"
TELEGRAM: Final = STRANGER + "\nchannel: telegram"
HIDDEN: Final = STRANGER + "\nchannel: whatsapp-id"
CLAIMS: Final = STRANGER + "\nclaims: yes"
WORKER: Final = STRANGER + "\nrole: worker"
WORKS: Final = KNOWN + "\nrole: worker"

VIDEO: Final = "clock: 2026-03-04 10:00\nknown: Camille Dubois\nbooked: 2026-03-05 09:00\nmode: video"
FAILS: Final = ("! it is 2026-03-05 08:55", "la vidéo ne marche pas")

CODE: Final = ("PORTS-7KQM-4XTD",)
SLOT: Final = (*CODE, "1")
TERMS: Final = (*SLOT, "1")
NAME: Final = (*TERMS, "1")
EMAIL: Final = (*NAME, "Camille Dubois")
SUMMARY: Final = (*EMAIL, "camille@example.org")

GONE: Final = ("claire> annuler", "claire> 1")
WAITS: Final = ("! every hour is taken", *SLOT, "1")

# The same one has an account, on another channel.
BY_SMS: Final = tuple(f"sms> {said}" for said in (*SUMMARY, "1"))

WARNED: Final = "! the desk warns them: Trop de mots durs."

SCENES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "menu.choice": (KNOWN, ("menu",)),
    "book.code": (STRANGER, ("bonjour",)),
    "book.motive": (STRANGER, CODE),
    "book.slot": (STRANGER, SLOT),
    "book.dates": (STRANGER, (*SLOT, "4")),
    "book.mode_choice": (STRANGER, (*SLOT, "5")),
    "book.worker_choice": (STRANGER, (*SLOT, "6")),
    "book.phone": (TELEGRAM, NAME),
    "book.proof": (HIDDEN, (*CODE, "1", "par téléphone", "1", "1", "06 39 98 00 12")),
    "book.own_account": (TELEGRAM, (*BY_SMS, *NAME, "(contact)")),
    "book.terms": (STRANGER, TERMS),
    "book.name": (STRANGER, NAME),
    "book.email": (STRANGER, EMAIL),
    "book.summary": (STRANGER, SUMMARY),
    "book.change": (STRANGER, (*SUMMARY, "2")),
    "cancel.which": (TWO, ("annuler",)),
    "cancel.sure": (KNOWN, ("annuler",)),
    "move.which": (TWO, ("déplacer",)),
    "move.slot": (KNOWN, ("déplacer",)),
    "move.dates": (KNOWN, ("déplacer", "4")),
    "move.mode_choice": (KNOWN, ("déplacer", "5")),
    "move.worker_choice": (KNOWN, ("déplacer", "6", "6")),
    "move.sure": (KNOWN, ("déplacer", "1")),
    "reminded.which": (BOTH_REMINDED, ("! it is 2026-03-04 15:00", "ok")),
    "earlier.which": (TWO, ("plus tôt",)),
    "waiting.stay": (STRANGER, (*WAITS, "attente")),
    "freed.take": (STRANGER, (*WAITS, "! 2026-03-05 09:00 becomes free")),
    "resume.go_on": (STRANGER, (*SLOT, "! 1 day pass", "bonjour")),
    "missed_call.choice": (KNOWN, ("! it is 2026-03-05 09:02", "! the worker calls and nobody answers")),
    "language.lang": (KNOWN, ("langue",)),
    "call_back.phone": (HIDDEN, ("bonjour", "rappel")),
    "video_fails.phone": (f"{VIDEO}\nchannel: whatsapp-id", FAILS),
    "video_fails.proof": (f"{VIDEO}\nchannel: whatsapp-id", (*FAILS, "06 39 98 00 12")),
    "video_fails.instead": (VIDEO, ("! nobody telephones any more", *FAILS)),
    "nobody.then": (KNOWN, ("! it is 2026-03-05 09:05", "personne n'est là")),
    "feedback.score": (KNOWN, ("! it is 2026-03-06 10:00",)),
    "feedback.words": (KNOWN, ("! it is 2026-03-06 10:00", "5")),
    "missed.again": (KNOWN, ("! it is 2026-03-05 09:10", "claire> 3", "! it is 2026-03-06 10:00")),
    "danger.now": (STRANGER, (*SLOT, "j'en peux plus")),
    "replaced.choice": (KNOWN, GONE),
    "replaced.terms": (KNOWN, (*GONE[:-1], "! the terms change", GONE[-1], "1")),
    "proposed.choice": (KNOWN, ("claire> proposer Camille vendredi 10h",)),
    "contest.words": (KNOWN, (WARNED, "contester")),
    "join.phone": (STRANGER, ("j'ai déjà un compte",)),
    "join.proof": (STRANGER, ("j'ai déjà un compte", "06 39 98 00 12")),
    "channel_joined.you": (
        KNOWN,
        ("mes rendez-vous", "telegram> j'ai déjà un compte", "telegram> 06 39 98 00 11", "telegram> (the code)"),
    ),
    "draft_offered.go_on": (
        TELEGRAM,
        (*BY_SMS, "sms> rdv", "sms> 1", "sms> 1", "j'ai déjà un compte", "06 39 98 00 11", "(the code)"),
    ),
    "my_data.what": (KNOWN, ("mes données",)),
    "my_data.words": (KNOWN, ("mes données", "7")),
    "profile.what": (KNOWN, ("mon profil",)),
    "profile.name": (KNOWN, ("mon profil", "1")),
    "profile.mail": (KNOWN, ("mon profil", "2")),
    "profile.address": (KNOWN, ("mon profil", "2", "2")),
    "profile.code": (KNOWN, ("mon profil", "2", "2", "camille.dubois@example.org")),
    "freeze.sure": (KNOWN, ("geler mon compte",)),
    "object.sure": (KNOWN, ("mes données", "5")),
    "death.wish": (KNOWN, ("mes données", "6")),
    "death.trusted": (KNOWN, ("mes données", "6", "2")),
    "copy.proof_sent": (KNOWN, ("! they also write by Telegram", "mes données", "1")),
    "copy.proven": (KNOWN, ("! they also write by Telegram", "mes données", "1", "1")),
    "profile.number": (KNOWN, ("mon profil", "3")),
    "profile.old": (KNOWN, ("mon profil", "3", "06 39 98 00 12")),
    "profile.old_code": (KNOWN, ("mon profil", "3", "06 39 98 00 12", "1")),
    "profile.new_code": (f"{KNOWN}\nchannel: telegram", ("mon profil", "3", "06 39 98 00 12")),
    "erase.sure": (KNOWN, ("effacer mon compte",)),
    "erase.code": (KNOWN, ("effacer mon compte", "1")),
    "not_me.why": (KNOWN, ("pas moi",)),
    "still_me.who": (CLAIMS, ("bonjour",)),
    "still_me.sent": (CLAIMS, ("bonjour", "1")),
    "still_me.other": (CLAIMS, ("bonjour", "1", "2")),
    "claimed.answer": (KNOWN, ("! somebody claims to be them",)),
    "close.sure": (KNOWN, ("fermer mon compte",)),
    "close.code": (KNOWN, ("fermer mon compte", "1")),
    "message.about": (TWO, ("message",)),
    "message.text": (KNOWN, ("message",)),
    "message.sure": (KNOWN, ("message", "oui")),
    "messages.about": (TWO, ("mes messages",)),
    "handing.to": (KNOWN, ("(mms)", "! what was sent arrives")),
    "one_more.choice": (KNOWN, ("claire> revoir Camille vendredi 10h",)),
    "terms.terms": (HELPED, ("bonjour",)),
    "one_more.terms": (KNOWN, ("! the terms change", "claire> revoir Camille vendredi 10h", "1")),
}

MEETS: Final = "! Camille Dubois has an appointment at 2026-03-05 09:00"
LATE: Final = ("! Camille Dubois has an appointment at 2026-03-03 09:00", "camille> annuler", "camille> 2")
LATE_TWICE: Final = (*LATE, "! Sam Leroy has an appointment at 2026-03-03 09:00", "sam> annuler", "sam> 2")

NAMES: Final = (
    "Camille",
    "Sam",
    "Zoe",
    "Alexandrine",
    "Maximilienne",
    "Bartholomé",
    "Emmanuelle",
    "Constantin",
    "Lea",
    "Jo",
)


# More hours in a day than an SMS of two parts holds.
FULL: Final = (
    "ouvrir mardi 9h-19h",
    "1",
    *(f"! {name} Leroy has an appointment at 2026-03-03 {hour:02}:00" for hour, name in enumerate(NAMES, 9)),
)


# A social worker's steps, who have words of their own.
WORKERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "agenda.rest": (WORKER, (*FULL, "! 1 day pass", "aujourd'hui")),
    "agenda_tomorrow.rest": (WORKER, (*FULL, "demain")),
    "agenda_week.rest": (WORKER, (*FULL, "semaine")),
    "worker_cancel.which": (WORKER, (MEETS, "! Sam Leroy has an appointment at 2026-03-05 10:00", "annuler")),
    "worker_cancel.sure": (WORKER, (MEETS, "annuler")),
    "absent.when": (WORKER, ("absent",)),
    "absent.sure": (WORKER, (MEETS, "absent jeudi")),
    "propose.which": (WORKER, (MEETS, "! Sam Leroy has an appointment at 2026-03-05 10:00", "proposer")),
    "propose.when": (WORKER, (MEETS, "proposer")),
    "propose.outside": (WORKER, (MEETS, "proposer Camille 18h")),
    "further.which": (WORKER, (MEETS, "! Sam Leroy has an appointment at 2026-03-05 10:00", "revoir")),
    "further.when": (WORKER, (MEETS, "revoir Camille")),
    "further.outside": (WORKER, (MEETS, "revoir Camille vendredi 18h")),
    "refuse.which": (WORKER, (*LATE_TWICE, "refuser")),
    "refuse.sure": (WORKER, (*LATE, "refuser")),
    "report.about": (WORKER, (MEETS, "! Sam Leroy has an appointment at 2026-03-05 10:00", "signaler")),
    "report.sure": (WORKER, (MEETS, "signaler")),
    "calendar.meant": (WORKER, ("https://example.org/aides",)),
    "accept_again.which": (WORKER, (*LATE_TWICE, "accepter")),
    "attend.there": (WORKS, ("! it is 2026-03-05 09:10",)),
    "notices.level": (WORKER, ("notifications",)),
    "refusals.lift": (WORKER, (*LATE, "refuser", "1", "refus")),
    "block.times": (WORKER, ("bloquer",)),
    "block.sure": (WORKER, ("bloquer mercredi 14h-16h",)),
    "unblock.times": (WORKER, ("débloquer",)),
    "open_hours.times": (WORKER, ("ouvrir",)),
    "open_hours.sure": (WORKER, ("ouvrir samedi 9h-12h",)),
    "own_times.which": (WORKER, ("bloquer mercredi 14h-16h", "1", "blocages")),
}

# Steps that are asked once more in another dress.
BESIDES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "menu.choice of a stranger": (STRANGER, ("menu",)),
    "book.slot with nothing free": (STRANGER, (*SLOT, "dimanche")),
    "replaced.choice with nothing free": (KNOWN, ("! nobody works any more", *GONE)),
    "book.slot with a worker": (STRANGER, (*SLOT, "avec Claire")),
    "book.phone by typing": (HIDDEN, (*CODE, "1", "par téléphone", "1", "1")),
    "freed.take of an earlier hour": (FAR, ("! every hour is taken", "plus tôt", "! 2026-03-05 09:00 becomes free")),
    "book.change of a known person": (STRANGER + "\nknown: Camille Dubois", ("dettes", "1", "2")),
    "video_fails.phone by the button": (f"{VIDEO}\nchannel: telegram", FAILS),
    "video_fails.instead when it has begun": (
        VIDEO,
        ("! nobody telephones any more", "! it is 2026-03-05 09:10", "la vidéo ne marche pas"),
    ),
    "cancel.sure with nothing else free": (KNOWN, ("! nobody works any more", "annuler")),
    "cancel.sure shortly before": (STRANGER + "\nknown: Camille Dubois\nbooked: 2026-03-03 09:00", ("annuler",)),
    "reminded.which while a question is open": (
        STRANGER + "\nknown: Camille Dubois\nbooked: 2026-03-05 09:00",
        ("déplacer", "1", "! it is 2026-03-03 10:00", "ok"),
    ),
    "resume.go_on with a move": (KNOWN, ("déplacer", "mercredi", "! 7 hours pass", "bonjour")),
    "language.lang of a worker": (WORKER, ("langue",)),
}
STEPS: Final = {**SCENES, **WORKERS}
ALL: Final = {**STEPS, **BESIDES}


def reached(scene: str, lang: str = "fr") -> Stage:
    """A stage on which the step's question stands, in a language."""
    header, cues = ALL[scene]
    stage = raised(f"{header}\nlang: {lang}")
    for cue in cues:
        said = ENGLISH.get(cue, cue) if lang == "en" else cue
        answer(stage, said if CUE.match(said) else f"> {said}")
    assert (stage.step, stage.contact.lang) == (scene.split(" ", maxsplit=1)[0], lang)
    return stage
