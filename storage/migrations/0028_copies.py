"""What lies at providers, and is to be deleted there."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0025_requests")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProviderCopy",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("channel", fields.CharField(max_length=64)),
                ("ref", fields.BinaryField()),
                ("act", fields.CharField(max_length=64)),
                ("erasure_id", fields.BigIntField(null=True)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("next_try_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("last_error", fields.CharField(null=True, max_length=128)),
            ],
            options={
                "table": "provider_copy",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A message that lies at its provider, and is to be emptied or deleted there. Gone as soon as it is.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Inbox",
            name="copy_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Outbox",
            name="copy_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
