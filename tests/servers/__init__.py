"""Real PostgreSQL and Redis for the tests: found on the machine or brought by a wheel, private to one run."""
