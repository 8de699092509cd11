"""All that travels to Lambda. Loads the standard library only."""
