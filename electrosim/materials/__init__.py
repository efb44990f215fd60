"""Materials: tables of numbers with their source and valid range, and what they are turned into."""
