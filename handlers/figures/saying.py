"""Values of figures in words, as a language writes numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from conversations.text import Text, t
from handlers.figures.tables import Kind, Value, Withheld
from locales import TAGS
from locales.voice import Voice

NOTHING: Final = "–"


def said(value: Value, kind: Kind, voice: Voice) -> str:
    """`1 234`, `12,5 %`, `3,4`, `12,30 €`; a word for what is withheld."""
    from babel.numbers import format_currency, format_decimal, format_percent

    tag = TAGS.get(voice.lang, voice.lang)
    match value:
        case None:
            return NOTHING
        case Withheld():
            return voice(t("figures.withheld"))
    match kind:
        case "share":
            return str(format_percent(value, format="#,##0.0\u202f%" if tag == "fr" else "#,##0.0%", locale=tag))
        case "money":
            return str(format_currency(Decimal(value), "EUR", locale=tag))
        case "number":
            return str(format_decimal(round(Decimal(value), 1), locale=tag))
    return str(format_decimal(value, locale=tag))


def label_of(label: Text | str, voice: Voice) -> str:
    """A client's name as it is."""
    return label if isinstance(label, str) else voice(label)
