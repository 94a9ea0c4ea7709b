"""The desk: tickets, and what happened to each."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0004_senders")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Ticket",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("contact_id", fields.CharField(null=True, max_length=64)),
                ("person_id", fields.CharField(null=True, max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("status", fields.CharField(max_length=64)),
                ("context", fields.BinaryField(null=True)),
                ("subject", fields.CharField(null=True, max_length=128)),
                ("operator", fields.CharField(null=True, max_length=128)),
                ("live", fields.BooleanField(default=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("taken_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("outcome", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "ticket",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What a human of the desk must look at. `context`, sealed: where the talk stood, and a number to call.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TicketEntry",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True, generated=True)),
                ("ticket_id", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("operator", fields.CharField(null=True, max_length=128)),
                ("words", fields.BinaryField(null=True)),
                ("detail", fields.CharField(null=True, max_length=128)),
                ("done_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "ticket_entry",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What happened to a ticket: what was said on either side, notes, attempts to call back. Only ever added to.",
            },
            bases=["Model"],
        ),
    ]
