"""Electrons scattered back from films and bulk: elastic and inelastic collisions, and the walk they make."""
