"""What was released: the history in the artifact bucket, the alias that serves, and whether it answers."""
