"""Tables of material properties with their sources, and their loaders."""
