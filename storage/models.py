"""Every table. Migrations are made from these; what guards a promise (unique keys, partial indexes) is in `schema.py`.

Conventions that the hand-written statements rely on: a column named `*_at` is an instant (UTC), `*_on` is a date,
`is_*` and `*_ok` would be ambiguous, so truths are plain adjectives and listed as such by the stores. Bytes are sealed:
`PERSONAL` says by which column each is bound. There are no foreign keys: rows are erased and purged table by table, by
different clocks.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

ID = 64  # characters of an id that was handed in
NAME = 64  # of a word of ours: a kind, a status, a language

# table -> sealed column -> the column whose value it is bound to (see `crypto.Vault.seal`). A test finds a column
# left out.
PERSONAL: dict[str, dict[str, str]] = {
    "code": {"letters": "id"},
    "worker": {"card": "id"},
    "person": {"first_name": "id", "last_name": "id", "email": "id", "phone": "id"},
    "consent": {"answer": "id"},
    "contact": {"address": "id", "phone": "id"},
    "alias": {"address": "id"},
    "conversation": {"state": "contact_id"},
    "inbox": {"body": "key"},
    "outbox": {"content": "key"},
    "appointment": {"motive": "id"},
    "worker_setting": {"calendar": "worker_id"},
    "waiting": {"wish": "id"},
    "feedback": {"words": "id"},
    "ticket": {"context": "id"},
    "ticket_entry": {"words": "ticket_id"},
    "message": {"body": "id"},
    "operator": {"name": "id", "totp": "id"},
    "document": {"key": "id"},
    "api_answer": {"body": "id"},
    "hook": {"url": "id", "secret": "id"},
}


class Client(Model):
    """Who pays."""

    id = fields.CharField(max_length=ID, primary_key=True)
    ref = fields.CharField(max_length=128)
    name = fields.TextField()
    kind = fields.CharField(max_length=NAME)
    suspended = fields.BooleanField(default=False)

    class Meta:
        table = "client"


class Code(Model):
    """A connection code: its letters sealed, found by a keyed hash of their normal form."""

    id = fields.CharField(max_length=ID, primary_key=True)
    client_id = fields.CharField(max_length=ID)
    letters = fields.BinaryField()
    letters_index = fields.BinaryField()
    valid_from_on = fields.DateField(null=True)
    valid_until_on = fields.DateField(null=True)
    max_accounts = fields.IntField(null=True)

    class Meta:
        table = "code"


class Worker(Model):
    """A social worker.

    `card` seals names, phone, e-mail, address and bio, `rules` is plain JSON: motives, hours, closures.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    ref = fields.CharField(max_length=128)
    card = fields.BinaryField()
    phone_index = fields.BinaryField()
    email_index = fields.BinaryField()
    rules = fields.TextField()
    suspended = fields.BooleanField(default=False)
    version = fields.IntField(default=0)  # of the directory in which they, or their own times, changed last

    class Meta:
        table = "worker"


class DirectoryVersion(Model):
    """One row. Raised by every load, so that each process knows when its compiled directory is old."""

    id = fields.IntField(primary_key=True)
    version = fields.IntField()

    class Meta:
        table = "directory_version"


class Person(Model):
    """A beneficiary."""

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

    class Meta:
        table = "person"


class Consent(Model):
    """The proof of an acceptance. Only ever added to."""

    id = fields.CharField(max_length=ID, primary_key=True)
    person_id = fields.CharField(max_length=ID)
    contact_id = fields.CharField(max_length=ID)
    terms_version = fields.CharField(max_length=NAME)
    locale = fields.CharField(max_length=NAME)
    channel = fields.CharField(max_length=NAME)
    answer = fields.BinaryField()
    given_at = fields.DatetimeField()

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


class Conversation(Model):
    """The state of a talk, as JSON, sealed. `revision` rises with every write."""

    contact_id = fields.CharField(max_length=ID, primary_key=True)
    revision = fields.BigIntField()
    state = fields.BinaryField()
    saved_at = fields.DatetimeField()

    class Meta:
        table = "conversation"


class Inbox(Model):
    """What happened to a talk: a message's bytes as they came, or news. In order of `id` for each contact."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    channel = fields.CharField(max_length=NAME)
    external_id = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=NAME)
    body = fields.BinaryField(null=True)
    received_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    attempts = fields.IntField(default=0)
    alike = fields.IntField(default=0)  # attempts in a row that failed with `last_error`
    last_error = fields.CharField(max_length=128, null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"


class Ledger(Model):
    """Which messages of a provider were seen. Outlives their bodies, holds nothing personal (invariant I2)."""

    key = fields.CharField(max_length=255, primary_key=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "ledger"


class Outbox(Model):
    """What is to be said, and what became of it. `content` is a reply as JSON, sealed, words are drawn at delivery."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    channel = fields.CharField(max_length=NAME)
    kind = fields.CharField(max_length=NAME)
    answer = fields.BooleanField()
    content = fields.BinaryField(null=True)
    due_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    lease_owner = fields.CharField(max_length=ID, null=True)
    lease_ends_at = fields.DatetimeField(null=True)
    fence = fields.BigIntField(default=0)
    attempts = fields.IntField(default=0)
    provider_id = fields.CharField(max_length=255, null=True)
    segments = fields.IntField(null=True)
    appointment_id = fields.CharField(max_length=ID, null=True)
    appointment_version = fields.IntField(null=True)
    possible_duplicate = fields.BooleanField(default=False)
    received_at = fields.DatetimeField(null=True)  # of the message that it answers
    created_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    alarmed_at = fields.DatetimeField(null=True)  # a human was told that it is late
    elsewhere_at = fields.DatetimeField(null=True)  # no word that it arrived: said on another channel, or nowhere
    changed_at = fields.DatetimeField()

    class Meta:
        table = "outbox"


class Sender(Model):
    """A channel's sender of ours that stands still, or goes slowly. No row: it sends freely.

    `stopped`: until somebody mends our side; else the provider is away, or has too much to do. `told`: a delivery state
    said so, after the message had been accepted. `wait`: seconds before the last try.
    """

    channel = fields.CharField(max_length=NAME, primary_key=True)
    reason = fields.CharField(max_length=128)
    stopped = fields.BooleanField(default=False)
    told = fields.BooleanField(default=False)
    since_at = fields.DatetimeField()
    probe_at = fields.DatetimeField()
    wait = fields.IntField(default=1)

    class Meta:
        table = "sender"


class Timer(Model):
    """Something due later.

    Names what it belongs to and its version, so that a late one is recognised (invariant I14).
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255)
    contact_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    due_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    subject = fields.CharField(max_length=ID, null=True)
    subject_version = fields.IntField(default=0)
    data = fields.TextField(null=True)  # JSON of news that is to come then; ids only
    status = fields.CharField(max_length=NAME)
    reason = fields.CharField(max_length=128, null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=128, null=True)
    next_try_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "timer"


class Busy(Model):
    """A quarter of an hour of a worker, a person or a contact.

    Its unique key is what makes double booking impossible (I5).
    """

    id = fields.BigIntField(primary_key=True)
    owner = fields.CharField(max_length=80)
    quarter = fields.IntField()  # of an hour, since 1970
    opens = fields.BooleanField()  # the first of its hour: the search reads only these
    holder_id = fields.CharField(max_length=ID)
    lapses_at = fields.DatetimeField(null=True)

    class Meta:
        table = "busy"


class Hold(Model):
    """A slot kept for a contact."""

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    start_at = fields.DatetimeField()
    lapses_at = fields.DatetimeField()
    kind = fields.CharField(max_length=NAME, default="chosen")
    about = fields.CharField(max_length=ID, null=True)
    mode = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "hold"


class Appointment(Model):
    """A booked hour."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    version = fields.IntField()
    person_id = fields.CharField(max_length=ID)
    client_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    contact_id = fields.CharField(max_length=ID)
    motive = fields.BinaryField()
    mode = fields.CharField(max_length=NAME)
    start_at = fields.DatetimeField()
    status = fields.CharField(max_length=NAME)
    late = fields.BooleanField(default=False)
    made_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=NAME, null=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "appointment"


class Refusal(Model):
    """A worker accepts no further request of a person, until it lapses (terms, article 5.2)."""

    id = fields.CharField(max_length=ID, primary_key=True)
    worker_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    appointment_id = fields.CharField(max_length=ID)
    refused_at = fields.DatetimeField()
    lapses_at = fields.DatetimeField()
    waived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refusal"


class Span(Model):
    """A time of a worker that differs from the weekly hours: closed, open, or busy in their own calendar."""

    id = fields.CharField(max_length=ID, primary_key=True)
    worker_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    start_at = fields.DatetimeField()
    end_at = fields.DatetimeField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "span"


class WorkerSetting(Model):
    """What a worker set by themself, no load of the directory touches it.

    `calendar`: the address of their own calendar.
    """

    worker_id = fields.CharField(max_length=ID, primary_key=True)
    notices = fields.CharField(max_length=NAME, default="all")
    calendar = fields.BinaryField(null=True)
    calendar_tag = fields.CharField(max_length=255, null=True)
    calendar_read_at = fields.DatetimeField(null=True)
    calendar_failed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "worker_setting"


class Waiting(Model):
    """A place on the waiting list."""

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID, null=True)
    wish = fields.BinaryField()
    since_at = fields.DatetimeField()
    offers = fields.IntField(default=0)
    offered_at = fields.DatetimeField(null=True)
    status = fields.CharField(max_length=NAME)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waiting"


class Call(Model):
    """A masked telephone call between a worker and a person. No number stands here."""

    id = fields.CharField(max_length=ID, primary_key=True)
    appointment_id = fields.CharField(max_length=ID)
    attempt = fields.IntField()
    status = fields.CharField(max_length=NAME)
    outcome = fields.CharField(max_length=NAME, null=True)
    provider_id = fields.CharField(max_length=255, null=True)
    started_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    seconds = fields.IntField(null=True)

    class Meta:
        table = "call"


class Feedback(Model):
    """How it was, apart from all records of people: without person or appointment, a day instead of an hour."""

    id = fields.CharField(max_length=ID, primary_key=True)
    client_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    mode = fields.CharField(max_length=NAME)
    score = fields.IntField()
    words = fields.BinaryField(null=True)
    given_on = fields.DateField()

    class Meta:
        table = "feedback"


class Ticket(Model):
    """What a human of the desk must look at. `context`, sealed: where the talk stood, and a number to call.

    `live`: the talk is with the desk, what the person writes goes into this ticket. `subject` is a kind and an id.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID, null=True)
    person_id = fields.CharField(max_length=ID, null=True)
    kind = fields.CharField(max_length=NAME)
    status = fields.CharField(max_length=NAME)
    context = fields.BinaryField(null=True)
    subject = fields.CharField(max_length=128, null=True)
    operator = fields.CharField(max_length=128, null=True)
    live = fields.BooleanField(default=False)
    opened_at = fields.DatetimeField()
    taken_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "ticket"


class TicketEntry(Model):
    """What happened to a ticket: what was said on either side, notes, attempts to call back. Only ever added to."""

    id = fields.BigIntField(primary_key=True)
    ticket_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    operator = fields.CharField(max_length=128, null=True)
    words = fields.BinaryField(null=True)
    detail = fields.CharField(max_length=128, null=True)
    done_at = fields.DatetimeField()

    class Meta:
        table = "ticket_entry"


class Message(Model):
    """What a person and the worker of their appointment wrote to each other. `author`: person or worker."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    author = fields.CharField(max_length=NAME)
    body = fields.BinaryField()
    written_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"


class Report(Model):
    """A worker reports how a person treats them (terms, article 6.2). No word of either stands here."""

    id = fields.CharField(max_length=ID, primary_key=True)
    series = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    worker_id = fields.CharField(max_length=ID)
    message_id = fields.CharField(max_length=ID, null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "report"


class StepCount(Model):
    """What was asked, understood and answered, counted by day and client: no person, no talk, no hour of the day.

    A turn adds rows of its own, so that no two turns wait for each other; `storage/steps.py` folds them into one a day.
    """

    id = fields.BigIntField(primary_key=True)
    day_on = fields.DateField()  # in TIME_ZONE
    client_id = fields.CharField(max_length=ID, default="")  # none: no code was given yet
    flow = fields.CharField(max_length=NAME)
    step = fields.CharField(max_length=NAME)
    outcome = fields.CharField(max_length=NAME)
    count = fields.IntField()

    class Meta:
        table = "step_count"


class Document(Model):
    """What a person sent for their worker.

    The file lies elsewhere, under the row's id, sealed by `key`.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    contact_id = fields.CharField(max_length=ID)
    person_id = fields.CharField(max_length=ID)
    status = fields.CharField(max_length=NAME)
    key = fields.BinaryField(null=True)
    reason = fields.CharField(max_length=NAME, null=True)
    kind = fields.CharField(max_length=NAME, null=True)
    pages = fields.IntField(default=1)
    batch = fields.CharField(max_length=ID, null=True)
    series = fields.CharField(max_length=ID, null=True)
    worker_id = fields.CharField(max_length=ID, null=True)
    came_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField()

    class Meta:
        table = "document"


class Tries(Model):
    """Attempts that are counted where Redis cannot forget them (invariant I9). `key` holds ids or keyed hashes only."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=128)
    tried_at = fields.DatetimeField()

    class Meta:
        table = "tries"


class Flag(Model):
    """Switches and fingerprints of the whole program: sending paused, the key of the blind indexes."""

    name = fields.CharField(max_length=NAME, primary_key=True)
    value = fields.TextField()
    set_at = fields.DatetimeField(null=True)

    class Meta:
        table = "flag"


class Audit(Model):
    """Who did what to whose data. Ids only, only ever added to."""

    id = fields.BigIntField(primary_key=True)
    actor = fields.CharField(max_length=128)
    action = fields.CharField(max_length=128)
    object = fields.CharField(max_length=128)
    done_at = fields.DatetimeField()

    class Meta:
        table = "audit"


class Token(Model):
    """A link that was given out, by the hash of its token."""

    hash = fields.CharField(max_length=64, primary_key=True)
    purpose = fields.CharField(max_length=NAME)
    object = fields.CharField(max_length=128)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"


class Operator(Model):
    """Who logs in to the console. Without `password` they have not enrolled yet, or again after a reset.

    `totp`: the secret of their second factor; `totp_step`: the last half minute whose code was used. `enrolment`:
    which of their enrolment links is the good one.
    """

    id = fields.CharField(max_length=ID, primary_key=True)
    name = fields.BinaryField()
    name_index = fields.BinaryField()
    role = fields.CharField(max_length=NAME)
    password = fields.TextField(null=True)
    totp = fields.BinaryField()
    totp_step = fields.BigIntField(default=0)
    enrolment = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    suspended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "operator"


class RecoveryCode(Model):
    """Stands in once for a second factor that was lost. By its hash: 80 bits of chance cannot be guessed from it."""

    hash = fields.CharField(max_length=64, primary_key=True)
    operator_id = fields.CharField(max_length=ID)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"


class Session(Model):
    """An operator who is logged in, by the hash of what their cookie holds."""

    hash = fields.CharField(max_length=64, primary_key=True)
    operator_id = fields.CharField(max_length=ID)
    made_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class Login(Model):
    """Tries to log in under one name, whether somebody has it or not. `key` is a keyed hash of it."""

    key = fields.CharField(max_length=64, primary_key=True)
    tries = fields.IntField(default=0)
    tried_at = fields.DatetimeField()
    free_at = fields.DatetimeField()

    class Meta:
        table = "login"


class ApiKey(Model):
    """Who may call the HTTP API, and for what: `scopes`, apart by spaces. By the hash of what they show."""

    id = fields.CharField(max_length=ID, primary_key=True)
    name = fields.TextField()
    hash = fields.CharField(max_length=64)
    scopes = fields.TextField()
    made_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"


class ApiAnswer(Model):
    """What a caller of the API was answered. `id` is made of their key and their Idempotency-Key."""

    id = fields.CharField(max_length=ID, primary_key=True)
    fingerprint = fields.CharField(max_length=64)
    status = fields.IntField()
    body = fields.BinaryField(null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "api_answer"


class Hook(Model):
    """An address of another program that is told of what happens. What goes there is signed with `secret`."""

    id = fields.CharField(max_length=ID, primary_key=True)
    url = fields.BinaryField()
    secret = fields.BinaryField()
    kinds = fields.TextField()
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=NAME, null=True)

    class Meta:
        table = "hook"


class HookNews(Model):
    """One thing that one hook is told. `body` holds ids and instants only: who may know more asks for it."""

    id = fields.CharField(max_length=ID, primary_key=True)
    hook_id = fields.CharField(max_length=ID)
    kind = fields.CharField(max_length=NAME)
    body = fields.TextField()
    made_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    status = fields.CharField(max_length=NAME)
    last_error = fields.CharField(max_length=128, null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "hook_news"
