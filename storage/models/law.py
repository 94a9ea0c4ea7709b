"""What the law asks of us beside the service: what is kept while a dispute is open, who was erased, who they were whose
account is closed, who has been silent for long.
"""

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
    closes = fields.BooleanField(null=True)  # who they were goes into the archive before all else goes

    class Meta:
        table = "erasure"


class Archive(Model):
    """Who had an account, when, and which terms they accepted: nothing else, and no longer than somebody may still
    claim something of it (five years). `closed_by`: as the audit trail calls who. `looks`: who looked at it, and why.
    """

    id = fields.CharField(max_length=ID, primary_key=True)  # the person's
    first_name = fields.BinaryField()
    last_name = fields.BinaryField()
    phone = fields.BinaryField(null=True)
    phone_index = fields.BinaryField(null=True)
    consents = fields.BinaryField()
    looks = fields.BinaryField(null=True)
    from_on = fields.DateField()
    closed_at = fields.DatetimeField()
    closed_by = fields.CharField(max_length=128)
    ends_at = fields.DatetimeField()

    class Meta:
        table = "archive"


class Silence(Model):
    """Nobody heard of a person since then. They were told that their account closes, a month and a week before."""

    person_id = fields.CharField(max_length=ID, primary_key=True)
    since_at = fields.DatetimeField()
    first_at = fields.DatetimeField(null=True)
    last_at = fields.DatetimeField(null=True)

    class Meta:
        table = "silence"


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
