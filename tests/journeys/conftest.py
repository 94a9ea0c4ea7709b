"""Both databases, migrated and empty, one for each test."""

from tests.storage.conftest import database_url, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "postgres_template", "sqlite_template", "sqlite_url", "vault"]
