"""How values are written: right ones, their edges, and wrong ones."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.model import Hours
from bot import forms

WEEK = frozenset(range(7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        (" 4h ", timedelta(hours=4)),
        ("56d", timedelta(days=56)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert forms.duration(text) == expected


def test_reminders_are_sorted_and_once_each() -> None:
    assert forms.durations("2h, 48h,2h") == (timedelta(hours=48), timedelta(hours=2))


@given(st.integers(1, 999_999), st.sampled_from(sorted(forms.UNITS)))
def test_every_duration_has_its_length(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    assert forms.duration(f"{number}{unit}") == timedelta(seconds=number * seconds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 09:00-18:00", (Hours(frozenset(range(5)), time(9), time(18)),)),
        ("SAT 10:00-12:00", (Hours(frozenset({5}), time(10), time(12)),)),
        ("fri-mon 22:00-02:00", (Hours(frozenset({4, 5, 6, 0}), time(22), time(2)),)),
        (
            "mon-fri 09:00-12:30, mon 14:00-18:00",
            (Hours(frozenset(range(5)), time(9), time(12, 30)), Hours(frozenset({0}), time(14), time(18))),
        ),
    ],
)
def test_weekly_hours(text: str, expected: tuple[Hours, ...]) -> None:
    assert forms.weekly_hours(text) == expected


@given(st.sampled_from(forms.DAYS), st.sampled_from(forms.DAYS))
def test_a_range_of_days_holds_both_its_ends(first: str, last: str) -> None:
    found = forms.days(f"{first}-{last}")
    assert {forms.DAYS.index(first), forms.DAYS.index(last)} <= found <= WEEK


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(20, 59, False), (21, 0, True), (3, 0, True), (7, 59, True), (8, 0, False)]
)
def test_quiet_hours_cross_midnight(hour: int, minute: int, quiet: bool) -> None:
    assert forms.quiet_hours("21:00-08:00").holds(datetime(2026, 3, 3, hour, minute, tzinfo=UTC)) is quiet


@given(st.times(), st.sampled_from(["21:00-08:00", "12:00-14:00", "00:00-23:59"]))
def test_quiet_and_its_opposite_share_the_day(moment: time, text: str) -> None:
    start, _, end = text.partition("-")
    local = datetime.combine(datetime(2026, 3, 3, tzinfo=UTC), moment, UTC)
    assert forms.quiet_hours(text).holds(local) is not forms.quiet_hours(f"{end}-{start}").holds(local)


@given(st.binary(min_size=32, max_size=32))
def test_keys_with_and_without_padding(secret: bytes) -> None:
    text = base64.urlsafe_b64encode(secret).decode()
    assert forms.key(text) == forms.key(text.rstrip("=")) == secret


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (forms.languages, "fr, en,fr,pt_PT", ("fr", "en", "pt_PT")),
        (forms.phone, "+33 1 99 00 00 01", "+33199000001"),
        (forms.sms_sender, "36200", "36200"),
        (forms.sms_sender, "+33199000001", "+33199000001"),
        (forms.sender_name, "SocialDirec", "SocialDirec"),
        (forms.web_address, "https://rdv.example.org/", "https://rdv.example.org"),
        (forms.mail_address, "Social Direct <rdv@example.org>", "Social Direct <rdv@example.org>"),
        (forms.mail_address, "rdv@example.org", "rdv@example.org"),
    ],
)
def test_right_values(form: Callable[[str], object], text: str, expected: object) -> None:
    assert form(text) == expected


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.duration, "4"),
        (forms.duration, "0h"),
        (forms.duration, "-4h"),
        (forms.duration, "4 weeks"),
        (forms.duration, "٤h x"),
        (forms.durations, ","),
        (forms.clock, "24:00"),
        (forms.clock, "9:00"),
        (forms.quiet_hours, "21:00"),
        (forms.quiet_hours, "08:00-08:00"),
        (forms.weekly_hours, "lundi 09:00-18:00"),
        (forms.weekly_hours, "mon-fri"),
        (forms.weekly_hours, "mon 09:00-09:00"),
        (forms.weekly_hours, " , "),
        (forms.key, "c2hvcnQ="),
        (forms.key, "not base64 !"),
        (forms.languages, "français"),
        (forms.languages, ","),
        (forms.phone, "0199000001"),
        (forms.sms_sender, "SocialDirect"),
        (forms.sender_name, "123456"),
        (forms.sender_name, "Social-Direct-France"),
        (forms.web_address, "rdv.example.org"),
        (forms.web_address, "https://rdv.example.org?x=1"),
        (forms.mail_address, "nobody"),
        (forms.mail_address, "a@b\nBcc: c@d"),
    ],
)
def test_wrong_values_are_refused_with_an_example(form: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected"):
        form(text)
