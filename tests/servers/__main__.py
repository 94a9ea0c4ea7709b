"""Both servers outside the tests, to play or to look: `python -m tests.servers`, until Ctrl-C.

Prints lines for the shell: DATABASE_URL and REDIS_URL.
"""

import signal
from contextlib import ExitStack

from tests.servers.postgres import postgres
from tests.servers.redis import redis


def main() -> None:
    """Starts, prints, waits to be ended."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as servers:
        print(f"export DATABASE_URL='{servers.enter_context(postgres()).address('postgres')}'", flush=True)
        print(f"export REDIS_URL='{servers.enter_context(redis())}'", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
