"""Twilio's own words on SMS: which stop and start a number, and what Twilio answers before we hear of them."""

from typing import Final, Literal

Kind = Literal["STOP", "START", "HELP"]

# https://www.twilio.com/docs/messaging/guides/opt-out-keywords, the default ones: English.
DEFAULT: Final[dict[Kind, frozenset[str]]] = {
    "STOP": frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}),
    "START": frozenset({"START", "YES", "UNSTOP"}),
    "HELP": frozenset({"HELP", "INFO"}),
}
# Advanced Opt-Out with our words, as operators are told to set it up.
ADVANCED: Final[dict[Kind, frozenset[str]]] = {
    "STOP": frozenset({"STOP", "ARRET", "ARRÊT", "DESABONNER", "DESINSCRIRE"}),
    "START": frozenset({"START", "REPRENDRE"}),
    "HELP": frozenset({"AIDE", "CONTACT"}),
}
# Twilio's words, not ours: so they stand here and not in the catalogues.
ANSWERS: Final[dict[Kind, str]] = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def kind_of(text: str, *, advanced: bool) -> Kind | None:
    """Only a whole message counts, in any case."""
    said = text.strip().upper()
    return next((kind for kind, words in (ADVANCED if advanced else DEFAULT).items() if said in words), None)
