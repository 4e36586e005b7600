"""Guide section 6: load balancer, target groups, certificate, DNS."""
