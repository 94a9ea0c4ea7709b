"""Video rooms: nobody can guess one, each hour has its own, and the server's token opens it in its time only."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import jwt
import pytest

from booking.model import AppointmentId
from bot.logs import redact
from handlers.web.ports import Seat
from handlers.web.rooms import CONFIG, DemoRooms, VideoRooms, address, room_name, signed
from tests.guards import guards
from tests.handlers.channels.samples import DATA
from tests.handlers.web.site import APPOINTMENT, NOW, SECRET, START

# Made and read back with another program. The file's BigBlueButton cases are not ours: VIDEO_URL is a Jitsi server.
VECTORS: Final = json.loads((DATA / "video" / "video_vectors.json").read_text())["jitsi_hs256"]
APP_SECRET = "a made-up secret of more than 32 characters"
OTHER = replace(APPOINTMENT, id=AppointmentId("another"))
WORKER, PERSON = Seat("worker", "Claire"), Seat("person", "Participant")
SEATS = {"owner": WORKER, "member": PERSON}


def rooms(base: str = "https://video.example.org") -> VideoRooms:
    return VideoRooms(base, SECRET, lambda: NOW, "social", APP_SECRET)


def claimed(base: str, seat: Seat) -> Mapping[str, Any]:
    """What the token says, its signature and audience checked as prosody does."""
    token = rooms(base)(APPOINTMENT, seat).partition("?jwt=")[2].partition("#")[0]
    return dict(
        jwt.decode(
            token,
            APP_SECRET,
            ["HS256"],
            audience="social",
            issuer="social",
            options={"verify_exp": False, "verify_nbf": False},
        )
    )


def test_a_room_belongs_to_one_hour_and_one_installation() -> None:
    names = {room_name(SECRET, APPOINTMENT), room_name(SECRET, OTHER), room_name("t" * 32, APPOINTMENT)}
    assert len(names) == 3
    assert all(len(name) == 32 and name.isalnum() and name == name.lower() for name in names)
    assert room_name(SECRET, APPOINTMENT) == room_name(SECRET, replace(APPOINTMENT, status="done"))
    assert not any(APPOINTMENT.id in name for name in names)


@pytest.mark.parametrize("base", ["https://video.example.org", "https://video.example.org/"])
def test_without_an_application_the_address_is_the_room(base: str) -> None:
    found = VideoRooms(base, SECRET, lambda: NOW)(APPOINTMENT, PERSON)
    assert found == f"https://video.example.org/{room_name(SECRET, APPOINTMENT)}#{CONFIG}"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["claims"]["context"]["user"]["affiliation"])
def test_tokens_are_those_of_the_vectors(vector: Mapping[str, Any]) -> None:
    claims = vector["claims"]
    token = signed(claims, vector["secret"])
    assert token == vector["token"]
    assert address(f"https://{claims['sub']}", claims["room"], token) == vector["url"]
    assert jwt.get_unverified_header(token) == {"alg": vector["algorithm"], "typ": "JWT"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["claims"]["context"]["user"]["affiliation"])
def test_ours_say_what_the_vectors_say(vector: Mapping[str, Any]) -> None:
    """The same claims, of the same kinds; the application's id in both places; the domain as it is written small."""
    claims, user = vector["claims"], vector["claims"]["context"]["user"]
    ours = claimed("https://Visio.Example.org", SEATS[user["affiliation"]])
    assert set(claims) <= set(ours)
    assert all(type(ours[name]) is type(value) for name, value in claims.items())
    assert (ours["aud"] == ours["iss"]) is (claims["aud"] == claims["iss"])
    assert ours["sub"] == claims["sub"]
    assert set(user) <= set(ours["context"]["user"])
    assert ours["context"]["user"]["affiliation"] == user["affiliation"]


@pytest.mark.parametrize("seat", [WORKER, PERSON], ids=lambda seat: seat.role)
def test_a_token_is_for_one_room_one_participant_and_one_hour(seat: Seat) -> None:
    claims = claimed("https://video.example.org", seat)
    path = rooms()(APPOINTMENT, seat).partition("?")[0]
    assert path == f"https://video.example.org/{claims['room']}"
    assert claims["room"] == room_name(SECRET, APPOINTMENT)
    assert claims["nbf"] == (START - timedelta(minutes=10)).timestamp()
    assert claims["exp"] == (START + timedelta(minutes=90)).timestamp()
    assert claims["iat"] == NOW.timestamp()  # made for this click


def test_the_worker_leads_and_the_person_has_no_name() -> None:
    worker, person = (claimed("https://video.example.org", seat)["context"]["user"] for seat in (WORKER, PERSON))
    assert worker == {"id": "worker", "name": "Claire", "affiliation": "owner", "moderator": "true"}
    assert person == {"id": "person", "name": "Participant", "affiliation": "member", "moderator": "false"}


@guards("G15")
@pytest.mark.parametrize("seat", [WORKER, PERSON], ids=lambda seat: seat.role)
def test_nothing_is_recorded(seat: Seat) -> None:
    """The token forbids it to everybody, the worker too; and the browser does not offer it."""
    features = claimed("https://video.example.org", seat)["context"]["features"]
    assert {features[name] for name in ("recording", "livestreaming", "transcription")} == {"false"}
    assert set(features.values()) == {"false"}
    asked = rooms()(APPOINTMENT, seat).partition("#")[2].split("&")
    off = ("recordingService.enabled=false", "liveStreaming.enabled=false", "transcription.enabled=false")
    assert {f"config.{name}" for name in (*off, "localRecording.disable=true")} <= set(asked)


@guards("G21", partly=True)
def test_a_room_asks_no_other_company() -> None:
    assert "config.disableThirdPartyRequests=true" in rooms()(APPOINTMENT, PERSON).partition("#")[2].split("&")


def test_a_tenant_is_the_subject() -> None:
    assert claimed("https://video.example.org/Ports/", PERSON)["sub"] == "ports"


def test_a_token_in_a_log_line_becomes_dots() -> None:
    place = rooms()(APPOINTMENT, PERSON)
    assert "eyJ" not in redact(None, "info", {"event": f"303 to {place}"})["event"]


def test_the_demo_has_rooms_of_its_own() -> None:
    found = DemoRooms("http://127.0.0.1:8080/", SECRET)
    room = room_name(SECRET, APPOINTMENT)
    assert found(APPOINTMENT, WORKER) == f"http://127.0.0.1:8080/demo/room/{room}/worker"
    assert found(APPOINTMENT, PERSON) == f"http://127.0.0.1:8080/demo/room/{room}/person"
