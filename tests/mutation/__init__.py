"""Good signatures, cut and bent everywhere: never passed, never an exception."""
