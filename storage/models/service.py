"""Other programs: who may call us, and whom we tell."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class ApiKey(Model):
    """Who may call the HTTP API, and for what: `scopes`, apart by spaces. By the hash of what they show."""

    id = fields.CharField(max_length=ID, primary_key=True)
    name = fields.TextField()
    hash = fields.CharField(max_length=64)
    scopes = fields.TextField()
    made_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"


class ApiAnswer(Model):
    """What a caller of the API was answered. `id` is made of their key and their Idempotency-Key."""

    id = fields.CharField(max_length=ID, primary_key=True)
    fingerprint = fields.CharField(max_length=64)
    status = fields.IntField()
    body = fields.BinaryField(null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "api_answer"


class Hook(Model):
    """An address of another program that is told of what happens. What goes there is signed with `secret`."""

    id = fields.CharField(max_length=ID, primary_key=True)
    url = fields.BinaryField()
    secret = fields.BinaryField()
    former_secret = fields.BinaryField(null=True)  # signs beside it until then
    former_ends_at = fields.DatetimeField(null=True)
    kinds = fields.TextField()
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "hook"


class HookNews(Model):
    """One thing that one hook is told. `body` holds ids and instants only: who may know more asks for it."""

    id = fields.CharField(max_length=ID, primary_key=True)
    hook_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    body = fields.TextField()
    made_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    status = fields.CharField(max_length=NAME)
    last_error = fields.CharField(max_length=128, null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "hook_news"
