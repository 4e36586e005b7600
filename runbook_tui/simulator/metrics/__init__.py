"""What CloudWatch would measure of the simulated world, computed when it is asked for, and the alarms upon it."""
