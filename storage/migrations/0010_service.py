"""Who may call the HTTP API, what they were answered, and who is told of what happens."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0009_documents")]

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
        ops.CreateModel(
            name="Hook",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("url", fields.BinaryField()),
                ("secret", fields.BinaryField()),
                ("kinds", fields.TextField(unique=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("end_reason", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "hook",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "An address of another program that is told of what happens. What goes there is signed with `secret`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HookNews",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("hook_id", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("body", fields.TextField(unique=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("next_try_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("status", fields.CharField(max_length=64)),
                ("last_error", fields.CharField(null=True, max_length=128)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "hook_news",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "One thing that one hook is told. `body` holds ids and instants only: who may know more asks for it.",
            },
            bases=["Model"],
        ),
    ]
