"""What the app knows: messages, and the table they are in. Nothing here knows of HTTP."""
