"""IAM as it judges: policies, conditions, who calls, and what a call needs."""
