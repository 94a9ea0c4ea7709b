"""Files that came with messages, and lie at their provider until they are fetched and deleted there."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0010_service")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Media",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("contact_id", fields.CharField(max_length=64)),
                ("channel", fields.CharField(max_length=64)),
                ("ref", fields.BinaryField(null=True)),
                ("document_id", fields.CharField(null=True, max_length=64)),
                ("status", fields.CharField(max_length=64)),
                ("attempts", fields.IntField(default=0)),
                ("next_try_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("last_error", fields.CharField(null=True, max_length=128)),
                ("came_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("told_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "media",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A file that came with a message and lies at its provider.",
            },
            bases=["Model"],
        ),
    ]
