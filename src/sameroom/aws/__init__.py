"""The only room that talks to AWS's APIs, and the only one that imports boto3."""
