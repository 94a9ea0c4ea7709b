"""Operators of the console: second factors, recovery codes, sessions, tries to log in."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0006_messages")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Login",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("tries", fields.IntField(default=0)),
                ("tried_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("free_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "login",
                "app": "storage",
                "pk_attr": "key",
                "table_description": "Tries to log in under one name, whether somebody has it or not. `key` is a keyed hash of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Operator",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("name", fields.BinaryField()),
                ("name_index", fields.BinaryField()),
                ("role", fields.CharField(max_length=64)),
                ("password", fields.TextField(null=True, unique=False)),
                ("totp", fields.BinaryField()),
                ("totp_step", fields.BigIntField(default=0)),
                ("enrolment", fields.IntField(default=0)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("suspended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "operator",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Who logs in to the console. Without `password` they have not enrolled yet, or again after a reset.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("operator_id", fields.CharField(max_length=64)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "recovery_code",
                "app": "storage",
                "pk_attr": "hash",
                "table_description": "Stands in once for a second factor that was lost. By its hash: 80 bits of chance cannot be guessed from it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("operator_id", fields.CharField(max_length=64)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "session",
                "app": "storage",
                "pk_attr": "hash",
                "table_description": "An operator who is logged in, by the hash of what their cookie holds.",
            },
            bases=["Model"],
        ),
    ]
