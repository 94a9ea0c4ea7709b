"""What `load` would change: what is new, differs or stays, which codes are made, which appointments fall outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

import pytest

from booking import codes
from booking.directory_file import BadDirectory, read
from booking.loading import Plan, Standing, plan
from booking.model import (
    Appointment,
    AppointmentId,
    Client,
    ClientId,
    ClientKind,
    Code,
    CodeId,
    ContactId,
    Mode,
    Motive,
    PersonId,
    Worker,
    WorkerId,
)
from tests.booking.test_directory_file import WHOLE
from tests.guards import guards

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
NORMAL = "P0RTS7KQM4XTD"
BARE_CLIENT = '[[client]]\nref = "ports"\nname = "Ports"\nkind = "branch"\n'


def draw(*numbers: int) -> Callable[[int], bytes]:
    """Made-up chance: these numbers first, then ones that look like nothing."""
    rest = (0x3A5C7E9B1D + 0x1F2E3D4C5B * n & (1 << 40) - 1 for n in count())
    given = iter(numbers)
    return lambda size: next(given, next(rest)).to_bytes(size)


def planned(text: str, standing: Standing | None = None, *numbers: int) -> Plan:
    ids = count(1)
    return plan(read(text), standing or Standing({}, {}, {}), NOW, lambda: f"id{next(ids)}", draw(*numbers))


def standing_after(made: Plan) -> Standing:
    return Standing(
        {c.ref: c for c in made.new_clients},
        {codes.normal(n.letters) or "": n.code for n in made.new_codes},
        {w.ref: w for w in made.new_workers},
    )


def changes(made: Plan) -> list[object]:
    return [
        *made.new_clients,
        *made.changed_clients,
        *made.new_codes,
        *made.changed_codes,
        *made.new_workers,
        *made.changed_workers,
    ]


def test_into_an_empty_database_all_is_new() -> None:
    made = planned(WHOLE)
    assert [c.ref for c in made.new_clients] == ["ports"]
    assert [w.ref for w in made.new_workers] == ["claire"]
    (code,) = made.new_codes
    assert (code.letters, code.made) == ("PORTS-7KQM-4XTD", False)
    assert code.code == Code(CodeId("id1"), ClientId("ports"), date(2026, 1, 1), date(2027, 12, 31), 500)
    assert not made.changed_clients + made.changed_codes + made.changed_workers


def test_the_same_file_again_changes_nothing() -> None:
    assert changes(planned(WHOLE, standing_after(planned(WHOLE)))) == []


def test_what_differs_is_changed_and_keeps_its_id() -> None:
    standing = standing_after(planned(WHOLE))
    standing = replace(standing, workers={"claire": replace(standing.workers["claire"], id=WorkerId("w7"))})
    text = WHOLE.replace("Mutuelle des Ports", "Mutuelle").replace("500", "600").replace('"fr", "en"', '"fr"')
    made = planned(text, standing)
    assert [c.name for c in made.changed_clients] == ["Mutuelle"]
    assert made.changed_codes == (replace(standing.codes[NORMAL], max_accounts=600),)
    assert made.changed_workers == (replace(standing.workers["claire"], languages=("fr",)),)
    assert made.changed_workers[0].id == "w7"
    assert not made.new_clients + made.new_workers
    assert not made.new_codes


def test_what_is_absent_stays() -> None:
    standing = standing_after(planned(WHOLE.replace('kind = "insurer"', 'kind = "insurer"\nsuspended = true')))
    start, end = WHOLE.index("time_zone"), WHOLE.index("[[worker.hours]]")
    text = (WHOLE[:start] + WHOLE[end : WHOLE.index("[[worker.closed]]")]).replace("max_accounts = 500\n", "")
    assert changes(planned(text, standing)) == []
    assert changes(planned("", standing)) == []


def test_hours_are_replaced_whole_and_appointments_outside_them_are_listed() -> None:
    first = planned(WHOLE.replace("22:00:00", "08:00:00").replace("to = 02:00:00", "to = 12:00:00"))
    standing = standing_after(first)
    claire: Worker = first.new_workers[0]

    def at(hour: int, worker: Worker = claire, day: int = 9) -> Appointment:  # a Monday; La Réunion is four hours ahead
        start = datetime(2026, 3, day, hour, tzinfo=UTC)
        id = AppointmentId(f"{day}-{hour}-{worker.ref}")
        person, client, contact = PersonId("p"), ClientId("ports"), ContactId("c")
        return Appointment(id, person, client, worker.id, Motive.FINANCE, Mode.VIDEO, start, contact, series=id)

    inside, outside, begun = at(5), at(4), at(4, day=2)
    other = at(4, replace(claire, id=WorkerId("ali"), ref="ali"))
    standing = replace(standing, appointments=[inside, outside, begun, other])
    text = WHOLE.replace("22:00:00", "09:00:00").replace("to = 02:00:00", "to = 12:00:00")
    made = planned(text, standing)
    assert [h.start.hour for h in made.changed_workers[0].hours] == [9]
    assert made.outside == (outside,)


def test_a_client_without_a_code_gets_one() -> None:
    made = planned(BARE_CLIENT)
    (new,) = made.new_codes
    assert new.made
    assert codes.find(f"mon code {new.letters} merci") == new.letters
    assert not codes.is_weak(new.letters)
    assert not planned(BARE_CLIENT, standing_after(made)).new_codes, "it has one now"


def test_a_made_code_is_drawn_again_when_it_is_taken_or_a_pattern() -> None:
    number = int.from_bytes(draw()(5))
    first = codes.make("ports", number.to_bytes(5))
    taken = {codes.normal(first) or "": Code(CodeId("x"), ClientId("quays"))}
    (new,) = planned(BARE_CLIENT, Standing({}, taken, {}), 0, number).new_codes
    assert new.letters not in {"PORTS-0000-0000", first}


@guards("T18")
def test_a_made_code_reads_like_no_other_of_the_same_file() -> None:
    """A client whose name reads like this one's brings that code, or gets one that chance draws twice."""
    number = int.from_bytes(draw()(5))
    first = codes.make("ports", number.to_bytes(5))
    alike = BARE_CLIENT.replace('"ports"', '"p0rts"').replace('"Ports"', '"P0rts"')
    (new,) = planned(BARE_CLIENT + alike + f'[[client.code]]\ncode = "{first}"\n', None, number).new_codes[1:]
    assert codes.normal(new.letters) != codes.normal(first)
    made = planned(BARE_CLIENT + alike, None, number, number).new_codes
    assert len({codes.normal(each.letters) for each in made}) == 2


@guards("T18")
def test_a_code_of_another_client_is_refused() -> None:
    quays = Client(ClientId("quays"), "quays", "Quays", ClientKind.BRANCH)
    standing = Standing({"quays": quays}, {NORMAL: Code(CodeId("q"), quays.id)}, {})
    with pytest.raises(BadDirectory) as caught:
        planned(WHOLE, standing)
    assert [(p.line, p.field) for p in caught.value.problems] == [(7, "client.code.code")]


def test_warnings_come_along() -> None:
    assert planned(WHOLE.replace("PORTS-7KQM-4XTD", "PORTS1")).warnings
