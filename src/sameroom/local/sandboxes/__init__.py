"""A Lambda function on this machine: its processes, one request at a time each, and their Runtime API."""
