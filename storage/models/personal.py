"""Which columns are sealed. A test finds a column left out."""

from __future__ import annotations

# table -> sealed column -> the column whose value it is bound to (see `crypto.Vault.seal`)
PERSONAL: dict[str, dict[str, str]] = {
    "code": {"letters": "id"},
    "worker": {"card": "id"},
    "person": {"first_name": "id", "last_name": "id", "email": "id", "phone": "id", "password": "id"},
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
    "media": {"ref": "id"},
    "provider_copy": {"ref": "id"},
    "export": {"why": "id"},
    "email_proof": {"email": "id"},
    "decision": {"words": "id", "contest": "id", "answer": "id", "ended_words": "id"},
    "instruction": {"trusted": "id", "reference": "id"},
    "proof": {"target": "id"},
    "legal_hold": {"reference": "id", "reason": "id"},
    "api_answer": {"body": "id"},
    "hook": {"url": "id", "secret": "id", "former_secret": "id"},
}
