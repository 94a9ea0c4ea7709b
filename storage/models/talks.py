"""What comes in, and where each talk stands: states, messages as they came, news, timers."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Conversation(Model):
    """The state of a talk, as JSON, sealed. `revision` rises with every write.

    Of the question that is open: names of ours, how often in a row its answer was not understood, since when.
    """

    contact_id = fields.CharField(max_length=ID, primary_key=True)
    revision = fields.BigIntField()
    state = fields.BinaryField()
    saved_at = fields.DatetimeField()
    flow = fields.CharField(max_length=NAME, null=True)
    step = fields.CharField(max_length=NAME, null=True)
    misses = fields.IntField(default=0)
    asked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "conversation"


class Inbox(Model):
    """What happened to a talk: a message's bytes as they came, or news. In order of `id` for each contact."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    channel = fields.CharField(max_length=NAME)
    external_id = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=NAME)
    body = fields.BinaryField(null=True)
    received_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    attempts = fields.IntField(default=0)
    alike = fields.IntField(default=0)  # attempts in a row that failed with `last_error`
    last_error = fields.CharField(max_length=128, null=True)
    settled_at = fields.DatetimeField(null=True)
    copy_at = fields.DatetimeField(null=True)  # its copy at the provider is somebody's to delete since then

    class Meta:
        table = "inbox"


class Ledger(Model):
    """Which messages of a provider were seen. Outlives their bodies, holds nothing personal (invariant I2)."""

    key = fields.CharField(max_length=255, primary_key=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "ledger"


class Timer(Model):
    """Something due later.

    Names what it belongs to and its version, so that a late one is recognised (invariant I14).
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    due_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    subject = fields.CharField(max_length=ID, null=True)
    subject_version = fields.IntField(default=0)
    data = fields.TextField(null=True)  # JSON of news that is to come then; ids only
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=128, null=True)
    next_try_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "timer"
