"""`python -m dtks.cli`: what the launcher calls."""

from dtks.cli import main

main()
