"""Documents that people send to their worker: judged, sealed, kept for a while, handed over once."""
