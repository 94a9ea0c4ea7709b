"""Connection codes:

what is the same code, what in a sentence is one, how hard one is to guess, and how guessing ends.
"""

from __future__ import annotations

import string
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 - seeded: the same codes at each run
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from booking import codes, policy
from booking.events import CodesGuessed, DeskNeeded
from booking.memory import MemoryStore
from booking.model import ClientId, CodeId, ContactId, Rules
from booking.ports import CodeAccepted, CodeRefused, TooManyTries
from tests.booking.made import ANN, BEN, CLEO, CODE, LETTERS, MONDAY, PORTS, Desk, consent, joining, run
from tests.guards import guards

# ------------------------------------------------------------ one normal form


@pytest.mark.parametrize(
    "typed",
    [
        "PORTS-7KQM-4XTD",
        "ports 7kqm 4xtd",
        " Ports7kqm4xtd.",
        "PORTS–7KQM—4XTD",
        "P0RTS-7KQM-4XTD",
        "pörts-7kqm-4xtd",
        "«PORTS-7KQM-4XTD»"[1:-1],
        '"PORTS-7KQM-4XTD"',
        "ＰＯＲＴＳ－７ＫＱＭ－４ＸＴＤ",
        "P O R T S 7 K Q M 4 X T D",
        "PORTS\u00ad-7KQM\u20114XTD",
        "PORTS\n7KQM\t4XTD",
    ],
)
def test_the_same_code_however_typed(typed: str) -> None:
    assert codes.normal(typed) == "P0RTS7KQM4XTD"


@guards("T18")
def test_what_looks_alike_is_alike() -> None:
    assert codes.normal("OIL-oil-0I1") == codes.normal("011-01L-O1l") == "011011011"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " - ",
        "РORTS-7KQM-4XTD",
        "PORTS-7KQM-4XT\u0131",
        "stra\u00dfe",
        "٣٤٥",
        "PORTS\x00",
        "A" * 65,
        "🙂",
        "PORTS+7KQM",
        "\ud800",
    ],
    ids=ascii,
)
def test_what_cannot_be_a_code(typed: str) -> None:
    assert codes.normal(typed) is None


@guards("T18")
@given(st.text(max_size=70))
def test_a_normal_form_is_plain_and_stays(typed: str) -> None:
    found = codes.normal(typed)
    assert found is None or set(found) <= set(string.ascii_uppercase + string.digits) - set("OIL")
    assert found is None or codes.normal(found) == found
    assert codes.normal(typed.lower()) in {found, None} or not typed.isascii()


@guards("T18")
@given(st.text(codes.ALPHABET, min_size=1, max_size=20), st.text(codes.ALPHABET, min_size=1, max_size=20))
def test_different_codes_stay_different(one: str, two: str) -> None:
    assume(one != two)
    assert codes.normal(one) != codes.normal(two)


# ------------------------------------------------------------ in a sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "PORTS-7KQM-4XTD",
        "bonjour, mon code est PORTS-7KQM-4XTD merci",
        "bonjour mon code est ports-7kqm-4xtd, merci",
        "mon code ports 7kqm 4xtd",
        "MON CODE PORTS 7KQM 4XTD",
        "ports7kqm4xtd",
        "code:PORTS–7KQM–4XTD.",
        "le code (pôrts-7kqm-4xtd)",
        "j'ai le PORTS 7KQM4XTD",
        "P0RTS-7KQM-4XTD",
        "bonjour mars 2026 9h30 ports-7kqm-4xtd",
    ],
)
def test_a_code_is_found_in_a_sentence(sentence: str) -> None:
    found = codes.find(sentence)
    assert found is not None
    assert codes.normal(found) == "P0RTS7KQM4XTD"


def test_a_code_of_letters_alone_is_found_when_it_stands_as_printed() -> None:
    assert codes.find("mon code: PORTS-KQMZ-XTDA") == "PORTS-KQMZ-XTDA"
    assert codes.find("PORTS ABCD 1234 oui") is None, "too like a sentence: it is asked for"
    assert codes.find("PORTS KQM4 XTDA") == "PORTS KQM4 XTDA"


NOT_CODES = """
bonjour
bonjour je voudrais un rendez-vous
Bonjour, j'ai besoin d'aide avec mes dettes
mardi 3 mars 2026 9h30
demain 9h30 avec Claire
MARDI 3 MARS 2026 AVEC CLAIRE
mardi14h30
le 12/03/2026 14h15
RDV DEMAIN 9H30 AVEC CLAIRE
peut-etre-bien
vis-à-vis de mon bailleur
c'est urgent aide moi vite svp
mon numero 06 39 98 02 01
06 3998 0201
+33639980201
56000 Vannes
place 2026 2027
ann@example.org
je dois 1500 euros
en 2026 4eme etage
PORTS
PORTS-7KQM
PORTS-7KQM-4XT
PORTS-7KQM-4XTDE
PORTS-7UQM-4XTD
le bus 1234 5678
""".strip().splitlines()


@pytest.mark.parametrize("sentence", NOT_CODES)
def test_what_people_write_is_no_guess(sentence: str) -> None:
    assert codes.find(sentence) is None


@given(st.binary(min_size=5, max_size=5), st.sampled_from(["ports", "Mutuelle des Ports", "é", "3M", "", "ACME-75"]))
def test_a_made_code_has_its_shape_and_is_found(drawn: bytes, name: str) -> None:
    made = codes.make(name, drawn)
    head, one, two = made.split("-")
    assert 2 <= len(head) <= codes.NAME_LENGTH
    assert head.isalnum()
    assert head[0].isalpha()
    assert set(one + two) <= set(codes.ALPHABET)
    assert len(one) == len(two) == 4
    mixed = any(s.isdigit() for s in one + two) and any(s.isalpha() for s in one + two)
    assert codes.find(f"voici mon code : {made} merci") == (made if mixed or (one + two).isalpha() else None)
    assert codes.find(made.lower()) == (made.lower() if mixed else None)


def test_a_made_code_keeps_all_bits() -> None:
    rng = Random(7)
    drawn = [rng.randbytes(5) for _ in range(500)]
    assert len({codes.make("ports", d) for d in drawn}) == 500
    assert codes.make("ports", bytes(5)) == "PORTS-0000-0000"
    assert codes.make("ports", b"\xff" * 5) == "PORTS-ZZZZ-ZZZZ"
    with pytest.raises(ValueError, match="5 random bytes"):
        codes.make("ports", bytes(4))


# ------------------------------------------------------------ strength


def test_made_codes_are_strong_but_for_the_patterns_among_them() -> None:
    rng = Random(7)
    made = [codes.make("ports", rng.randbytes(5)) for _ in range(2000)]
    strong = [codes.strength(code, "Mutuelle des Ports", "ports") for code in made]
    assert max(strong) == codes.STRONG
    assert sum(bits >= codes.STRONG for bits in strong) > 1900


@guards("T01", partly=True)
@pytest.mark.parametrize(
    "code",
    [
        "PORTS",
        "PORTS2026",
        "PORTS-2026",
        "MUTUELLE-PORTS-2026",
        "BONJOUR",
        "PORTS-SOLI-DAIRE",
        "PORTS-1234-5678",
        "PORTS-0000-0000",
        "PORTS-ABCD-EFGH",
        "PORTS-8412-9073",
        "PORTS-7KQM",
        "",
    ],
)
def test_what_is_easily_guessed_is_weak(code: str) -> None:
    assert codes.is_weak(code, "Mutuelle des Ports", "ports")


def test_a_longer_code_without_dashes_is_not_weak() -> None:
    assert not codes.is_weak("7KQM4XTD9W", "Mutuelle des Ports")
    assert not codes.is_weak(LETTERS, "Mutuelle des Ports", "ports")


# ------------------------------------------------------------ redeeming, and how guessing ends


def guess(desk: Desk, typed: str = "PORTS-0000-0000", contact: ContactId = ANN) -> Any:
    return run(desk.turn().redeem_code(typed, contact))


def test_a_code_is_redeemed_however_typed() -> None:
    assert guess(Desk(), "mon".replace("mon", "") + "pörts 7kqm–4xtd") == CodeAccepted(CODE.id)


class Counted(MemoryStore):
    """Remembers the names of what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in {"code_typed", "client", "accounts", "tries", "nth_try", "add_try", "alone", "person_of", "code"}:
            self.calls.append(name)
        return found


@guards("T01", "T19", partly=True)
@pytest.mark.parametrize(
    "case",
    ["right", "unknown", "no code", "expired", "early", "full", "suspended"],
)
def test_is_and_is_not_look_alike(case: str) -> None:
    """The same answer and the same questions to the store, whatever is wrong (I12)."""
    store = Counted()
    desk = Desk(store=store)
    changes: dict[str, Any] = {
        "expired": {"valid_until": date(2026, 3, 1)},
        "early": {"valid_from": date(2026, 3, 3)},
        "full": {"max_accounts": 0},
    }
    store.put_client(replace(PORTS, suspended=case == "suspended"))
    store.put_code(replace(CODE, **changes.get(case, {})), LETTERS)
    typed = {"unknown": "PORTS-0000-0000", "no code": "бонжур"}.get(case, LETTERS)
    assert guess(desk, typed) == (CodeAccepted(CODE.id) if case == "right" else CodeRefused())
    looks = ["tries", "nth_try"]
    counts = ["add_try", "add_try", "nth_try", "tries"]
    assert store.calls == [*looks, "alone", *looks, *counts, "code_typed", "client", "accounts"]


def test_a_code_is_valid_on_its_days_in_the_operators_calendar() -> None:
    desk = Desk()
    desk.memory.put_code(replace(CODE, valid_from=date(2026, 3, 3), valid_until=date(2026, 3, 3)), LETTERS)
    midnight = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # in Paris
    for moment, right in (
        (midnight - timedelta(seconds=1), False),
        (midnight, True),
        (midnight + timedelta(days=1, seconds=-1), True),
        (midnight + timedelta(days=1), False),
    ):
        desk.now = moment
        assert isinstance(guess(desk, LETTERS, ContactId(str(moment))), CodeAccepted) is right


@guards("T01", partly=True)
def test_five_tries_an_hour() -> None:
    desk = Desk()
    for n, minutes in enumerate((0, 1, 2, 3, 5)):
        desk.now = MONDAY + timedelta(minutes=minutes)
        turn = desk.turn()
        assert run(turn.redeem_code("X", ANN)) == CodeRefused()
        assert turn.events == ([DeskNeeded(ANN, "too_many_tries")] if n == 4 else [])
    until = MONDAY + timedelta(hours=1)
    assert guess(desk, LETTERS) == TooManyTries(until), "not even looked at"
    assert guess(desk, LETTERS, BEN) == CodeAccepted(CODE.id)
    desk.now = until - timedelta(seconds=1)
    assert guess(desk, LETTERS) == TooManyTries(until)
    desk.now = until
    assert guess(desk, LETTERS) == CodeAccepted(CODE.id)
    assert guess(desk, LETTERS) == TooManyTries(until + timedelta(minutes=8)), "what was accepted counts too"


def test_each_wait_is_longer_than_the_one_before() -> None:
    """In minutes, of somebody who tries again as soon as they may, within a day and without the hour's limit."""
    desk, waits = Desk(rules=Rules(tries_an_hour=99)), list[int]()
    while len(waits) < 10:
        answer = guess(desk)
        waits.append(0 if answer == CodeRefused() else (answer.until - desk.now) // timedelta(minutes=1))
        desk.now = getattr(answer, "until", desk.now)
    assert waits == [0, 0, 0, 1, 0, 2, 0, 4, 0, 8]
    assert [policy.wait_after(tries) // timedelta(minutes=1) for tries in (0, 2, 3, 8, 9, 15)] == [0, 0, 1, 32, 60, 60]


def test_a_wait_ends_when_it_was_said_to_end() -> None:
    """Said in hours and minutes, so it ends with a minute: who comes back in time is not sent away again."""
    desk = Desk()
    desk.now += timedelta(seconds=20, microseconds=1)
    for _ in range(3):
        guess(desk)
    assert guess(desk) == TooManyTries(MONDAY + timedelta(minutes=2))
    desk.now = MONDAY + timedelta(minutes=2)
    assert guess(desk, LETTERS) == CodeAccepted(CODE.id)


@guards("T01", partly=True)
def test_fifteen_tries_a_day() -> None:
    desk = Desk()
    for n in range(15):
        desk.now = MONDAY + timedelta(hours=n)
        assert guess(desk) == CodeRefused()
    desk.now += timedelta(hours=2)
    assert guess(desk) == TooManyTries(MONDAY + timedelta(days=1))
    desk.now = MONDAY + timedelta(days=1)
    assert guess(desk) == CodeRefused()


def attacked(desk: Desk, name: str = "stranger") -> int:
    """Somebody uses up all guesses of this hour. How many alarms there were."""
    alarms = 0
    for n in range(20):
        turn = desk.turn()
        assert run(turn.redeem_code("X", ContactId(f"{name} {n}"))) == CodeRefused()
        alarms += turn.events.count(CodesGuessed(20))
    return alarms


def test_beyond_the_overall_limit_only_who_has_history_is_looked_at() -> None:
    """Words of theirs from a day before it began; or somebody of the desk is asked."""
    desk = Desk(rules=Rules(tries_overall=20))
    dan = ContactId("dan")
    desk.memory.hears(CLEO, MONDAY - timedelta(days=1))
    desk.memory.hears(dan, MONDAY - timedelta(days=1) + timedelta(seconds=1))
    assert attacked(desk) == 1
    for stranger in (BEN, dan):
        assert guess(desk, LETTERS, stranger) == TooManyTries(MONDAY + timedelta(hours=1), everybody=True)
    assert guess(desk, LETTERS, CLEO) == CodeAccepted(CODE.id)
    assert run(desk.turn().redeem_code(LETTERS, BEN, vouched=True)) == CodeAccepted(CODE.id)
    desk.now += timedelta(hours=1)
    assert guess(desk, LETTERS, dan) == CodeAccepted(CODE.id)


def test_nobody_gains_history_while_it_lasts() -> None:
    """Days of it: who came with it never passes, and who was there before still does. After a quiet day all is new."""
    desk = Desk(rules=Rules(tries_overall=20))
    desk.memory.hears(BEN, MONDAY + timedelta(hours=1))
    desk.memory.hears(CLEO, MONDAY - timedelta(days=2))
    for hours in range(0, 72, 2):
        desk.now = MONDAY + timedelta(hours=hours)
        assert attacked(desk, f"of {hours}") == 1
        assert isinstance(guess(desk, LETTERS, BEN), TooManyTries)
    assert guess(desk, LETTERS, CLEO) == CodeAccepted(CODE.id)
    desk.now += timedelta(days=1, minutes=1)
    assert attacked(desk, "another") == 1
    assert guess(desk, LETTERS, BEN) == CodeAccepted(CODE.id)


def test_an_alarm_an_hour_however_long_it_lasts() -> None:
    desk, alarms = Desk(rules=Rules(tries_overall=20)), 0
    for minute in range(240):
        turn = desk.turn(MONDAY + timedelta(minutes=minute))
        run(turn.redeem_code("X", ContactId(f"stranger {minute}")))
        alarms += turn.events.count(CodesGuessed(20))
    assert alarms == 4


@guards("T01", partly=True)
def test_many_addresses_do_not_make_many_guesses() -> None:
    """A hundred thousand tries from a thousand addresses within the hour: no more are looked at than is allowed."""
    desk = Desk(rules=Rules(tries_overall=50))
    looked_at = [guess(desk, "X", ContactId(f"{n % 500}")) for n in range(2000)].count(CodeRefused())
    assert looked_at == 50


@guards("L12")
def test_nothing_here_depends_on_what_digits_are_elsewhere() -> None:
    assert unicodedata.digit("²") == 2
    assert codes.normal("AB²") == "AB2"
    assert codes.find("PORTS-٧KQM-4XTD") is None
    assert [codes.normal(f"PORTS-{sign}KQM-4XTD") for sign in "٧৭ßıА"] == [None] * 5


def test_other_clients_codes_are_other_codes() -> None:
    desk = Desk()
    quays = replace(PORTS, id=ClientId("quays"), ref="quays")
    desk.memory.put_client(quays)
    desk.memory.put_code(replace(CODE, id=CodeId("q"), client=quays.id), "QUAYS-7KQM-4XTD")
    assert guess(desk, "quays-7kqm-4xtd") == CodeAccepted(CodeId("q"))
    assert joining().code == CODE.id
    assert consent().terms_version
