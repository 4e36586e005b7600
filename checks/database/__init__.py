"""Guide section 7: MongoDB Atlas or DynamoDB."""
