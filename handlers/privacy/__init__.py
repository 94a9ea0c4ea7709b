"""What people may ask of their data, and what is kept in spite of it."""
