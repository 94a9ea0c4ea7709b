"""The life of an appointment: offers, refusals, a worker's own times and settings, waiting, calls, feedback."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "0002_aliases_and_alarms")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Call",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("appointment_id", fields.CharField(max_length=64)),
                ("attempt", fields.IntField()),
                ("status", fields.CharField(max_length=64)),
                ("outcome", fields.CharField(null=True, max_length=64)),
                ("provider_id", fields.CharField(null=True, max_length=255)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("seconds", fields.IntField(null=True)),
            ],
            options={
                "table": "call",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A masked telephone call between a worker and a person. No number stands here.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Feedback",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("client_id", fields.CharField(max_length=64)),
                ("worker_id", fields.CharField(max_length=64)),
                ("mode", fields.CharField(max_length=64)),
                ("score", fields.IntField()),
                ("words", fields.BinaryField(null=True)),
                ("given_on", fields.DateField()),
            ],
            options={
                "table": "feedback",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "How it was, apart from all records of people: without person or appointment, a day instead of an hour.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Refusal",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("worker_id", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=64)),
                ("appointment_id", fields.CharField(max_length=64)),
                ("refused_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lapses_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("waived_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "refusal",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A worker accepts no further request of a person, until it lapses (terms, article 5.2).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Span",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("worker_id", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=64)),
                ("start_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("end_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "span",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A time of a worker that differs from the weekly hours: closed, open, or busy in their own calendar.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Waiting",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("contact_id", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(null=True, max_length=64)),
                ("wish", fields.BinaryField()),
                ("since_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("offers", fields.IntField(default=0)),
                ("offered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("status", fields.CharField(max_length=64)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "waiting",
                "app": "storage",
                "pk_attr": "id",
                "table_description": "A place on the waiting list.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WorkerSetting",
            fields=[
                ("worker_id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("notices", fields.CharField(default="all", max_length=64)),
                ("calendar", fields.BinaryField(null=True)),
                ("calendar_tag", fields.CharField(null=True, max_length=255)),
                ("calendar_read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("calendar_failed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "worker_setting",
                "app": "storage",
                "pk_attr": "worker_id",
                "table_description": "What a worker set by themself, no load of the directory touches it.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Worker",
            name="version",
            field=fields.IntField(default=0),
        ),
        ops.AddField(
            model_name="Appointment",
            name="confirmed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Appointment",
            name="ended_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Appointment",
            name="ended_by",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Appointment",
            name="made_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Hold",
            name="about",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Hold",
            name="kind",
            field=fields.CharField(default="chosen", max_length=64),
        ),
        ops.AddField(
            model_name="Hold",
            name="mode",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Timer",
            name="data",
            field=fields.TextField(null=True, unique=False),
        ),
    ]
