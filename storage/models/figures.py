"""What is counted without naming anybody."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class StepCount(Model):
    """What was asked, understood and answered, counted by day and client: no person, no talk, no hour of the day.

    A turn adds rows of its own, so that no two turns wait for each other; `storage/steps.py` folds them into one a day.
    """

    id = fields.BigIntField(primary_key=True)
    day_on = fields.DateField()  # in TIME_ZONE
    client_id = fields.CharField(max_length=ID, default="")  # none: no code was given yet
    flow = fields.CharField(max_length=NAME)
    step = fields.CharField(max_length=NAME)
    outcome = fields.CharField(max_length=NAME)
    count = fields.IntField()

    class Meta:
        table = "step_count"


class Feedback(Model):
    """How it was, apart from all records of people: without person or appointment, a day instead of an hour."""

    id = fields.CharField(max_length=ID, primary_key=True)
    client_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    mode = fields.CharField(max_length=NAME)
    score = fields.IntField()
    words = fields.BinaryField(null=True)
    given_on = fields.DateField()

    class Meta:
        table = "feedback"
