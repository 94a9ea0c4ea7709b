"""Hours: taken, kept, booked, refused, waited for."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Busy(Model):
    """A quarter of an hour of a worker, a person or a contact.

    Its unique key is what makes double booking impossible (I5).
    """

    id = fields.BigIntField(primary_key=True)
    owner = fields.CharField(max_length=80)
    quarter = fields.IntField()  # of an hour, since 1970
    opens = fields.BooleanField()  # the first of its hour: the search reads only these
    holder_id = fields.CharField(max_length=ID)
    lapses_at = fields.DatetimeField(null=True)

    class Meta:
        table = "busy"


class Hold(Model):
    """A slot kept for a contact."""

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    start_at = fields.DatetimeField()
    lapses_at = fields.DatetimeField()
    kind = fields.CharField(max_length=NAME, default="chosen")
    about = fields.CharField(max_length=ID, null=True)
    mode = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "hold"


class Appointment(Model):
    """A booked hour."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    version = fields.IntField()
    person_id = fields.CharField(max_length=ID)
    client_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    contact_id = fields.CharField(max_length=ID)
    motive = fields.BinaryField()
    mode = fields.CharField(max_length=NAME)
    start_at = fields.DatetimeField()
    status = fields.CharField(max_length=NAME)
    late = fields.BooleanField(default=False)
    made_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=NAME, null=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "appointment"


class Refusal(Model):
    """A worker accepts no further request of a person, until it lapses (terms, article 5.2)."""

    id = fields.CharField(max_length=ID, primary_key=True)
    worker_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    appointment_id = fields.CharField(max_length=ID)
    refused_at = fields.DatetimeField()
    lapses_at = fields.DatetimeField()
    waived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refusal"


class Waiting(Model):
    """A place on the waiting list."""

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID, null=True)
    wish = fields.BinaryField()
    since_at = fields.DatetimeField()
    offers = fields.IntField(default=0)
    offered_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waiting"


class Call(Model):
    """A masked telephone call between a worker and a person. No number stands here."""

    id = fields.CharField(max_length=ID, primary_key=True)
    appointment_id = fields.CharField(max_length=ID)
    attempt = fields.IntField()
    status = fields.CharField(max_length=NAME)
    outcome = fields.CharField(max_length=NAME, null=True)
    provider_id = fields.CharField(max_length=255, null=True)
    started_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    seconds = fields.IntField(null=True)

    class Meta:
        table = "call"
