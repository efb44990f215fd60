"""From scenario files to results and back."""
