"""What people ask of their own data: frozen accounts, instructions after a death, copies; by when a request is answered."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0024_trust")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DataCopy",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("contact_id", fields.CharField(max_length=64)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("fetched_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "data_copy",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A copy of somebody's data, for them alone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Instruction",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("wish", fields.CharField(max_length=64)),
                ("trusted", fields.BinaryField(null=True)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_by", fields.CharField(default="", max_length=128)),
                ("reference", fields.BinaryField(null=True)),
            ],
            options={
                "table": "instruction",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What shall become of somebody's data after their death (law of 6 January 1978, article 85).",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Person",
            name="frozen_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Person",
            name="no_feedback",
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name="Ticket",
            name="due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="extended_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Ticket",
            name="warned",
            field=fields.IntField(null=True),
        ),
    ]
