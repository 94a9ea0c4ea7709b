"""Messages between people and workers, and reports of disrespect."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0005_tickets")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("series", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("worker_id", fields.CharField(max_length=64)),
                ("author", fields.CharField(max_length=64)),
                ("body", fields.BinaryField()),
                ("written_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "message",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What a person and the worker of their appointment wrote to each other. `author`: person or worker.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("series", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("worker_id", fields.CharField(max_length=64)),
                ("message_id", fields.CharField(null=True, max_length=64)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "report",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A worker reports how a person treats them (terms, article 6.2). No word of either stands here.",
            },
            bases=["Model"],
        ),
    ]
