"""How long the columns of our own words are."""

from typing import Final

ID: Final = 64  # characters of an id that was handed in
NAME: Final = 64  # of a word of ours: a kind, a status, a language
