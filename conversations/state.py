"""A talk as JSON, and back.

Any state ever released can be loaded: by a newer program, and by an older one after a rollback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from conversations.model import Flow, Frame, Option, Prompt, Shown, State
from conversations.text import text_from_json, text_to_json

VERSION = 1


def to_json(state: State) -> dict[str, Any]:
    """Plain JSON: strings, numbers, lists, objects. Instants as ISO 8601 in UTC."""
    return {
        "v": VERSION,
        "frames": [
            {"flow": f.flow, "v": f.version, "answers": dict(f.answers), "trail": list(f.trail)} for f in state.frames
        ],
        "prompt": _prompt_to_json(state.prompt) if state.prompt else None,
        "facts": dict(state.facts),
        "met": state.met,
        "touched": _iso(state.touched),
        "echo": list(state.echo),
        "mode": state.mode,
        "waits": _iso(state.waits),
        "spoke": _iso(state.spoke),
    }


def from_json(data: Mapping[str, Any], flows: Mapping[str, Flow]) -> State:
    """The talk as the flows of today understand it; what they no longer know is left out, never an error."""
    facts = dict(data.get("facts", {}))
    frames = tuple(_frame(f, flows, facts) for f in data.get("frames", ()) if f["flow"] in flows)
    prompt = _prompt_from_json(data["prompt"]) if data.get("prompt") else None
    if prompt and not any(f.flow == prompt.flow and flows[f.flow].step(prompt.step) for f in frames):
        prompt = None
    said, times = data.get("echo", ("", 0))
    return State(
        frames=frames,
        prompt=prompt,
        facts=facts,
        met=bool(data.get("met")),
        touched=_instant(data.get("touched")),
        echo=(said, times),
        mode="human" if data.get("mode") == "human" else "bot",
        waits=_instant(data.get("waits")),
        spoke=_instant(data.get("spoke")),
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _frame(data: Mapping[str, Any], flows: Mapping[str, Flow], facts: Mapping[str, Any]) -> Frame:
    """An older version goes through its upgrades; one from the future keeps its answers: unknown names do no harm.

    The trail also holds lasting answers, which are kept among the facts: BACK leads to their question too.
    """
    flow = flows[data["flow"]]
    answers, version = dict(data["answers"]), int(data["v"])
    while version < flow.version:
        answers = flow.upgrades[version](answers)
        version += 1
    trail = tuple(name for name in data["trail"] if name in answers or name in facts)
    return Frame(flow.name, flow.version, answers, trail)


def _prompt_to_json(prompt: Prompt) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "flow": prompt.flow,
        "step": prompt.step,
        "options": [_option_to_json(o) for o in prompt.options],
        "free": prompt.free,
        "at": prompt.asked_at.isoformat(),
        "misses": prompt.misses,
        "over": [_option_to_json(o) for o in prompt.over],
        **(_shown_to_json(prompt.shown) if prompt.shown else {}),
    }


def _shown_to_json(shown: Shown) -> dict[str, Any]:
    """`documents` stands beside it: a release before reads `shown` as it knows it."""
    told = asdict(shown)
    return {"documents": told.pop("documents"), "shown": told}


def _prompt_from_json(data: Mapping[str, Any]) -> Prompt:
    options, over = (tuple(map(_option_from_json, data.get(name, ()))) for name in ("options", "over"))
    asked_at = datetime.fromisoformat(data["at"])
    documents = tuple(data["documents"]) if data.get("documents") else None
    shown = Shown(**data["shown"], documents=documents) if data.get("shown") else None
    return Prompt(data["id"], data["flow"], data["step"], options, data["free"], asked_at, data["misses"], over, shown)


def _option_to_json(option: Option) -> dict[str, Any]:
    return {"value": option.value, "label": text_to_json(option.label), "exact": option.exact}


def _option_from_json(data: Mapping[str, Any]) -> Option:
    return Option(data["value"], text_from_json(data["label"]), data.get("exact", False))
