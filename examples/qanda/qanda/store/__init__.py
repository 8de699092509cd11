"""What is kept, in DynamoDB."""
