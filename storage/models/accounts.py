"""Proofs of what stands in an account."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class EmailProof(Model):
    """A link that was mailed: whose, and to which address. It confirms that one and no other."""

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    email = fields.BinaryField()
    email_index = fields.BinaryField()
    why = fields.CharField(max_length=NAME)
    made_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    asked_by = fields.CharField(max_length=ID, null=True)  # a contact

    class Meta:
        table = "email_proof"
