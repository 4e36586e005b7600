"""Guide section 2: VPC, subnets, routes, endpoints, security groups."""
