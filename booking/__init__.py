"""The core: who may have which hour with whom."""
