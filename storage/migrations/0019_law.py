"""What is kept while a dispute is open."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0018_decisions_read")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LegalHold",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("reference", fields.BinaryField()),
                ("reason", fields.BinaryField()),
                ("placed_by", fields.CharField(max_length=128)),
                ("placed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("review_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lifted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lifted_by", fields.CharField(default="", max_length=128)),
            ],
            options={
                "table": "legal_hold",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Nothing of a person is purged or erased while one of theirs stands (`lifted_at` empty).",
            },
            bases=["Model"],
        ),
    ]
