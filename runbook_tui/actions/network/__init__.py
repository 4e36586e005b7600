"""Changes of the VPC, its routes, its security groups and its endpoints (guide 2, 7.1)."""
