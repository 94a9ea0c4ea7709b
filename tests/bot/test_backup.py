"""`backup`, `restore`, `purge`: the round trip of an installation, from one kind of database to the other and back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot.secrets import fresh
from tests.bot.conftest import BOOKS, SAMPLE, Desk
from tests.guards import guards
from tests.servers.postgres import Postgres


def move_to(desk: Desk, url: str, file: str) -> None:
    """From now on the desk works on another database, as it is after a restore."""
    desk.set(DATABASE_URL=url)
    desk.ok("restore", file)
    looked = desk("doctor", "--deep")
    assert "ok     rules: " in looked.out
    assert "wrong  sending: paused (restored)" in looked.out


def test_a_booked_hour_survives_into_another_kind_of_database_and_back(open_desk: Desk, postgres_url: str) -> None:
    open_desk.ok("chat", typed=BOOKS)
    open_desk.ok("backup", "first.backup")
    move_to(open_desk, postgres_url, "first.backup")
    open_desk.ok("backup", "second.backup")
    move_to(open_desk, "sqlite://var/new.sqlite3", "second.backup")
    assert open_desk.ok("resume").out.startswith("sending goes on")
    assert "Vos rendez-vous" in open_desk.ok("chat", typed="mes rdv\n").out


def test_a_whole_day_on_postgresql(desk: Desk, postgres_server: Postgres) -> None:
    with fresh_database(postgres_server) as url:
        desk.set(DATABASE_URL=url)
        desk.ok("load", str(SAMPLE))
        assert desk.ok("load", str(SAMPLE)).lines == ["nothing changed"]
        assert "C'est réservé" in desk.ok("chat", typed=BOOKS).out
        wish = ("06 39 98 02 01", "--motive", "housing", "--mode", "phone")
        new = ("--first", "Ann", "--last", "Martin", "--code", "PORTS-7KQM-4XTD")
        at = " ".join(desk.ok("book", *wish).lines[0].split()[1:3])
        id = desk.ok("book", *wish, *new, "--at", at).lines[0].split()[1]
        assert id in desk.ok("cancel", wish[0]).out
        assert "appointment_changed" in desk.ok("why", id).out
        desk.ok("pause")
        assert "ok     rules: " in desk("doctor", "--deep").out
        desk.ok("resume")
        assert desk.ok("purge").lines == ["nothing was due"]


@contextmanager
def fresh_database(server: Postgres) -> Iterator[str]:
    """One that nobody has migrated."""
    name = asyncio.run(server.create("template0"))
    yield server.address(name)
    asyncio.run(server.drop(name))


def test_a_backup_is_restored_into_an_empty_database_only(open_desk: Desk) -> None:
    open_desk.ok("backup", "here.backup")
    done = open_desk("restore", "here.backup")
    assert done.status == 1
    assert "not empty" in done.err


def test_a_backup_opens_with_its_own_keys_only(open_desk: Desk) -> None:
    open_desk.ok("backup", "here.backup")
    open_desk.set(DATABASE_URL="sqlite://var/new.sqlite3", ENCRYPTION_KEYS=fresh()["ENCRYPTION_KEYS"])
    done = open_desk("restore", "here.backup")
    assert done.status == 1
    assert "ENCRYPTION_KEYS lacks" in done.err


def test_a_torn_or_foreign_file_is_refused(open_desk: Desk) -> None:
    open_desk.ok("backup", "here.backup")
    whole = (open_desk.folder / "here.backup").read_bytes()
    (open_desk.folder / "torn.backup").write_bytes(whole[: len(whole) // 2])
    (open_desk.folder / "foreign.backup").write_bytes(b"something else")
    open_desk.set(DATABASE_URL="sqlite://var/new.sqlite3")
    for name in ("torn.backup", "foreign.backup"):
        done = open_desk("restore", name)
        assert (done.status, done.err.count("\n")) == (1, 1)
    open_desk.ok("restore", "here.backup")


def test_files_that_are_not_there_are_wrong_use(open_desk: Desk) -> None:
    assert open_desk("restore", "nothing.backup").status == 2
    assert open_desk("backup", "nowhere/here.backup").status == 2


def test_purging_tells_what_it_ended(open_desk: Desk) -> None:
    open_desk.ok("chat", typed="bonjour\n")
    assert open_desk.ok("purge").lines == ["nothing was due"]


@guards("G06", partly=True)
def test_who_was_erased_since_the_backup_stays_erased(open_desk: Desk) -> None:
    """The drill: backup, erase, restore. Sending starts paused."""
    open_desk.ok("chat", typed=BOOKS)
    open_desk.ok("backup", "monday.backup")
    [person] = re.findall(r"person (\w{26})", open_desk("person", "erase", "camille@example.org", typed="\n").out)
    open_desk.ok("person", "erase", "camille@example.org", "--confirm", person)
    open_desk.ok("person", "erasures", "--out", "ledger")
    folder, elsewhere = open_desk.folder / "var" / "documents", open_desk.folder / "elsewhere"
    folder.rename(elsewhere)
    open_desk.set(DATABASE_URL="sqlite://var/new.sqlite3")
    unknown = open_desk("restore", "monday.backup")
    assert (unknown.status, unknown.err.count("\n")) == (1, 1)
    assert "nothing was restored" in unknown.err
    assert "--erasures FILE" in unknown.err
    elsewhere.rename(folder)
    assert "1 people who were erased since were erased again" in open_desk.ok("restore", "monday.backup").out
    looked = open_desk("doctor", "--deep").out
    assert "wrong  sending: paused (restored)" in looked
    assert "ok     rules: " in looked
    assert open_desk("person", "decisions", "camille@example.org").err.startswith("socialdirect: nobody has an account")
    open_desk.set(DATABASE_URL="sqlite://var/by_file.sqlite3")
    assert "1 people" in open_desk.ok("restore", "monday.backup", "--erasures", "ledger").out


def test_a_ledger_that_is_none_or_knows_too_little_restores_nothing(open_desk: Desk) -> None:
    """Of a file as of the store: whoever it does not name would be back."""
    open_desk.ok("chat", typed=BOOKS)
    [person] = re.findall(r"person (\w{26})", open_desk("person", "erase", "camille@example.org", typed="\n").out)
    open_desk.ok("person", "erase", "camille@example.org", "--confirm", person)
    open_desk.ok("backup", "monday.backup")
    [line] = open_desk.ok("person", "erasures").lines
    third = line.replace('"id":1,', '"id":3,')
    open_desk.set(DATABASE_URL="sqlite://var/new.sqlite3")
    for content, status, said in (
        (b"\xff\xfe\x00", 2, "--erasures: ledger cannot be read (not UTF-8 text)"),
        (b"[1]\n", 1, "line 1 of the ledger of erasures is not readable"),
        (b"", 1, "tells of 0 erasures, the backup of 1"),
        (f"{line}\n{third}\n".encode(), 1, "line 2 of the ledger of erasures is missing"),
    ):
        (open_desk.folder / "ledger").write_bytes(content)
        done = open_desk("restore", "monday.backup", "--erasures", "ledger")
        assert (done.status, said in done.err, done.err.count("\n")) == (status, True, 1), done
