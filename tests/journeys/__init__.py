"""From a webhook to a stand-in provider and back, on a real database."""
