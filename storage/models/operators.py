"""Who logs in to the console, and how."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Operator(Model):
    """Who logs in to the console. Without `password` they have not enrolled yet, or again after a reset.

    `totp`: the secret of their second factor; `totp_step`: the last half minute whose code was used. `enrolment`:
    which of their enrolment links is the good one.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    name = fields.BinaryField()
    name_index = fields.BinaryField()
    role = fields.CharField(max_length=NAME)
    password = fields.TextField(null=True)
    totp = fields.BinaryField()
    totp_step = fields.BigIntField(default=0)
    enrolment = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    suspended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "operator"


class RecoveryCode(Model):
    """Stands in once for a second factor that was lost. By its hash: 80 bits of chance cannot be guessed from it."""

    hash = fields.CharField(max_length=64, primary_key=True)
    operator_id = fields.CharField(max_length=ID)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"


class Session(Model):
    """An operator who is logged in, by the hash of what their cookie holds."""

    hash = fields.CharField(max_length=64, primary_key=True)
    operator_id = fields.CharField(max_length=ID)
    made_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class Login(Model):
    """Tries to log in under one name, whether somebody has it or not. `key` is a keyed hash of it."""

    key = fields.CharField(max_length=64, primary_key=True)
    tries = fields.IntField(default=0)
    tried_at = fields.DatetimeField()
    free_at = fields.DatetimeField()

    class Meta:
        table = "login"


class Export(Model):
    """One operator asked for a file of many people's data, another answered.

    `asked_by`, `answered_by`: as the audit trail calls them. The file itself is kept nowhere.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    what = fields.CharField(max_length=NAME)
    why = fields.BinaryField()
    first_on = fields.DateField()
    last_on = fields.DateField()
    status = fields.CharField(max_length=NAME)
    asked_by = fields.CharField(max_length=128)
    asked_at = fields.DatetimeField()
    answered_by = fields.CharField(max_length=128, default="")
    answered_at = fields.DatetimeField(null=True)
    fetched_at = fields.DatetimeField(null=True)

    class Meta:
        table = "export"
