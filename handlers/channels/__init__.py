"""One file a channel: how it is read, drawn and sent."""
