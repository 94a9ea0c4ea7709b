"""A contact's other addresses; what a human was told is late."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_tables")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Alias",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("channel", fields.CharField(max_length=64)),
                ("address", fields.BinaryField()),
                ("address_index", fields.BinaryField()),
                ("contact_id", fields.CharField(max_length=64)),
            ],
            options={
                "table": "alias",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "Another address of a contact on the same channel: WhatsApp's user id beside the number.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Outbox",
            name="alarmed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
