"""What was asked and answered, counted by day and client."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0007_operators")]

    initial = False

    operations = [
        ops.CreateModel(
            name="StepCount",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("day_on", fields.DateField()),
                ("client_id", fields.CharField(default="", max_length=64)),
                ("flow", fields.CharField(max_length=64)),
                ("step", fields.CharField(max_length=64)),
                ("outcome", fields.CharField(max_length=64)),
                ("count", fields.IntField()),
            ],
            options={
                "table": "step_count",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "What was asked, understood and answered, counted by day and client: no person, no talk, no hour of the day.",
            },
            bases=["Model"],
        ),
    ]
