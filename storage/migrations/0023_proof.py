"""One-time codes that were sent, and what came back."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0022_consent")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Proof",
            fields=[
                ("id", fields.CharField(primary_key=True, max_length=64, unique=True, db_index=True)),
                ("contact_id", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(null=True, max_length=64)),
                ("purpose", fields.CharField(max_length=64)),
                ("way", fields.CharField(max_length=64)),
                ("code_hash", fields.CharField(max_length=64)),
                ("sent_to", fields.CharField(null=True, max_length=64)),
                ("target", fields.BinaryField(null=True)),
                ("tries", fields.IntField(default=0)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("outcome", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "proof",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A code that goes another way than the talk that asked for it (`booking.proofs`).",
            },
            bases=["Model"],
        ),
    ]
