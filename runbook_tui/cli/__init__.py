"""One file a verb. Standard output is data, standard error is narration."""
