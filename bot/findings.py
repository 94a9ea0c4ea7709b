"""What a check of the doctor gives: a line that is well, or one that says what is wrong and how to mend it."""

from handlers.channels.base import Finding


def well(about: str, words: str) -> Finding:
    return Finding(about, True, words)


def wrong(about: str, words: str) -> Finding:
    return Finding(about, False, words)
