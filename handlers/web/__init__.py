"""What the outside reaches by HTTP: webhooks, people's pages, health, the demo's phones."""
