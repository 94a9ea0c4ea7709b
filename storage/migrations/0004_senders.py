"""Senders that stand still; messages that went another way for want of a word that they arrived."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0003_life")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Sender",
            fields=[
                ("channel", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("reason", fields.CharField(max_length=128)),
                ("stopped", fields.BooleanField(default=False)),
                ("told", fields.BooleanField(default=False)),
                ("since_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("probe_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("wait", fields.IntField(default=1)),
            ],
            options={
                "table": "sender",
                "app": "storage",
                "pk_attr": "channel",
                "table_description": "A channel's sender of ours that stands still, or goes slowly. No row: it sends freely.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Outbox",
            name="elsewhere_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
