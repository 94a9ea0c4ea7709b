"""The audit trail reads as sentences: every deed that the code notes has words, and no identifier is left in a line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from booking.authority import Action
from booking.decisions import Verdict
from booking.operating import Deed as Right
from booking.operating import Role
from conversations.text import Text
from handlers.web.console.deed_words import ACTS, OBJECTS, did, read
from locales.voice import Voice
from storage.audit import Deed
from storage.tickets import EntryKind
from tests.handlers.console.site import Site
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE, CLAIRE

pytestmark = pytest.mark.sampled

ROOT = Path(__file__).resolve().parents[3]
OTHER = "console.kind.other"  # the words of what has none
NOTING = {"add", "add_all", "_note", "_kept", "_noted", "noted"}  # how what notes a deed is called
# What operators do in a ticket is noted with its kind; what comes of itself is no deed.
IN_TICKETS = {"taken", "said", "note", "attempt", "handed_back", "closed", "extended", "refused"}


def literals(node: ast.AST) -> Iterator[str]:
    """The texts that an argument may be: of a condition, both."""
    if isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def noted() -> set[str]:
    """Plain texts in the calls that note a deed, wherever among their arguments the action is."""
    found: set[str] = set()
    for room in ("bot", "handlers"):
        for path in (ROOT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute | ast.Name):
                    continue
                name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
                whose = ast.unparse(call.func)
                if name not in NOTING or (name in {"add", "add_all"} and not whose.startswith("audit.")):
                    continue
                first = 2 if name in {"add", "add_all"} else 0
                found |= {text for each in call.args[first : first + 3] for text in literals(each)}
    return found


NO_ACTS = {
    "database",
    "sending",
    "console",
    "timer",
    "nobody",
    "tickets",
    "told",
}  # objects and actors among the arguments


def test_every_deed_of_the_code_has_words() -> None:
    acts = noted() - NO_ACTS
    assert len(acts) > 30, acts
    acts = {f"ticket {act}" if act in IN_TICKETS else act for act in acts}
    acts |= {action.value for action in Action} | {f"{action.value} refused" for action in Action}
    acts |= {f"refused: {right}" for right in Right} | {f"add {role}" for role in Role}
    acts |= {f"settle report: {verdict}" for verdict in get_args(Verdict)}
    acts |= {"figures 2026-01-01 2026-03-31", "ticket see", "attend done assumed", "attend missed assumed"}
    assert {act for act in acts if did(act).msgid == OTHER} == set()


def looked_at() -> set[str]:
    """Of which kind what is noted as looked at is: what stands before the colon."""
    found = set()
    for path in (ROOT / "handlers").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.looked":
                named = call.args[2].values[0] if isinstance(call.args[2], ast.JoinedStr) else call.args[2]
                found |= {text.partition(":")[0] for text in literals(named)}
    return found


def test_everything_that_is_looked_at_has_words() -> None:
    assert len(looked_at()) > 6
    assert looked_at() - set(OBJECTS) == set()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    line = read(Deed("operator:o1", "see", "week:w1:2026-03-02", at), {"worker:w1": "Claire Morel"})
    assert Voice("fr")(line.what) == "la semaine du 2 mars 2026 de Claire Morel"


def test_what_is_done_in_tickets_is_what_they_tell() -> None:
    assert set(get_args(EntryKind)) >= IN_TICKETS
    assert {act.removeprefix("ticket ") for act in ACTS if act.startswith("ticket ")} == IN_TICKETS | {"see"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_line_is_a_sentence(lang: str) -> None:
    say, at = Voice(lang), datetime(2026, 3, 2, tzinfo=UTC)
    names = {"operator:o1": "anna", "worker:w1": "Claire Morel"}
    lines = []
    for action in (*ACTS, *(f"{act} refused" for act in ACTS), *(f"refused: {right}" for right in Right)):
        for object_ in (*(f"{kind}:01m84b66asz5s4g70e1emzwm3w" for kind in OBJECTS), "database", "worker:w1"):
            told = read(Deed("operator:o1", action, object_, at), names)
            line = " ".join(say(text) for text in (told.who, told.did, told.what))
            lines.append(line)
            assert line.startswith("anna "), line
            assert "_" not in line, line
            assert " de le " not in line, line
            assert " à le " not in line, line
    assert "anna a vu le travailleur social Claire Morel" in lines or lang == "en"
    assert "anna cancelled appointment …mzwm3w" in lines or lang == "fr"


def test_what_has_no_words_is_shown_as_it_was_noted() -> None:
    assert did("juggle") == Text(OTHER, {"name": "juggle"})
    line = read(Deed("martian:7", "juggle", "ball:3", datetime(2026, 3, 2, tzinfo=UTC)), {})
    assert [text.args["name"] for text in (line.who, line.did, line.what)] == ["martian:7", "juggle", "ball:3"]


async def test_a_day_s_trail_holds_no_identifier(site: Site) -> None:
    """What really happens: booked, looked at, moved, written, cancelled; refused to somebody."""
    person, appointment = await booked(site)
    desk, boss = await site.operator(Role.DESK, "camille"), await site.operator(Role.ADMINISTRATOR, "boss")
    await desk.get(f"/console/people/{person}")
    await desk.get("/console/operators", 403)
    await desk.get(f"/console/appointments/{appointment}")
    await site.place.says("sms", CAMILLE, "message", "Bonjour Claire")
    await site.place.says("sms", CLAIRE, "Bonjour", "signaler", "oui")
    await desk.post(f"/console/appointments/{appointment}/cancel", by="person", sure="yes")
    page = (await boss.get("/console/deeds")).text
    for shown in (
        "camille</a>\n    a vu",
        "a annulé",
        "a écrit un message pour",
        "a ouvert une session pour",
        "Claire Morel",
    ):
        assert shown in page, shown
    assert "pas le droit de voir les opérateurs dans" in page
    lines = re.sub(r"<[^>]*>", "", page.split('<ol class="rows deeds">')[1].split("</ol>")[0])
    assert not re.findall(r"operator:|person:|ticket |\b(see|write|cancel|log in|refused)\b", lines)
    about = (await boss.get(f"/console/deeds?of=person:{person}")).text
    assert "la personne …" in about
