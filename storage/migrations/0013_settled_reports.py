"""What an operator made of a worker's report."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0012_decisions")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Report",
            name="settled_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Report",
            name="settled_by",
            field=fields.CharField(default="", max_length=128),
        ),
        ops.AddField(
            model_name="Report",
            name="verdict",
            field=fields.CharField(default="", max_length=64),
        ),
    ]
