"""`rotate` as an operator uses it, from the new key to dropping the old one."""

from __future__ import annotations

import re

from bot.secrets import fresh
from tests.bot.conftest import BOOKS, Desk

KEY = re.compile(r"\b[0-9a-f]{8}\b")


def kept(desk: Desk) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (desk.folder / ".env").read_text().splitlines())


def test_a_new_key_from_the_first_day_to_the_last(open_desk: Desk) -> None:
    open_desk.ok("chat", typed=BOOKS)
    former, new = kept(open_desk)["ENCRYPTION_KEYS"], fresh()["ENCRYPTION_KEYS"]
    assert "ok     keys: all is sealed with the first of ENCRYPTION_KEYS (" in open_desk("doctor").out
    open_desk.set(ENCRYPTION_KEYS=f"{new},{former}")
    looked = open_desk("doctor").out
    assert re.search(r"wrong  keys: \d+ values are still sealed with an old key: run `socialdirect rotate`", looked)
    done = open_desk.ok("rotate")
    count, whole, first, old = re.findall(r"\d+(?= values)|\d+(?= in all)|[0-9a-f]{8}(?=\)| any)", done.out)
    assert int(count) == int(whole) > 20
    assert done.lines[1] == f"nothing needs {old} any more, but backups that were made before"
    assert not any(key in done.out + done.err for key in (former, new))
    assert open_desk.ok("rotate").lines[0] == f"0 values sealed again, {whole} in all with the first key ({first})"
    assert f"{old} can be dropped from ENCRYPTION_KEYS" in open_desk("doctor").out
    open_desk.set(ENCRYPTION_KEYS=new)
    assert "Vos rendez-vous" in open_desk.ok("chat", typed="mes rdv\n").out


def test_a_key_that_was_dropped_too_early_is_asked_for(open_desk: Desk) -> None:
    open_desk.set(ENCRYPTION_KEYS=fresh()["ENCRYPTION_KEYS"])
    done = open_desk("rotate")
    assert done.status == 1
    assert "ENCRYPTION_KEYS must name that key, too" in done.out
    assert "sealed with a key that ENCRYPTION_KEYS does not name" in open_desk("doctor").out


def test_a_new_secret_is_taken_over_once(open_desk: Desk) -> None:
    open_desk.ok("chat", typed=BOOKS)
    open_desk.set(SECRET_KEY=fresh()["SECRET_KEY"])
    refused = open_desk("chat", typed="mes rdv\n")
    assert refused.status == 1
    assert "socialdirect rotate --secret-key" in refused.err
    assert "links that were given out are over" in open_desk.ok("rotate", "--secret-key", "--end-links").out
    assert "Vos rendez-vous" in open_desk.ok("chat", typed="mes rdv\n").out
    again = open_desk("rotate", "--secret-key")
    assert again.status == 1
    assert "nothing to do" in again.err


def test_links_end_with_the_secret_only(open_desk: Desk) -> None:
    assert open_desk("rotate", "--end-links").status == 2
