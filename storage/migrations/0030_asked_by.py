"""From which contact a mailed link was asked for."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0029_password")]

    initial = False

    operations = [
        ops.AddField(model_name="EmailProof", name="asked_by", field=fields.CharField(max_length=64, null=True)),
    ]
