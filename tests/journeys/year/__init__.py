"""A year of a whole town in virtual time: simulated people and workers, and a judge who does not ask the program."""
