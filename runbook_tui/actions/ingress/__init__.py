"""Changes of the load balancer, its certificate and the names that lead to it (guide 6)."""
