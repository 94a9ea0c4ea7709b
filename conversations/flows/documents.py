"""Documents for one's worker: the page by which they are sent, from any channel, camera or files."""

from __future__ import annotations

from typing import Final

from conversations.flows import account
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import Text, t

PAPERS: Final = frozenset({"image", "document"})  # kinds of `FileRef`


async def way(c: Context) -> tuple[Text, Link | None]:
    """How they send something, to whom; without a worker there is nobody who would read it. A new link each day."""
    if (shut := account.not_while_suspended(c)) is not None and shut.say is not None:
        return shut.say, None
    readers = await c.booking.document_readers(c.contact.id)
    workers = [await c.booking.worker(one.worker) for one in readers]
    names = [worker.first_name for worker in workers if worker is not None]
    if not names:
        return t("documents.nobody"), None
    link = Link("upload", f"{c.contact.id}.{c.now:%Y%m%d}")
    if len(names) > 1:
        return t("documents.page_several"), link
    return t("documents.page", worker=names[0]), link


async def finish(c: Context) -> Outcome:
    said, link = await way(c)
    return Finish(said, link=link)


DOCUMENTS = Flow("documents", version=1, steps=(), finish=finish)
