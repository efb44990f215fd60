"""Labelled voxel images: read from files, taken from the registry of public images, or generated."""
