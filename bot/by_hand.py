"""What an operator must do at the providers' by hand, and why: no API of theirs does it, or tells whether it was done.

What is known to be missing is told by the providers' own settings; these are told each time. docs/going-live.md has the
whole story of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.settings import Settings
from handlers.channels.setting_up import ByHand

OVERSEAS: Final = "+262, +590, +594, +596, +508, +687, +689, +681"
STOP: Final = "STOP, ARRET, ARRÊT, DESABONNER, DESINSCRIRE"
START: Final = "START, REPRENDRE"
HELP: Final = "AIDE, CONTACT"


def texting(settings: Settings) -> Iterator[ByHand]:
    if not settings.sms_enabled:
        return
    yield ByHand(
        "sms sender",
        "order a two-way sender for France: a short code (38xxx, weeks ahead) or a 09 37-39 number",
        why="machines may not send from 06 and 07 (Arcep, decision 2022-1583), and nobody can answer a name",
    )
    yield ByHand(
        "sms countries",
        f"Twilio's console, Messaging > Settings > Geo permissions: France, {OVERSEAS}",
        why="each overseas territory is a country of its own there; without it, error 21408",
    )
    yield from _opt_out(settings)


def _opt_out(settings: Settings) -> Iterator[ByHand]:
    if settings.twilio_messaging_service_sid is None:
        todo = "put the number into a messaging service, name it in TWILIO_MESSAGING_SERVICE_SID, and see this again"
        why = (
            "only a service's opt-out words can be set; a number's are Twilio's own, English, CANCEL and END among them"
        )
    elif settings.twilio_opt_out == "advanced":
        todo = (
            f"see that Advanced Opt-Out has, for France: stop {STOP}; start {START}; help {HELP}; no CANCEL, END, QUIT"
        )
        why = "TWILIO_OPT_OUT=advanced leaves the answers to it, and a word that it does not know blocks nobody there"
    else:
        todo = (
            f"set Advanced Opt-Out, for France: stop {STOP}; start {START}; help {HELP}; take out CANCEL, END, QUIT, "
            "YES, INFO; then TWILIO_OPT_OUT=advanced"
        )
        why = "else Twilio answers STOP in English, and CANCEL, a word that people type to cancel, stops all messages"
    yield ByHand("sms opt-out words", todo, why=why)


def whatsapp(settings: Settings) -> Iterator[ByHand]:
    if not settings.whatsapp_enabled:
        return
    yield ByHand(
        "whatsapp sender",
        "have the business verified at Meta and the sender's name approved; collect consent to WhatsApp apart from SMS",
        why="Meta lets an unverified business write to few people a day, and demands consent of its own",
    )
    yield ByHand(
        "whatsapp templates",
        "look into Content Template Builder a day after: a rejected one needs other words and another name",
        why="Meta approves each, and only approved ones pass 24 hours after a person last wrote",
    )


def regions(settings: Settings) -> Iterator[ByHand]:
    if settings.sms_enabled and ".ie1." in settings.twilio_api_url:
        yield ByHand(
            "region of texts",
            "make TWILIO_API_KEY in region Ireland, and TWILIO_WHATSAPP_API_KEY, where WhatsApp is open, in region "
            "United States; name both regions' auth tokens, one of them in TWILIO_EXTRA_AUTH_TOKENS; in the console, "
            "set the number's region for incoming messages to Ireland",
            why="keys and tokens are a region's own, and what comes in by another region lies in that one",
        )
    if settings.whatsapp_enabled:
        yield ByHand(
            "region of whatsapp",
            "name Twilio (United States) and Meta in the register of processing and the privacy policy",
            why="WhatsApp exists in no other region of Twilio's",
        )


def calls(settings: Settings) -> Iterator[ByHand]:
    if not settings.calls_enabled:
        return
    yield ByHand(
        "calls' countries",
        f"Twilio's console, Voice > Settings > Geo permissions: France, {OVERSEAS}",
        why="they are apart from those of texts; without them, error 21215",
    )
    yield ByHand(
        "calls' number",
        "ask Twilio in writing that its calls are vouched for, and give it an answer for who calls back",
        why="operators cut or hide calls with a French number that nobody vouches for (law of 24 July 2020)",
    )


TOLD: Final[Sequence[Callable[[Settings], Iterator[ByHand]]]] = (texting, whatsapp, regions, calls)


def by_hand(settings: Settings) -> Iterator[ByHand]:
    for told in TOLD:
        yield from told(settings)
