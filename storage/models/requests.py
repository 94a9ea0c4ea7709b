"""What people ask of their own data: what shall become of them after a death, a copy of everything."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Instruction(Model):
    """What shall become of somebody's data after their death (law of 6 January 1978, article 85).

    `wish`: erase, or hand over to somebody; `trusted`, sealed: whom, as the person wrote it. The last one counts until
    it is `revoked_at`. `done_at`, `done_by`: an administrator carried it out, on the proof that `reference` names,
    sealed.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    wish = fields.CharField(max_length=NAME)
    trusted = fields.BinaryField(null=True)
    made_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    done_by = fields.CharField(max_length=128, default="")
    reference = fields.BinaryField(null=True)

    class Meta:
        table = "instruction"


class DataCopy(Model):
    """A copy of somebody's data, for them alone.

    They asked for it, and proved to be who they are. It is made while it is fetched, and kept nowhere. `contact_id`: in
    whose talk it was; the link to it leads to this row.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    contact_id = fields.CharField(max_length=ID)
    made_at = fields.DatetimeField()
    fetched_at = fields.DatetimeField(null=True)

    class Meta:
        table = "data_copy"
