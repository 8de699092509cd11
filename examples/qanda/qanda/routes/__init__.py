"""What the app answers."""
