"""The console's pages: what the desk, administrators and auditors see and do in a browser."""
