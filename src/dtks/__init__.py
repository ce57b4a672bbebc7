"""DTKS: an open social registry for Indonesia. See ARCHITECTURE.md for the map."""

__version__ = "0.1.0"
