"""What the console does, apart from its pages: who gets in, and what operators do there."""
