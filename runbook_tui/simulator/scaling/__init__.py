"""Application Auto Scaling, acting: policies on alarms, schedules, and a record of all of it."""
