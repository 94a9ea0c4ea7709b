"""Tortoise's migrations, oldest first. Made by `tortoise makemigrations`; indexes are in `storage/schema.py`."""
