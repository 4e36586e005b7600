"""What the simulated account costs: lines made of its resources, priced, day by day."""
