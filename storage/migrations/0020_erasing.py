"""Who was erased, and what the figures keep of their hours."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0019_law")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("person_id", fields.CharField(max_length=64)),
                ("ids", fields.TextField(unique=False)),
                ("asked_by", fields.CharField(max_length=128)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("begun_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "erasure",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Somebody is to be erased, or was: ids only, so that a backup cannot bring them back. Never deleted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PastHour",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("month_on", fields.DateField()),
                ("client_id", fields.CharField(max_length=64)),
                ("outcome", fields.CharField(max_length=64)),
                ("reminded", fields.BooleanField()),
                ("count", fields.IntField()),
            ],
            options={
                "table": "past_hour",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Hours of people who were erased, as counts without a person: what the figures told once, they tell again.",
            },
            bases=["Model"],
        ),
    ]
