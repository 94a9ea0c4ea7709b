"""Video rooms: nobody can guess one, each hour has its own, and the server's token opens it in its time only."""

from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from booking.model import AppointmentId
from handlers.web.rooms import DemoRooms, VideoRooms, room_name
from tests.handlers.web.site import APPOINTMENT, NOW, SECRET, START

APP_SECRET = "a made-up secret of more than 32 characters"
OTHER = replace(APPOINTMENT, id=AppointmentId("another"))


def test_a_room_belongs_to_one_hour_and_one_installation() -> None:
    names = {room_name(SECRET, APPOINTMENT), room_name(SECRET, OTHER), room_name("t" * 32, APPOINTMENT)}
    assert len(names) == 3
    assert all(len(name) == 32 and name.isalnum() and name == name.lower() for name in names)
    assert room_name(SECRET, APPOINTMENT) == room_name(SECRET, replace(APPOINTMENT, status="done"))
    assert not any(APPOINTMENT.id in name for name in names)


@pytest.mark.parametrize("base", ["https://video.example.org", "https://video.example.org/"])
def test_without_an_application_the_address_is_the_room(base: str) -> None:
    rooms = VideoRooms(base, SECRET, lambda: NOW)
    assert rooms(APPOINTMENT) == f"https://video.example.org/{room_name(SECRET, APPOINTMENT)}"


def test_with_an_application_the_address_carries_a_token_for_that_room_and_hour() -> None:
    rooms = VideoRooms("https://video.example.org", SECRET, lambda: NOW, "social", APP_SECRET)
    address, _, token = rooms(APPOINTMENT).partition("?jwt=")
    claims = jwt.decode(
        token, APP_SECRET, ["HS256"], audience="jitsi", options={"verify_exp": False, "verify_nbf": False}
    )
    assert address.endswith(claims["room"])
    assert (claims["iss"], claims["sub"]) == ("social", "video.example.org")
    assert claims["nbf"] == (START - timedelta(minutes=10)).timestamp()
    assert claims["exp"] == (START + timedelta(minutes=90)).timestamp()
    assert jwt.get_unverified_header(token)["kid"] == "social"
    assert not {"context", "name", "email"} & set(claims)  # the server learns nobody's name


def test_the_demo_has_rooms_of_its_own() -> None:
    assert DemoRooms("http://127.0.0.1:8080/", SECRET)(APPOINTMENT).startswith("http://127.0.0.1:8080/demo/room/")
