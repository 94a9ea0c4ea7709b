"""What operators decide about people."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0011_media")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Decision",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("ground", fields.CharField(max_length=64)),
                ("words", fields.BinaryField()),
                ("decided_by", fields.CharField(max_length=128)),
                ("decided_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("until_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("cancels", fields.BooleanField(default=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_by", fields.CharField(default="", max_length=128)),
                ("contested_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("contest", fields.BinaryField(null=True)),
                ("reviewed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reviewed_by", fields.CharField(default="", max_length=128)),
                ("verdict", fields.CharField(null=True, max_length=64)),
                ("answer", fields.BinaryField(null=True)),
            ],
            options={
                "table": "decision",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What an operator decided about a person.",
            },
            bases=["Model"],
        ),
    ]
