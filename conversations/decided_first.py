"""What was decided about somebody is shown before the answer to their next message, whatever it says (safety G18): who
was told that something waits may not know which word shows it, or was never reached. Danger and STOP come before.
"""

from __future__ import annotations

from conversations.flows import decided
from conversations.flows.reading import waits
from conversations.model import Input
from conversations.normal import fold
from conversations.talk import Talk
from conversations.text import t


async def decided_first(talk: Talk, came: Input) -> bool:
    """True: to read it was all that they wanted. Who contests it has found the word, and is not told it again."""
    if not await shown(talk):
        return False
    said = fold(came.text)
    if said in talk.c.words("words.command.contest"):
        talk.says = [text for text in talk.says if text != t("decision.contest")]
    if said not in talk.c.words("words.command.read"):
        return False
    talk.says.extend(await waits(talk.c))
    talk.ended, talk.rests = True, talk.mode == "human"
    return True


async def shown(talk: Talk) -> bool:
    """It counts as read."""
    person = talk.c.known.person
    if person is None or not talk.c.known.unread:
        return False
    talk.says.extend(decided.unread(talk.c))
    await talk.c.booking.decisions_read(person.id)
    talk.trace.append(("decision", "waited", "shown"))
    return True
