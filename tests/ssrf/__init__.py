"""Whoever is told where to call calls nowhere else: `python -m pytest tests/ssrf` (threat T13)."""
