"""The deployment engine of ECS: tasks that live and die in simulated time, and the scheduler that replaces them."""
