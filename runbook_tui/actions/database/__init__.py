"""The databases: tables of DynamoDB, and the private way to Atlas (guide 7)."""
