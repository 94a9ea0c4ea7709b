"""What goes out: what is to be said, the senders of ours that say it, and what lies at a provider of it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Outbox(Model):
    """What is to be said, and what became of it. `content` is a reply as JSON, sealed, words are drawn at delivery."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    channel = fields.CharField(max_length=NAME)
    kind = fields.CharField(max_length=NAME)
    answer = fields.BooleanField()
    content = fields.BinaryField(null=True)
    due_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    lease_owner = fields.CharField(max_length=ID, null=True)
    lease_ends_at = fields.DatetimeField(null=True)
    fence = fields.BigIntField(default=0)
    attempts = fields.IntField(default=0)
    provider_id = fields.CharField(max_length=255, null=True)
    segments = fields.IntField(null=True)
    appointment_id = fields.CharField(max_length=ID, null=True)
    appointment_version = fields.IntField(null=True)
    possible_duplicate = fields.BooleanField(default=False)
    received_at = fields.DatetimeField(null=True)  # of the message that it answers
    created_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    alarmed_at = fields.DatetimeField(null=True)  # a human was told that it is late
    elsewhere_at = fields.DatetimeField(null=True)  # no word that it arrived: said on another channel, or nowhere
    hushed_at = fields.DatetimeField(null=True)  # only that there is a message was said; emptied once it is read
    changed_at = fields.DatetimeField()
    copy_at = fields.DatetimeField(null=True)  # its copy at the provider is somebody's to delete since then

    class Meta:
        table = "outbox"


class Sender(Model):
    """A channel's sender of ours that stands still, or goes slowly. No row: it sends freely.

    `stopped`: until somebody mends our side; else the provider is away, or has too much to do. `told`: a delivery state
    said so, after the message had been accepted. `wait`: seconds before the last try.
    """

    channel = fields.CharField(max_length=NAME, primary_key=True)
    reason = fields.CharField(max_length=128)
    stopped = fields.BooleanField(default=False)
    told = fields.BooleanField(default=False)
    since_at = fields.DatetimeField()
    probe_at = fields.DatetimeField()
    wait = fields.IntField(default=1)

    class Meta:
        table = "sender"


class ProviderCopy(Model):
    """A message that lies at its provider, and is to be emptied or deleted there. Gone as soon as it is.

    `id`: a keyed hash of what it is of; `ref`: by which ids it is found. `act`: empty, delete, or find: what went to an
    address and was never told to us, so that it can be deleted. `erasure_id`: whose end waits for it.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    channel = fields.CharField(max_length=NAME)
    ref = fields.BinaryField()
    act = fields.CharField(max_length=NAME)
    erasure_id = fields.BigIntField(null=True)
    due_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=128, null=True)

    class Meta:
        table = "provider_copy"
