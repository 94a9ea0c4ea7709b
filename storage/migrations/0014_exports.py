"""Bulk exports, which two operators make together."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0013_settled_reports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Export",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("what", fields.CharField(max_length=64)),
                ("why", fields.BinaryField()),
                ("first_on", fields.DateField()),
                ("last_on", fields.DateField()),
                ("status", fields.CharField(max_length=64)),
                ("asked_by", fields.CharField(max_length=128)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("answered_by", fields.CharField(default="", max_length=128)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fetched_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "export",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "One operator asked for a file of many people's data, another answered.",
            },
            bases=["Model"],
        ),
    ]
