"""What a choice is called where its label must be short: WhatsApp's buttons hold 20 signs, the lines of its lists 24.

The longer label is used wherever it fits. One that fits neither way may be two lines in a list: a title, and smaller
under it what tells more. A short one, or a title, that comes back as text (WhatsApp may send a title without its id) is
understood like the label itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conversations.text import Text, t

SHORT: Final[Mapping[str, Text]] = {
    "slot.label": t("slot.label.short"),
    "slot.other_mode": t("slot.other_mode.short"),
    "slot.any_worker": t("slot.any_worker.short"),
    "slot.wait": t("slot.wait.short"),
    "change.mode": t("change.mode.short"),
    "menu.waiting": t("menu.waiting.short"),
    "terms.accept": t("terms.accept.short"),  # of the release before
    "missed_call.again": t("missed_call.again.short"),
    "proposed.keep": t("proposed.keep.short"),
    "block.absent": t("block.absent.short"),
    "message.label": t("message.label.short"),
    "message.label_former": t("message.label_former.short"),
}
# Title and what stands under it.
TWO_LINES: Final[Mapping[str, tuple[Text, Text]]] = {
    "replaced.label": (t("slot.label"), t("line.with")),
    "worker.label": (t("line.name"), t("line.bio")),
    "worker.which_label": (t("slot.label"), t("line.name")),
    "refuse.label": (t("line.name"), t("slot.label")),
    "refusals.label": (t("line.name"), t("line.until")),
}


def short(label: Text) -> Text | None:
    """Another wording of the same, with the same values."""
    found = SHORT.get(label.msgid)
    return None if found is None else Text(found.msgid, label.args)


def wordings(label: Text) -> list[Text]:
    """The label, and its short form if it has one."""
    return [label, *filter(None, [short(label)])]


def two_lines(label: Text) -> tuple[Text, Text] | None:
    """Title and description, with the label's values."""
    found = TWO_LINES.get(label.msgid)
    return None if found is None else (Text(found[0].msgid, label.args), Text(found[1].msgid, label.args))
