"""Where each talk stands, so that those which are stuck are found."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0015_hook_secrets")]

    initial = False

    operations = [
        ops.AddField(model_name="Conversation", name="flow", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Conversation", name="step", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Conversation", name="misses", field=fields.IntField(default=0)),
        ops.AddField(
            model_name="Conversation",
            name="asked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
