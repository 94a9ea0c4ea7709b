"""Every table, by subject. Migrations are made from these; what guards a promise (unique keys, partial indexes) is in
`schema.py`.

Conventions that the hand-written statements rely on: a column named `*_at` is an instant (UTC), `*_on` is a date,
`is_*` and `*_ok` would be ambiguous, so truths are plain adjectives and listed as such by the stores. Bytes are sealed:
`PERSONAL` says by which column each is bound. There are no foreign keys: rows are erased and purged table by table, by
different clocks.

Each is named here, since this one module is where Tortoise and the backup look for tables: one that is not would have
no migration, and be in no backup. A test finds a table left out.
"""

from storage.models.accounts import EmailProof
from storage.models.booking import Appointment, Busy, Call, Hold, Refusal, Waiting
from storage.models.delivery import Outbox, ProviderCopy, Sender
from storage.models.desk import Decision, Ticket, TicketEntry
from storage.models.directory import Client, Code, DirectoryVersion, Span, Worker, WorkerSetting
from storage.models.documents import Document, Media
from storage.models.figures import Feedback, StepCount
from storage.models.guards import Audit, Flag, Token, Tries
from storage.models.law import Erasure, LegalHold, PastHour
from storage.models.messages import Message, Report
from storage.models.operators import Export, Login, Operator, RecoveryCode, Session
from storage.models.people import Alias, Consent, Contact, Person
from storage.models.personal import PERSONAL
from storage.models.proofs import Proof
from storage.models.requests import DataCopy, Instruction
from storage.models.service import ApiAnswer, ApiKey, Hook, HookNews
from storage.models.talks import Conversation, Inbox, Ledger, Timer

__all__ = [
    "PERSONAL",
    "Alias",
    "ApiAnswer",
    "ApiKey",
    "Appointment",
    "Audit",
    "Busy",
    "Call",
    "Client",
    "Code",
    "Consent",
    "Contact",
    "Conversation",
    "DataCopy",
    "Decision",
    "DirectoryVersion",
    "Document",
    "EmailProof",
    "Erasure",
    "Export",
    "Feedback",
    "Flag",
    "Hold",
    "Hook",
    "HookNews",
    "Inbox",
    "Instruction",
    "Ledger",
    "LegalHold",
    "Login",
    "Media",
    "Message",
    "Operator",
    "Outbox",
    "PastHour",
    "Person",
    "Proof",
    "ProviderCopy",
    "RecoveryCode",
    "Refusal",
    "Report",
    "Sender",
    "Session",
    "Span",
    "StepCount",
    "Ticket",
    "TicketEntry",
    "Timer",
    "Token",
    "Tries",
    "Waiting",
    "Worker",
    "WorkerSetting",
]
