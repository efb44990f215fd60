"""From what is weighed to what is solved: recipes, slurries, coatings."""
