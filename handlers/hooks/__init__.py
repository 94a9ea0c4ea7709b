"""Hooks: what happens here, told to other programs. `telling.py` says what, `sending.py` when, `posting.py` how."""
