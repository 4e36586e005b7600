"""What the load of a quarter calls for. Pure: series in, proposals with their evidence out."""
