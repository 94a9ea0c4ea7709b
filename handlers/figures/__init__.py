"""Figures of the service: what became of talks, hours and messages, per client, of nobody in particular."""
