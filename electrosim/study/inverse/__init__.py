"""What calibration and inverse design share: parameters of a scenario within bounds, and their search."""
