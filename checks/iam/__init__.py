"""Guide section 1: roles, people, keys, the pipeline's rights."""
