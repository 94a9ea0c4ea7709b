"""One turn of a talk while it is being taken: the open flows, the answers, and what will be said.

`hear` and `commands` change it; `engine` closes it. Nothing here reads a clock or knows a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Literal

from booking.ports import Known
from conversations import frozen
from conversations.flows import terms
from conversations.model import (
    Again,
    Ask,
    Context,
    Fill,
    Finish,
    Flag,
    Flow,
    Frame,
    Input,
    Link,
    Outcome,
    Prompt,
    Shown,
    State,
    Step,
    Switch,
)
from conversations.text import Text

_OUTCOMES: dict[type, Literal["filled", "again", "switched", "finished"]] = {
    Fill: "filled",
    Again: "again",
    Switch: "switched",
    Finish: "finished",
}


class Talk:
    """The mutable side of one turn."""

    def __init__(self, flows: Mapping[str, Flow], state: State, c: Context) -> None:
        expired = state.touched is not None and c.now - state.touched > c.draft_time
        self.flows = flows
        self.frames: list[Frame] = [] if expired else list(state.frames)
        self.prompt: Prompt | None = None if expired else state.prompt
        self.facts: dict[str, Any] = dict(state.facts)
        self.met = state.met
        self.touched = state.touched
        self.mode: Literal["bot", "human"] = "bot" if expired else state.mode
        self.waits = None if expired else state.waits
        self.spoke = None if expired else state.spoke
        self.before = tuple(self.frames)
        self.says: list[Text] = []
        self.link: Link | None = None
        self.flags: set[Flag] = set()
        self.trace: list[tuple[str, str, str]] = []
        self.misses = 0  # of this input: 0 understood, else how many in a row at this question
        self.hush = False  # say what is to be said, and ask nothing
        self.told = False  # it is news that is said, which nobody asked for
        self.rests = False  # the desk has the word: what lies below is not asked
        self.ended = False  # a flow came to its end: with nothing below it, there is nothing to ask
        self.exchange = ""  # the appointment whose two have written to each other in what is said
        self.files: dict[str, str] = {}  # what is to be fetched: the provider's id of it, and of which document
        self.silent = False  # what is to be said was said a moment ago, of what came before
        self.unheard = ""  # a text that a flow found to be for none of its questions
        self.reheard = False  # it is being understood once more, as meant for us
        self._c = c

    # ------------------------------------------------------------ where we are

    @property
    def c(self) -> Context:
        """The context, with the answers as they stand now."""
        own = self.frames[-1].answers if self.frames else {}
        answers, here = {**self.facts, **own}, (len(self.frames) < 2, self.mode, self.waits, self.draft())
        c = self._c
        if c.answers != answers or (c.alone, c.mode, c.waits, c.draft) != here:
            alone, mode, waits, draft = here
            self._c = c = replace(c, answers=answers, alone=alone, mode=mode, waits=waits, draft=draft)
        return c

    @property
    def flow(self) -> Flow | None:
        return self.flows[self.frames[-1].flow] if self.frames else None

    @property
    def open_step(self) -> Step | None:
        """The step whose question is on their screen, if its flow is still on top."""
        if self.prompt is None or self.flow is None or self.flow.name != self.prompt.flow:
            return None
        return self.flow.step(self.prompt.step)

    def next_step(self) -> Step | None:
        """The rule of the checklist: the first step that is wanted."""
        assert self.flow is not None
        c = self.c
        return next((step for step in self.flow.steps if _wanted(step, c)), None)

    def draft(self) -> Frame | None:
        """A booking or a move under way in which something was answered already."""
        return next((frame for frame in reversed(self.frames) if frame.trail and self.flows[frame.flow].draft), None)

    # ------------------------------------------------------------ what happens

    async def push(self, name: str, answers: Mapping[str, Any] | None = None) -> None:
        """Put a flow on top. A flow is open once at most, so the stack stays as short as the list of flows.

        A draft that is opened again goes on where it was, unless it is about another appointment now. What they ask for
        is put off where the terms come first.
        """
        name = frozen.instead(name, self._c, told=self.told)
        if not self.told and terms.comes_first(self.c, name):
            name, answers = "terms", terms.wanted(self._c)
        flow, fresh = self.flows[name], Frame(name, self.flows[name].version)
        before = next((frame for frame in self.frames if frame.flow == name), fresh)
        self.frames = [frame for frame in self.frames if frame.flow != name and not self.flows[frame.flow].fleeting]
        self.frames.append(before if flow.draft and "which" not in (answers or {}) else fresh)
        if answers:
            self.fill(answers)
            if not flow.draft:  # it was opened with them: BACK leaves it
                self.frames[-1] = replace(self.frames[-1], trail=())
        if flow.enter is not None and (outcome := await flow.enter(self.c)) is not None:
            await self.apply(outcome, "enter")

    def pop(self) -> None:
        self.frames.pop()

    def reread(self) -> str:
        """The text that is still to be understood; from now on it is what they wrote."""
        text, self.unheard, self.reheard = self.unheard, "", True
        self._c = replace(self._c, raw=text)
        return text

    async def answer(self, step: Step, heard: Input) -> Outcome:
        """Give an answer to a step, without applying what comes of it."""
        asked = self.open_step is step
        prompt = self.prompt if asked else None
        misses, asked_at = (prompt.misses, prompt.asked_at) if prompt else (0, None)
        shown = prompt.shown if prompt else None
        return await step.got(replace(self.c, asked=asked, asked_at=asked_at, misses=misses, shown=shown), heard)

    async def apply(self, outcome: Outcome, step: str) -> None:
        """Do what a step or the end of a flow said."""
        flow = self.flow
        assert flow is not None
        self.trace.append((flow.name, step, _OUTCOMES[type(outcome)]))
        if outcome.say is not None:
            self.says.append(outcome.say)
        match outcome:
            case Fill(answers):
                self.fill(answers)
            case Again(miss=True):
                self.miss()
            case Switch():
                if outcome.replace:
                    self.pop()
                if outcome.over:
                    self.frames = []
                await self.push(outcome.flow, outcome.answers)
            case Finish():
                self.says.extend(outcome.more)
                self.link = outcome.link or self.link
                self.knows(outcome.known)
                self.flags |= outcome.flags
                self.hands_over(outcome.flags)
                if "agreed" in outcome.flags:
                    self._c = replace(self._c, known=replace(self._c.known, terms_accepted=True, agreed_before=True))
                self.unheard = outcome.hear
                if outcome.forget:
                    self.facts = {name: value for name, value in self.facts.items() if name == "lang"}
                self.facts |= outcome.keep
                self.exchange = outcome.keep.get("exchange", {}).get("about", self.exchange)
                self.pop()
                self.frames = [frame for frame in self.frames if frame.flow != outcome.leaves]
                # A question that silently went by beneath a flow which has just ended begins nothing new.
                self.ended = not outcome.go_on or (self.ended and outcome.say is None)

    def fill(self, answers: Mapping[str, Any]) -> None:
        """Gain and lose answers; a changed one takes those with it that were given because of it."""
        frame, flow = self.frames[-1], self.flow
        assert flow is not None
        known, trail = dict(frame.answers), list(frame.trail)
        changed = {name for name, value in answers.items() if self.c.answers.get(name) != value}
        lost = {step.name for step in flow.steps if changed & set(step.needs)} - set(answers)
        for name in lost | set(answers):
            known.pop(name, None)
            self.facts.pop(name, None)
            trail = [step for step in trail if step != name]
        for name, value in answers.items():
            if value is None:
                continue
            step = flow.step(name)
            if step is not None and step.lasting:
                self.facts[name] = value
            else:
                known[name] = value
            trail.append(name)
        self.frames[-1] = replace(frame, answers=known, trail=tuple(trail))

    def knows(self, known: Known | None) -> None:
        """Who writes has become known, or is not any more."""
        if known is not None:
            contact = replace(self._c.contact, person=known.person.id if known.person else None)
            self._c = replace(self._c, contact=contact, known=known)
            self.frames = frozen.without_drafts(self.frames, self.flows, self._c)
            # A sign-up in which nothing was said yet is nothing to go on with, for somebody who has an account.
            self.frames = [frame for frame in self.frames if frame.flow != "book" or frame.trail]

    def hands_over(self, flags: frozenset[Flag]) -> None:
        """To the desk, or back from it."""
        if "human" in flags:
            self.mode, self.rests = "human", True
            answered = "answered" in flags
            self.waits, self.spoke = (None, self._c.now) if answered else (self._c.now, self.spoke)
        elif "bot" in flags:
            self.mode, self.waits, self.spoke = "bot", None, None

    def miss(self) -> None:
        self.misses = (self.prompt.misses if self.prompt else 0) + 1

    # ------------------------------------------------------------ what is asked

    def ask(self, step: Step, ask: Ask) -> Prompt:
        """The question as it will stand on their screen. The same question asked again keeps its buttons valid."""
        assert self.flow is not None
        before = self.prompt
        same = (
            before is not None
            and (before.flow, before.step) == (self.flow.name, step.name)
            and before.options == ask.options
        )
        id = before.id if before is not None and same else self._c.new_id()[-10:]
        over = before.options if self.told and before is not None and not same else ()
        shown = self._shown(ask) if ask.proof else None
        return Prompt(id, self.flow.name, step.name, ask.options, ask.free, self._c.now, self.misses, over, shown)

    def _shown(self, ask: Ask) -> Shown:
        words = "\n".join(map(self._c.say, (ask.text, *(option.label for option in ask.options))))
        catalogue, documents = sha256(words.encode()).hexdigest(), (self._c.terms_version, self._c.policy_version)
        return Shown(ask.text.msgid, self._c.contact.lang, catalogue, self._c.leaves, documents)


def _wanted(step: Step, c: Context) -> bool:
    return step.wanted(c) if step.wanted is not None else step.name not in c.answers
