"""What the review after a release finds missing: trail, alarms of rotation, and guards of cost (guide 9.3)."""
