"""Mobile numbers as people type them, to E.164, with the time zone that goes with their prefix.

Overseas mobiles are typed like those of the mainland ("0692 12 34 56") and belong to other country codes: read as +33
they would be somebody else's or nobody's, so the prefix decides first (Arcep's numbering plan, decision 2022-1583).
Réunion and Mayotte share +262, and are told apart by what follows. Arcep's numbers for fiction (06 39 98 xx xx) lie
within Mayotte's range and are the mainland's. No other country is served: texts there cost a multiple, which is what
swindlers live on.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

SEPARATORS: Final = re.compile(r"[\s().\-/_·‐-―\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")

# The first that fits a national number, its 0 left out: country code, zone, beginning.
MOBILES: Final = (
    ("590", "America/Guadeloupe", re.compile(r"69[01]|7090")),
    ("596", "America/Martinique", re.compile(r"69[67]|7091")),
    ("594", "America/Cayenne", re.compile(r"694|7093[0-3]")),
    ("262", "Indian/Reunion", re.compile(r"69[23]|7092[0-3]")),
    ("262", "Indian/Mayotte", re.compile(r"639(?!98)|7093[5-7]")),
    ("508", "America/Miquelon", re.compile(r"708[45]")),
    ("33", "Europe/Paris", re.compile(r"6|7[3-9]")),
)
# Numbers of six or eight digits, which on their own could be anywhere's: taken in international form only.
SHORT: Final = {
    "508": "America/Miquelon",
    "681": "Pacific/Wallis",
    "687": "Pacific/Noumea",
    "689": "Pacific/Tahiti",
}

OURS: Final = ("+33", "+262", "+508", "+590", "+594", "+596", "+681", "+687", "+689")
# Where texts arrive and none come back. Read, not tried: Twilio's guidelines by country, French Guiana (one-way SMS).
ONE_WAY: Final = ("+594",)


@dataclass(frozen=True, slots=True)
class Mobile:
    """`zone` is where such numbers are given out: a guess, until the person says where they are."""

    e164: str
    zone: str


def read(typed: str) -> Mobile | None:
    """None: no number, or none of a mobile that we serve."""
    digits = _digits(typed)
    if not digits:
        return None
    if digits.startswith(("+", "00")):
        return _international(digits.removeprefix("+").removeprefix("00"))
    if len(digits) == 10 and digits[0] == "0":
        return _national(digits[1:])
    if len(digits) == 9 and digits[0] in "67":
        return _national(digits)
    if len(digits) in (11, 12) and digits.startswith(("33", "262", "590", "594", "596")):
        return _international(digits)  # the plus was forgotten
    return None


def abroad(e164: str) -> bool:
    """A number of another country than France, overseas included: texts there cost a multiple, so they get answers and
    nothing unasked (threat T20).
    """
    return not e164.startswith(OURS)


def one_way(e164: str) -> bool:
    """A number that, as far as is known, texts reach and cannot be answered from."""
    return e164.startswith(ONE_WAY)


def spaced(phone: str) -> str:
    """A French number as people read it: 02 97 00 00 00. Others stay in E.164."""
    if not phone.startswith("+33") or len(phone) != 12:
        return phone
    national = "0" + phone[3:]
    return " ".join(national[n : n + 2] for n in range(0, 10, 2))


def _digits(typed: str) -> str:
    """ASCII digits, perhaps after a plus; empty when there is anything else. Every script's digits count."""
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in typed[:60])
    bare = SEPARATORS.sub("", plain.replace("＋", "+").replace("(0)", ""))
    return bare if re.fullmatch(r"\+?[0-9]{6,15}", bare) else ""


def _national(number: str, code: str | None = None) -> Mobile | None:
    for owner, zone, beginning in MOBILES:
        if beginning.match(number):
            # "+33 692…" is how a form with a fixed +33 writes an overseas number.
            return Mobile(f"+{owner}{number}", zone) if code in (None, "33", owner) else None
    return None


def _international(number: str) -> Mobile | None:
    for code in dict.fromkeys(owner for owner, _, _ in MOBILES):
        rest = number.removeprefix(code).removeprefix("0")  # "+33 06…"
        if number.startswith(code) and len(rest) == 9:
            return _national(rest, code)
    zone = SHORT.get(number[:3])
    return Mobile(f"+{number}", zone) if zone and _is_mobile(number) else None


def _is_mobile(number: str) -> bool:
    import phonenumbers  # 0.2 s and 15 MB: only for the few islands whose plan is not in the table above

    found = phonenumbers.parse(f"+{number}")  # never raises: a country code that it knows, six to fifteen digits
    return bool(
        phonenumbers.is_valid_number(found) and phonenumbers.number_type(found) == phonenumbers.PhoneNumberType.MOBILE
    )
