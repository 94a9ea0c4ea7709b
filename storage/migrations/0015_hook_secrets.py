"""A hook's secret that was changed signs beside the new one for a while."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0014_exports")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Hook",
            name="former_secret",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Hook",
            name="former_ends_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
