"""What is kept of whom whose account is closed, and who has been silent for long."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0025_requests")]

    initial = False

    operations = [
        ops.AddField(model_name="Erasure", name="closes", field=fields.BooleanField(null=True)),
        ops.CreateModel(
            name="Archive",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("first_name", fields.BinaryField()),
                ("last_name", fields.BinaryField()),
                ("phone", fields.BinaryField(null=True)),
                ("phone_index", fields.BinaryField(null=True)),
                ("consents", fields.BinaryField()),
                ("looks", fields.BinaryField(null=True)),
                ("from_on", fields.DateField()),
                ("closed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_by", fields.CharField(max_length=128)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "archive",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Who had an account, when, and which terms they accepted: nothing else, and no longer than somebody may still",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Silence",
            fields=[
                ("person_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("since_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("first_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "silence",
                "app": "storage",
                "pk_attr": "person_id",
                "table_description": "Nobody heard of a person since then. They were told that their account closes, a month and a week before.",
            },
            bases=["Model"],
        ),
    ]
