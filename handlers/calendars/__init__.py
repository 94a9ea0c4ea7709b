"""Calendars: what we write for others to read, and a worker's own, which we read."""
