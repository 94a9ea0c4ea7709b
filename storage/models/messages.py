"""What people and their workers write to each other, and reports of how."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Message(Model):
    """What a person and the worker of their appointment wrote to each other. `author`: person or worker."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    author = fields.CharField(max_length=NAME)
    body = fields.BinaryField()
    written_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"


class Report(Model):
    """A worker reports how a person treats them (terms, article 6.2). No word of either stands here."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    message_id = fields.CharField(max_length=ID, null=True)
    made_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    settled_by = fields.CharField(max_length=128, default="")
    verdict = fields.CharField(max_length=NAME, default="")

    class Meta:
        table = "report"
