"""What is said and done in a call, as TwiML: https://www.twilio.com/docs/voice/twiml. Nothing is ever recorded.

the worker picks up  →  greeting: who is called, "press 1"   no key, or twice a wrong one: the call ends, so that
                                                             no voicemail is ever put through to a person
1  →  connect: the person's telephone rings, our number on its screen; whoever picks up hears who calls, and is put
      through without pressing anything
the person's leg ends  →  farewell: what it came to, and what to do next
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from conversations.text import Text, t

KEY: Final = "1"
PATIENCE: Final = 8  # seconds for a key, once all is said
RINGING: Final = 25  # seconds: the voicemails of French operators answer after 20 to 30
QUESTIONS: Final = 2  # how often the key is asked for

At = Callable[..., str]  # (step, question) -> its address


@dataclass(frozen=True, slots=True)
class Voiced:
    """Words in one language, and how that language is named to a machine that reads aloud."""

    say: Callable[[Text], str]

    @property
    def language(self) -> str:
        return self.say(t("call.language"))


def greeting(voiced: Voiced, words: Sequence[Text], at: At, question: int = 1) -> str:
    """Says `words` twice, since who picks up in a hurry has missed the first ones, and waits for the key."""
    twiml = VoiceResponse()
    gather = Gather(num_digits=1, action=at("pressed", question), method="POST", timeout=PATIENCE)
    for _ in range(2):
        _say(gather, voiced, words)
        gather.pause(length=1)
    twiml.append(gather)
    _say(twiml, voiced, [t("call.no_key")])
    twiml.hangup()
    return str(twiml)


def connect(voiced: Voiced, number: str, caller: str, limit: timedelta, at: At) -> str:
    """Rings the person. The worker hears it ringing until the two are put through."""
    twiml = VoiceResponse()
    _say(twiml, voiced, [t("call.connecting")])
    dial = Dial(
        caller_id=caller,
        answer_on_bridge=True,
        timeout=RINGING,
        time_limit=int(limit.total_seconds()),
        action=at("dialled"),
        method="POST",
    )
    dial.number(number, url=at("whisper"), method="POST")
    twiml.append(dial)
    return str(twiml)


def spoken(voiced: Voiced, words: Sequence[Text], *, hang_up: bool) -> str:
    """Only words. Without hanging up: in the person's ear, who is put through when they are said."""
    twiml = VoiceResponse()
    _say(twiml, voiced, words)
    if hang_up:
        twiml.hangup()
    return str(twiml)


def nothing() -> str:
    """Of no call of ours."""
    return str(VoiceResponse())


def _say(verb: VoiceResponse | Gather, voiced: Voiced, words: Sequence[Text]) -> None:
    for text in words:
        verb.say(voiced.say(text), language=voiced.language)
