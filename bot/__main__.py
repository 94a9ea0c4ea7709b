"""`python -m bot`: the same as `socialdirect`."""

from bot.cli import main

main()
