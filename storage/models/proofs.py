"""One-time codes that were sent, and what came back."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Proof(Model):
    """A code that goes another way than the talk that asked for it (`booking.proofs`).

    Never the code: a keyed hash of it and the row's id. It went to the contact `sent_to`, or to the number or mailbox
    `target`. One that is not settled is the only one of its contact and purpose.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID, null=True)
    purpose = fields.CharField(max_length=NAME)
    way = fields.CharField(max_length=NAME)
    code_hash = fields.CharField(max_length=64)
    sent_to = fields.CharField(max_length=ID, null=True)
    target = fields.BinaryField(null=True)
    tries = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "proof"
