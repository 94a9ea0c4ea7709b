"""What people send for their workers."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Document(Model):
    """What a person sent for their worker.

    The file lies elsewhere, under the row's id, sealed by `key`.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    status = fields.CharField(max_length=NAME)
    key = fields.BinaryField(null=True)
    reason = fields.CharField(max_length=NAME, null=True)
    kind = fields.CharField(max_length=NAME, null=True)
    pages = fields.IntField(default=1)
    batch = fields.CharField(max_length=ID, null=True)
    series = fields.CharField(max_length=ID, null=True)
    worker_id = fields.CharField(max_length=ID, null=True)
    came_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField()

    class Meta:
        table = "document"
