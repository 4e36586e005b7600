"""Every change that the product can make: one function an action, which reads and returns a plan."""
