"""What the law asks of us beside the service: what is kept in spite of its lifetime, while a dispute is open."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID


class LegalHold(Model):
    """Nothing of a person is purged or erased while one of theirs stands (`lifted_at` empty).

    `reference` is the dispute's own, `reason` says what it is about; `placed_by`, `lifted_by`: operators, as the audit
    trail calls them. On `review_at` somebody looks whether it is still needed.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    reference = fields.BinaryField()
    reason = fields.BinaryField()
    placed_by = fields.CharField(max_length=128)
    placed_at = fields.DatetimeField()
    review_at = fields.DatetimeField()
    lifted_at = fields.DatetimeField(null=True)
    lifted_by = fields.CharField(max_length=128, default="")

    class Meta:
        table = "legal_hold"
