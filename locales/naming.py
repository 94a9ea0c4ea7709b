"""What languages and places are called in a reader's language, as the Unicode CLDR has it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from locales import TAGS


@cache
def language(name: str, lang: str) -> str:
    """`fr` in English: French. The name itself where CLDR has none."""
    from babel import Locale

    known: Mapping[str, str] = Locale.parse(TAGS.get(lang, lang)).languages
    return known.get(name, name)


@cache
def city(zone: str, lang: str) -> str:
    """By whose clock one lives: `Indian/Reunion` in French is La Réunion. The zone itself where CLDR has no place."""
    from babel.dates import get_timezone_location

    try:
        return get_timezone_location(zone, locale=TAGS.get(lang, lang), return_city=True)
    except LookupError:
        return zone
