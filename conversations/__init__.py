"""What is said and asked: no input or output, no clock, no words."""
