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


class Media(Model):
    """A file that came with a message and lies at its provider.

    `ref`: by which ids it is found there, never an address. `document_id`: which document it becomes, none of what is
    not wanted and only to be deleted there.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    channel = fields.CharField(max_length=NAME)
    ref = fields.BinaryField(null=True)
    document_id = fields.CharField(max_length=ID, null=True)
    status = fields.CharField(max_length=NAME)
    attempts = fields.IntField(default=0)
    next_try_at = fields.DatetimeField()
    last_error = fields.CharField(max_length=128, null=True)
    came_at = fields.DatetimeField()
    told_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "media"
