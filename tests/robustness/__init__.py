"""What surrounds a verification: memory, clock, locale, hash seed."""
