"""``python -m electrosim``."""

from electrosim.cli import main

main()
