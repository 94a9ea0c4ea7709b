"""What lies at the Content API against what should: for `channels setup`, which makes and submits it, and `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from handlers.channels.base import Finding, SendError
from handlers.channels.content_api import ContentApi, Lying, State
from handlers.channels.setting_up import ByHand, Setting
from handlers.channels.whatsapp_content import PREFIX, Stored, in_session
from handlers.channels.whatsapp_templates import all_stored
from locales import languages as catalogues
from locales.voice import Voice

AT_META: Final[frozenset[State]] = frozenset({"received", "pending"})
REMEDIES: Final[Mapping[State, str]] = {
    "unsubmitted": "run `socialdirect channels setup`, which makes and submits it",
    "rejected": "change its words in locales/whatsapp.toml and run `socialdirect channels setup`: it gets a new name",
    "paused": "people marked it as unwanted: Meta lifts it after some hours; look at who gets it, and at its words",
    "disabled": "paused too often: change its words in locales/whatsapp.toml and run `socialdirect channels setup`",
}
MEANWHILE: Final = "such notices go by SMS meanwhile"


def wanted(languages: Iterable[str]) -> tuple[list[Stored], list[Stored]]:
    """Of the 24 hours, and templates; of languages that have a catalogue (the doctor names the others)."""
    spoken = [language for language in languages if language in catalogues()]
    return (
        [one for language in spoken for one in in_session(language, Voice(language))],
        [one for language in spoken for one in all_stored(language)],
    )


async def settings(api: ContentApi, languages: Sequence[str]) -> list[Setting | ByHand]:
    """All of it. Raises SendError."""
    lying = await api.by_name()
    session, templates = wanted(languages)
    found: list[Setting | ByHand] = [_session(api, session, lying)]
    found += [_template(api, one, lying.get(one.name)) for one in templates]
    if old := _superseded([*session, *templates], lying):
        todo = f"{', '.join(old)}: of earlier wordings; delete them in Twilio's console once no older release runs"
        found.append(ByHand("whatsapp contents that nothing uses", todo))
    return found


def _session(api: ContentApi, wanted: Sequence[Stored], lying: Mapping[str, Lying]) -> Setting:
    missing = [one for one in wanted if one.name not in lying]

    async def put() -> None:
        for one in missing:
            await api.make(one)

    there = ", ".join(sorted(one.name for one in wanted if one.name in lying))
    return Setting("whatsapp buttons and lists", there, ", ".join(sorted(one.name for one in wanted)), put)


def _template(api: ContentApi, wanted: Stored, there: Lying | None) -> Setting | ByHand:
    """Made and submitted is all that can be done from here; the rest is Meta's, or new words."""
    about = f"whatsapp template {wanted.name}"
    submitted = "submitted for approval"
    if there is not None and there.state in {"rejected", "paused", "disabled"}:
        return ByHand(about, _ill(there))
    if there is not None and there.state != "unsubmitted":
        return Setting(f"{about}: {there.state}", submitted, submitted, _nothing)

    async def put() -> None:
        sid = there.sid if there is not None else await api.make(wanted)
        await api.submit(sid, wanted.name)

    return Setting(about, "" if there is None else "made, not submitted", submitted, put)


async def _nothing() -> None:
    """With `--again`: what was submitted stays so."""


def _superseded(wanted: Sequence[Stored], lying: Mapping[str, Lying]) -> list[str]:
    """Ours by their names, and of another digest than this release's."""
    names = {one.name for one in wanted}
    bases = {one.name.rpartition("_")[0] for one in wanted}
    return sorted(
        name for name in lying if name.startswith(PREFIX) and name not in names and name.rpartition("_")[0] in bases
    )


async def findings(api: ContentApi, languages: Sequence[str]) -> list[Finding]:
    """A line for each template that cannot be sent, with its remedy; else one for all."""
    try:
        lying = await api.by_name()
    except SendError as error:
        words = f"TWILIO_CONTENT_API_URL does not answer as it should ({error.code}): questions go as numbered text"
        return [Finding("whatsapp contents", False, words)]
    session, templates = wanted(languages)
    return [_of_session(session, lying), *_of_templates(templates, lying)]


def _of_session(wanted: Sequence[Stored], lying: Mapping[str, Lying]) -> Finding:
    missing = [one.name for one in wanted if one.name not in lying]
    if missing:
        words = (
            f"{len(missing)} of {len(wanted)} are missing: run `socialdirect channels setup`; numbered text meanwhile"
        )
        return Finding("whatsapp buttons and lists", False, words)
    return Finding("whatsapp buttons and lists", True, f"{len(wanted)} are there")


def _of_templates(wanted: Sequence[Stored], lying: Mapping[str, Lying]) -> list[Finding]:
    states = {one.name: lying[one.name].state if one.name in lying else None for one in wanted}
    if not any(states.values()):
        words = f"none of {len(wanted)} is there: run `socialdirect channels setup`; {MEANWHILE}"
        return [Finding("whatsapp templates", False, words)]
    found = []
    for name, state in states.items():
        if state is None:
            found.append(Finding(f"whatsapp template {name}", False, f"missing: {REMEDIES['unsubmitted']}"))
        elif state in REMEDIES:
            found.append(Finding(f"whatsapp template {name}", False, _ill(lying[name])))
    waiting = sum(state in AT_META for state in states.values())
    approved = sum(state == "approved" for state in states.values())
    words = f"{approved} of {len(wanted)} approved" + (f", {waiting} wait for Meta; {MEANWHILE}" if waiting else "")
    return [*found, Finding("whatsapp templates", True, words)]


def _ill(there: Lying) -> str:
    reason = f" ({there.reason})" if there.reason else ""
    return f"{there.state}{reason}: {REMEDIES[there.state]}; {MEANWHILE}"
