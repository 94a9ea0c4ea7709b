"""Who may call the HTTP API, and what they were answered."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0008_steps")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ApiKey",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("name", fields.TextField(unique=False)),
                ("hash", fields.CharField(max_length=64)),
                ("scopes", fields.TextField(unique=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "api_key",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Who may call the HTTP API, and for what: `scopes`, apart by spaces. By the hash of what they show.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApiAnswer",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("status", fields.IntField()),
                ("body", fields.BinaryField(null=True)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "api_answer",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What a caller of the API was answered. `id` is made of their key and their Idempotency-Key.",
            },
            bases=["Model"],
        ),
    ]
