"""Links that prove an e-mail address, bound to it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0020_erasing")]

    initial = False

    operations = [
        ops.CreateModel(
            name="EmailProof",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("email", fields.BinaryField()),
                ("email_index", fields.BinaryField()),
                ("why", fields.CharField(max_length=64)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "email_proof",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A link that was mailed: whose, and to which address. It confirms that one and no other.",
            },
            bases=["Model"],
        ),
    ]
