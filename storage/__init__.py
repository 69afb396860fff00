"""The database edge: the one place that holds SQL."""
