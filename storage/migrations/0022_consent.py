"""The whole proof of a consent, and until when a stranger who wanted none of us is kept."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0021_account")]

    initial = False

    operations = [
        ops.AddField(model_name="Consent", name="policy_version", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="terms_hash", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="policy_hash", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="msgid", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="catalogue", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="shown_key", field=fields.CharField(null=True, max_length=255)),
        ops.AddField(model_name="Consent", name="inbound_id", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name="Consent", name="how", field=fields.CharField(null=True, max_length=128)),
        ops.AddField(model_name="Consent", name="declared", field=fields.CharField(null=True, max_length=64)),
        ops.AddField(
            model_name="Contact",
            name="forget_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
