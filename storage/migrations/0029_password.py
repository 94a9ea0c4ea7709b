"""The platform's password of a person."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0028_copies")]

    initial = False

    operations = [
        ops.AddField(model_name="Person", name="password", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="Person",
            name="password_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
