"""What guards the whole program: attempts, switches, the record of who did what, links that were given out."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import NAME


class Tries(Model):
    """Attempts that are counted where Redis cannot forget them (invariant I9). `key` holds ids or keyed hashes only."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=128)
    tried_at = fields.DatetimeField()

    class Meta:
        table = "tries"


class Flag(Model):
    """Switches and fingerprints of the whole program: sending paused, the key of the blind indexes."""

    name = fields.CharField(max_length=NAME, primary_key=True)
    value = fields.TextField()
    set_at = fields.DatetimeField(null=True)

    class Meta:
        table = "flag"


class Audit(Model):
    """Who did what to whose data. Ids only, only ever added to."""

    id = fields.BigIntField(primary_key=True)
    actor = fields.CharField(max_length=128)
    action = fields.CharField(max_length=128)
    object = fields.CharField(max_length=128)
    done_at = fields.DatetimeField()

    class Meta:
        table = "audit"


class Token(Model):
    """A link that was given out, by the hash of its token."""

    hash = fields.CharField(max_length=64, primary_key=True)
    purpose = fields.CharField(max_length=NAME)
    object = fields.CharField(max_length=128)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"
