"""Who may do what about whose data: every actor, every deed, one's own and others', with a proof and without."""

from __future__ import annotations

from itertools import product

import pytest

from booking.authority import (
    Action,
    Actor,
    ClockActor,
    DeskActor,
    PersonActor,
    PersonDeed,
    WorkerActor,
    may,
    may_about,
)
from booking.model import PersonId, WorkerId
from tests.booking.test_policy import MADE, NOW
from tests.guards import guards

ANN = PersonId("ann")
ACTORS: dict[str, Actor | None] = {
    "ann": PersonActor(ANN),
    "ben": PersonActor(PersonId("ben")),
    "claire": WorkerActor(WorkerId("claire")),  # who has an hour with Ann
    "a worker called ann": WorkerActor(WorkerId("ann")),
    "desk": DeskActor(),
    "clock": ClockActor(),
    "nobody": None,
}
# Of Ann: by whom, and whether it takes a proof. All else is no.
FREELY = {
    ("ann", PersonDeed.SEE_DATA),
    ("ann", PersonDeed.CORRECT),
    ("ann", PersonDeed.RESTRICT),
    ("ann", PersonDeed.INSTRUCT),
    ("ann", PersonDeed.CLOSE),
    ("desk", PersonDeed.SEE_DATA),
    ("desk", PersonDeed.HOLD),
    ("desk", PersonDeed.CLOSE),
    ("clock", PersonDeed.CLOSE),
}
ON_PROOF = {
    ("ann", PersonDeed.EXPORT),
    ("ann", PersonDeed.ERASE),
    ("ann", PersonDeed.JOIN),
    ("ann", PersonDeed.UNLINK),
    ("desk", PersonDeed.CORRECT),
    ("desk", PersonDeed.EXPORT),
    ("desk", PersonDeed.ERASE),
    ("desk", PersonDeed.RESTRICT),
    ("desk", PersonDeed.INSTRUCT),
    ("desk", PersonDeed.UNLINK),
}


@guards("T23")
@pytest.mark.parametrize(("who", "deed", "proven"), list(product(ACTORS, PersonDeed, (False, True))))
def test_who_may_do_what_about_whose_data(who: str, deed: PersonDeed, proven: bool) -> None:
    allowed = (who, deed) in FREELY or (proven and (who, deed) in ON_PROOF)
    assert may_about(ACTORS[who], deed, ANN, proven=proven) is allowed


@pytest.mark.parametrize(("deed", "proven"), list(product(PersonDeed, (False, True))))
def test_a_proof_of_oneself_opens_nothing_of_somebody_else(deed: PersonDeed, proven: bool) -> None:
    assert not may_about(PersonActor(PersonId("ben")), deed, ANN, proven=proven)
    assert not may_about(WorkerActor(WorkerId("claire")), deed, PersonId("claire"), proven=proven)


@pytest.mark.parametrize("action", list(Action))
def test_the_clock_does_nothing_to_an_hour(action: Action) -> None:
    assert not may(ClockActor(), action, MADE, NOW)
