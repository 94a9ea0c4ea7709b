"""Which form of the console an entry of a ticket came by, so that the same one sent twice counts once."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0016_stands")]

    initial = False

    operations = [
        ops.AddField(model_name="TicketEntry", name="once", field=fields.CharField(null=True, max_length=64)),
    ]
