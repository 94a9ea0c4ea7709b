"""What is not text, in a talk: a picture or a document is taken where a worker is known who would read it.

It is fetched elsewhere, after the turn, and asked about once it is here (`flows/handing.py`): several that come
together are thanked once, and asked about once. A file without an id at its provider cannot be fetched: there the page
for documents is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from booking.documents import Expected, TooManyDocuments
from conversations.exchange import written_to
from conversations.flows import account
from conversations.flows.documents import PAPERS, way
from conversations.flows.handing import DROPPED
from conversations.model import FileRef, Input
from conversations.normal import fold
from conversations.recognise import by_number
from conversations.talk import Talk
from conversations.text import Text, t

RIGHT_AFTER: Final = timedelta(minutes=10)  # after a no, a yes speaks of the same
TOGETHER: Final = timedelta(minutes=2)  # so long what came before may still be on its way


async def files(talk: Talk, came: Input) -> bool:
    """What is not text is thanked, not ignored, whatever stands under it: it is taken before that is heard, or nobody
    would see to it. A talk with the desk says what becomes of it there. False: there are words to be heard.
    """
    if not came.files or talk.mode == "human":
        return False
    await take(talk, came.files, alone=not came.text)
    return not came.text


async def names_the_file(talk: Talk, came: Input) -> bool:
    """ "2", or "document", under a file that is taken: a page's number, or what it is; no answer and no wish."""
    if not talk.files or free(talk):
        return False
    if by_number(came.text, talk.c.words) is None and fold(came.text) not in talk.c.words("words.command.documents"):
        return False
    talk.says.append(t("media.caption"))
    return True


def free(talk: Talk) -> bool:
    """Whether the question takes any text, which stays with us and does not tell of what is sent."""
    if talk.prompt is None or talk.prompt.flow == "handing":
        return False
    return talk.prompt.free and not written_to(talk)


async def changed_mind(talk: Talk, came: Input) -> bool:
    """A yes, right after the no that deleted what they sent: it speaks of that, and nothing is there to be sent."""
    at = talk.facts.get(DROPPED)
    if at is None or talk.prompt is not None or fold(came.text) not in talk.c.words("words.yes"):
        return False
    del talk.facts[DROPPED]
    if talk.c.now - datetime.fromisoformat(at) > RIGHT_AFTER:
        return False
    talk.says.append(t("handing.gone"))
    talk.ended = True
    return True


async def take(talk: Talk, files: Sequence[FileRef], *, alone: bool) -> None:
    """Says what becomes of them. `alone`: nothing was written under them."""
    papers = [file for file in files if file.kind in PAPERS]
    if talk.c.contact.role == "worker" and papers:
        talk.says.append(t("media.worker"))
        return
    if not papers:
        talk.says.append(t("media.voice") if files[0].kind == "voice" else t("media.other"))
        return
    if not all(file.id for file in papers):
        await _by_the_page(talk)
        return
    await _expected(talk, papers, alone=alone)


async def _by_the_page(talk: Talk) -> None:
    said, link = await way(talk.c)
    if link is None:
        talk.says.append(_nobody(talk))
        return
    talk.says.extend((t("media.not_here"), said))
    talk.link, talk.ended = link, True


async def _expected(talk: Talk, papers: Sequence[FileRef], *, alone: bool) -> None:
    c, coming = talk.c, await _under_way(talk)
    for file in papers:
        found = await c.booking.expect_document(c.contact.id)
        if isinstance(found, Expected):
            talk.files[file.id] = found.document.id
            continue
        talk.says.append(_too_many(talk) if isinstance(found, TooManyDocuments) else _nobody(talk))
        break
    if not talk.files:
        return
    talk.ended = True  # nothing else was asked
    if not coming:
        talk.says.append(t("media.coming"))
    talk.silent = alone and not talk.says


def _too_many(talk: Talk) -> Text:
    talk.ended = True  # nothing else was asked
    return t("documents.too_many")


def _nobody(talk: Talk) -> Text:
    """There is no worker to send it to; or their account is suspended."""
    if talk.c.known.suspension is not None:
        talk.ended = True  # the menu would say it once more
        return account.suspended(talk.c, talk.c.known.suspension)
    return t("media.document")


async def _under_way(talk: Talk) -> bool:
    """Whether something that came just before is not here yet: the thanks for it, and the question, are for both."""
    theirs = await talk.c.booking.documents_of(talk.c.contact.id)
    since = talk.c.now - TOGETHER
    return any(one.status == "coming" and one.contact == talk.c.contact.id and one.came >= since for one in theirs)


async def stops_sending(talk: Talk) -> None:
    """Whoever silences us sends nothing further: what came and was not handed over is deleted, unasked."""
    await talk.c.booking.give_up_documents(talk.c.contact.id)
    talk.frames = [frame for frame in talk.frames if frame.flow != "handing"]
