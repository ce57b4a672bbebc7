"""YAML files whose every value knows its file and line, read by exact shape.

A key that is not documented, a missing one, or a value of another type is refused with the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from dtks.determination.targeting.rules.errors import DocumentError
from dtks.foundation.kernel import yaml_text

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Entry:
    """One value of a YAML file and where it stands."""

    node: yaml.Node
    file: str

    @property
    def where(self) -> str:
        """ "programmes/pkh.yaml:12" """
        line: int = self.node.start_mark.line + 1
        return f"{self.file}:{line}"

    def mapping(self, *, required: Set[str], optional: Set[str] = frozenset()) -> dict[str, Entry]:
        """The entries of a mapping that has all the required keys and no others than those named."""
        found = self.entries()
        if missing := sorted(required - set(found)):
            raise self.refused(f"kunci '{missing[0]}' tidak ada", f"key '{missing[0]}' is missing")
        for key, entry in found.items():
            if key not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise entry.refused(
                    f"kunci '{key}' tidak dikenal; yang dikenal: {known}",
                    f"unknown key '{key}'; known are: {known}",
                )
        return found

    def entries(self) -> dict[str, Entry]:
        """The entries of a mapping, whatever its keys; none may come twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refused("diperlukan pasangan kunci: nilai", "a mapping is needed here")
        found: dict[str, Entry] = {}
        for key, value in self.node.value:
            if key.value in found:
                raise Entry(key, self.file).refused(
                    f"kunci '{key.value}' dua kali", f"key '{key.value}' comes twice"
                )
            found[key.value] = Entry(value, self.file)
        return found

    def items(self) -> Iterator[Entry]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refused("diperlukan daftar", "a list is needed here")
        return (Entry(item, self.file) for item in self.node.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def text(self) -> str:
        """A text that is not empty, outer spaces and line ends taken off."""
        text = self._scalar("str", "teks", "a text").strip()
        if not text:
            raise self.refused("teks kosong", "the text is empty")
        return text

    def integer(self) -> int:
        """A whole number; underscores may group its digits."""
        return int(self._scalar("int", "bilangan bulat", "a whole number").replace("_", ""))

    def day(self) -> date:
        """A date, YYYY-MM-DD."""
        written = self._scalar("timestamp", "tanggal", "a date")
        try:
            return date.fromisoformat(written)
        except ValueError as error:
            raise self.refused(f"bukan tanggal: {written}", f"not a date: {written}") from error

    def optional_day(self) -> date | None:
        """A date, or nothing (`null`)."""
        return None if self.is_null else self.day()

    def choice(self, options: tuple[str, ...]) -> str:
        """One of the given words."""
        text = self._scalar("str", "teks", "a text")
        if text not in options:
            listed = ", ".join(options)
            raise self.refused(
                f"'{text}' harus salah satu dari {listed}", f"'{text}' must be one of {listed}"
            )
        return text

    def yes_or_no(self) -> bool:
        """`yes` or `no`."""
        return self._scalar("bool", "yes atau no", "yes or no").lower() in ("yes", "true", "on")

    @property
    def is_null(self) -> bool:
        return bool(self.node.tag == f"{_TAG}null")

    def plain(self) -> Any:
        """The value as Python has it: number, text, boolean, None."""
        return yaml.SafeLoader("").construct_object(self.node, deep=True)

    def refused(self, detail_id: str, detail_en: str) -> DocumentError:
        """The refusal of this value, to be raised."""
        return DocumentError(where=self.where, detail_id=detail_id, detail_en=detail_en)

    def _scalar(self, kind: str, name_id: str, name_en: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != _TAG + kind:
            raise self.refused(f"diperlukan {name_id}", f"{name_en} is needed here")
        return str(self.node.value)


def read(path: Path) -> Entry:
    """The root of a YAML file. Raises `DocumentError` when it cannot be parsed; OSError as it comes."""
    file = f"{path.parent.name}/{path.name}"
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml_text.Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        detail = str(error.problem)
        raise DocumentError(
            where=f"{file}:{line}", detail_id=f"bukan YAML: {detail}", detail_en=f"not YAML: {detail}"
        ) from error
    if node is None:
        raise DocumentError(where=f"{file}:1", detail_id="berkas kosong", detail_en="the file is empty")
    return Entry(node, file)
