"""What the law asks of us beside the service: what is kept while a dispute is open, who was erased."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


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


class Erasure(Model):
    """Somebody is to be erased, or was: ids only, so that a backup cannot bring them back. Never deleted.

    `ids`: JSON; which rows and files were theirs, until all of it is done, then only which addresses. `asked_by`: as
    the audit trail calls who. `begun_at`: their rows went; `done_at`: everything else, too.
    """

    id = fields.BigIntField(primary_key=True)  # given by us: no number is left out
    person_id = fields.CharField(max_length=ID)
    ids = fields.TextField()
    asked_by = fields.CharField(max_length=128)
    asked_at = fields.DatetimeField()
    begun_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure"


class PastHour(Model):
    """Hours of people who were erased, as counts without a person: what the figures told once, they tell again."""

    id = fields.BigIntField(primary_key=True)
    month_on = fields.DateField()  # its first day, in TIME_ZONE
    client_id = fields.CharField(max_length=ID)
    outcome = fields.CharField(max_length=NAME)
    reminded = fields.BooleanField()
    count = fields.IntField()

    class Meta:
        table = "past_hour"
