"""Public holidays of the territory that a time zone belongs to. A zone of a country that is not listed has none.

The package is imported when the first holiday is asked for: it costs more to load than all the rest of the core.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

# Zone -> country and subdivision, as the package `holidays` names them. Overseas territories have days of their own
# (the abolition of slavery: 27 April in Mayotte, 20 December in La Réunion, ...). Alsace-Moselle shares Europe/Paris.
TERRITORIES = {
    "Europe/Paris": ("FR", None),
    "America/Guadeloupe": ("FR", "971"),
    "America/Martinique": ("FR", "972"),
    "America/Cayenne": ("FR", "973"),
    "Indian/Reunion": ("FR", "974"),
    "Indian/Mayotte": ("FR", "976"),
    "America/Miquelon": ("FR", "PM"),
    "America/St_Barthelemy": ("FR", "BL"),
    "America/Marigot": ("FR", "MF"),
    "Pacific/Noumea": ("FR", "NC"),
    "Pacific/Tahiti": ("FR", "PF"),
    "Pacific/Marquesas": ("FR", "PF"),
    "Pacific/Gambier": ("FR", "PF"),
    "Pacific/Wallis": ("FR", "WF"),
    "Indian/Kerguelen": ("FR", "TF"),
    "Europe/Brussels": ("BE", None),
    "Europe/Luxembourg": ("LU", None),
    "Europe/Monaco": ("MC", None),
}


def is_holiday(zone: str, day: date) -> bool:
    territory = TERRITORIES.get(zone)
    return territory is not None and day in _year(*territory, day.year)


@lru_cache(maxsize=256)
def _year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
