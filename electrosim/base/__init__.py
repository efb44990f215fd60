"""What every physics shares: scenarios, units, status, results, named data."""
