"""A hostile provider for a simulated day."""
