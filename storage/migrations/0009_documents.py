"""Documents that people send to their worker."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0008_steps")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Document",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("contact_id", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("status", fields.CharField(max_length=64)),
                ("key", fields.BinaryField(null=True)),
                ("reason", fields.CharField(null=True, max_length=64)),
                ("kind", fields.CharField(null=True, max_length=64)),
                ("pages", fields.IntField(default=1)),
                ("batch", fields.CharField(null=True, max_length=64)),
                ("series", fields.CharField(null=True, max_length=64)),
                ("worker_id", fields.CharField(null=True, max_length=64)),
                ("came_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "document",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What a person sent for their worker.",
            },
            bases=["Model"],
        ),
    ]
