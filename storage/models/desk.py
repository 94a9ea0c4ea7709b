"""What a human of the desk must look at, and what they decide about people."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Ticket(Model):
    """What a human of the desk must look at. `context`, sealed: where the talk stood, and a number to call.

    `live`: the talk is with the desk, what the person writes goes into this ticket. `subject` is a kind and an id.
    `due_at`: of a request about somebody's data, when it is answered at the latest; `extended_at`: they were told that
    it takes longer; `warned`: how many of the alarms about it were raised.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID, null=True)
    person_id = fields.CharField(max_length=ID, null=True)
    kind = fields.CharField(max_length=NAME)
    status = fields.CharField(max_length=NAME)
    context = fields.BinaryField(null=True)
    subject = fields.CharField(max_length=128, null=True)
    operator = fields.CharField(max_length=128, null=True)
    live = fields.BooleanField(default=False)
    opened_at = fields.DatetimeField()
    taken_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=NAME, null=True)
    due_at = fields.DatetimeField(null=True)
    extended_at = fields.DatetimeField(null=True)
    warned = fields.IntField(null=True)

    class Meta:
        table = "ticket"


class TicketEntry(Model):
    """What happened to a ticket: what was said on either side, notes, attempts to call back. Only ever added to.

    `once`: a digest of the form of the console that it came by, so that the same one sent twice counts once.
    """

    id = fields.BigIntField(primary_key=True)
    ticket_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    operator = fields.CharField(max_length=128, null=True)
    words = fields.BinaryField(null=True)
    detail = fields.CharField(max_length=128, null=True)
    done_at = fields.DatetimeField()
    once = fields.CharField(max_length=ID, null=True)

    class Meta:
        table = "ticket_entry"


class Decision(Model):
    """What an operator decided about a person.

    `decided_by`, `ended_by`, `reviewed_by` are operators, as the audit trail calls them. The words are sealed: the
    reason, what the person says against it, the answer to that, the word with which it ended. `read_at`: when they were
    shown it; `news`: what became of it since waits to be shown.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    ground = fields.CharField(max_length=NAME)
    words = fields.BinaryField()
    decided_by = fields.CharField(max_length=128)
    decided_at = fields.DatetimeField()
    until_at = fields.DatetimeField(null=True)
    cancels = fields.BooleanField(default=False)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=128, default="")
    contested_at = fields.DatetimeField(null=True)
    contest = fields.BinaryField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    reviewed_by = fields.CharField(max_length=128, default="")
    verdict = fields.CharField(max_length=NAME, null=True)
    answer = fields.BinaryField(null=True)
    ended_words = fields.BinaryField(null=True)
    read_at = fields.DatetimeField(null=True)
    news = fields.BooleanField(null=True)

    class Meta:
        table = "decision"
