"""Whose an address still is, who wants nothing said on a telephone that others see, and what was kept back for it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0023_proof")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Contact",
            name="trusted_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Contact",
            name="parted_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(model_name="Contact", name="heir_id", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(
            model_name="Person",
            name="changed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(model_name="Person", name="discreet", field=fields.BooleanField(null=True)),
        ops.AddField(
            model_name="Worker",
            name="changed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Outbox",
            name="hushed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
