"""Who writes to us: beneficiaries, what they accepted, the addresses by which they are reached."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.models.lengths import ID, NAME


class Person(Model):
    """A beneficiary.

    `frozen_at`: they froze their account then; `no_feedback`: they object to what is not about an hour of theirs.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    client_id = fields.CharField(max_length=ID)
    code_id = fields.CharField(max_length=ID)
    first_name = fields.BinaryField()
    last_name = fields.BinaryField()
    email = fields.BinaryField(null=True)
    email_index = fields.BinaryField(null=True)
    email_confirmed = fields.BooleanField(default=False)
    phone = fields.BinaryField(null=True)
    phone_index = fields.BinaryField(null=True)
    language = fields.CharField(max_length=NAME)
    time_zone = fields.CharField(max_length=NAME)
    suspended = fields.BooleanField(default=False)
    turns = fields.BigIntField(default=0)
    password = fields.BinaryField(null=True)
    password_at = fields.DatetimeField(null=True)
    frozen_at = fields.DatetimeField(null=True)
    no_feedback = fields.BooleanField(null=True)
    changed_at = fields.DatetimeField(null=True)  # when a proven number or address was last replaced by another
    discreet = fields.BooleanField(null=True)  # nothing but "you have a message" appears unasked

    class Meta:
        table = "person"


class Consent(Model):
    """The proof of an acceptance. Only ever added to.

    Rows of before a column was there have none in it. `policy_version`: else one version stood for both documents.
    `catalogue` is the hash of the words shown, `shown_key` the message they stood in, `inbound_id` the answer.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    contact_id = fields.CharField(max_length=ID)
    terms_version = fields.CharField(max_length=NAME)
    locale = fields.CharField(max_length=NAME)
    channel = fields.CharField(max_length=NAME)
    answer = fields.BinaryField()
    given_at = fields.DatetimeField()
    policy_version = fields.CharField(max_length=NAME, null=True)
    terms_hash = fields.CharField(max_length=64, null=True)
    policy_hash = fields.CharField(max_length=64, null=True)
    msgid = fields.CharField(max_length=NAME, null=True)
    catalogue = fields.CharField(max_length=64, null=True)
    shown_key = fields.CharField(max_length=255, null=True)
    inbound_id = fields.CharField(max_length=ID, null=True)
    how = fields.CharField(max_length=128, null=True)
    declared = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "consent"


class Contact(Model):
    """An address on a channel. `turns` is what a turn locks, the lease only keeps idle workers from queueing."""

    id = fields.CharField(max_length=ID, primary_key=True)
    channel = fields.CharField(max_length=NAME)
    address = fields.BinaryField()
    address_index = fields.BinaryField()
    phone = fields.BinaryField(null=True)
    phone_index = fields.BinaryField(null=True)
    lang = fields.CharField(max_length=NAME)
    time_zone = fields.CharField(max_length=NAME)
    person_id = fields.CharField(max_length=ID, null=True)
    worker_id = fields.CharField(max_length=ID, null=True)
    turns = fields.BigIntField(default=0)
    received = fields.BigIntField(default=0)
    failures = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=ID, null=True)
    lease_ends_at = fields.DatetimeField(null=True)
    opted_out_at = fields.DatetimeField(null=True)
    dead_at = fields.DatetimeField(null=True)
    last_inbound_at = fields.DatetimeField(null=True)
    forget_at = fields.DatetimeField(null=True)  # nothing of a stranger who did not want us is kept after that
    trusted_at = fields.DatetimeField(null=True)  # when it was last known whose it is (`booking.trust`)
    parted_at = fields.DatetimeField(null=True)  # since when its address is another contact's (`storage.parting`)
    heir_id = fields.CharField(max_length=ID, null=True)  # that one, while it may prove to be the same person
    created_at = fields.DatetimeField()

    class Meta:
        table = "contact"


class Alias(Model):
    """Another address of a contact on the same channel: WhatsApp's user id beside the number.

    A row of its own, so that a webhook may add it while a turn holds the contact.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    channel = fields.CharField(max_length=NAME)
    address = fields.BinaryField()
    address_index = fields.BinaryField()
    contact_id = fields.CharField(max_length=ID)

    class Meta:
        table = "alias"
