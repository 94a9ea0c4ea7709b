"""Who pays and who helps: clients, their codes, workers and their times."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Client(Model):
    """Who pays."""

    id = fields.CharField(max_length=ID, primary_key=True)
    ref = fields.CharField(max_length=128)
    name = fields.TextField()
    kind = fields.CharField(max_length=NAME)
    suspended = fields.BooleanField(default=False)

    class Meta:
        table = "client"


class Code(Model):
    """A connection code: its letters sealed, found by a keyed hash of their normal form."""

    id = fields.CharField(max_length=ID, primary_key=True)
    client_id = fields.CharField(max_length=ID)
    letters = fields.BinaryField()
    letters_index = fields.BinaryField()
    valid_from_on = fields.DateField(null=True)
    valid_until_on = fields.DateField(null=True)
    max_accounts = fields.IntField(null=True)

    class Meta:
        table = "code"


class Worker(Model):
    """A social worker.

    `card` seals names, phone, e-mail, address and bio, `rules` is plain JSON: motives, hours, closures.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    ref = fields.CharField(max_length=128)
    card = fields.BinaryField()
    phone_index = fields.BinaryField()
    email_index = fields.BinaryField()
    rules = fields.TextField()
    suspended = fields.BooleanField(default=False)
    version = fields.IntField(default=0)  # of the directory in which they, or their own times, changed last
    changed_at = fields.DatetimeField(null=True)  # when their number or e-mail address was last replaced by another

    class Meta:
        table = "worker"


class DirectoryVersion(Model):
    """One row. Raised by every load, so that each process knows when its compiled directory is old."""

    id = fields.IntField(primary_key=True)
    version = fields.IntField()

    class Meta:
        table = "directory_version"


class Span(Model):
    """A time of a worker that differs from the weekly hours: closed, open, or busy in their own calendar."""

    id = fields.CharField(max_length=ID, primary_key=True)
    worker_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    start_at = fields.DatetimeField()
    end_at = fields.DatetimeField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "span"


class WorkerSetting(Model):
    """What a worker set by themself, no load of the directory touches it.

    `calendar`: the address of their own calendar.
    """

    worker_id = fields.CharField(max_length=ID, primary_key=True)
    notices = fields.CharField(max_length=NAME, default="all")
    calendar = fields.BinaryField(null=True)
    calendar_tag = fields.CharField(max_length=255, null=True)
    calendar_read_at = fields.DatetimeField(null=True)
    calendar_failed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "worker_setting"
