"""YAML as plain values, by the fastest safe loader that the platform has."""

from __future__ import annotations

from typing import IO, Any

import yaml

try:
    # libyaml is ten times faster and gives the same nodes and marks; a platform may lack it.
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]  # it offers what libyaml's offers

__all__ = ["Loader", "load"]


def load(text: str | IO[str]) -> Any:
    """What the text holds: no objects are made but those of YAML itself. Raises ``yaml.YAMLError``."""
    return yaml.load(text, Loader=Loader)
