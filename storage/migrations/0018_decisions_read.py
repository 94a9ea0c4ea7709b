"""Whether a person was shown what was decided about them, and the word with which a suspension ended."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0017_once")]

    initial = False

    operations = [
        ops.AddField(model_name="Decision", name="ended_words", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="Decision",
            name="read_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(model_name="Decision", name="news", field=fields.BooleanField(null=True)),
    ]
