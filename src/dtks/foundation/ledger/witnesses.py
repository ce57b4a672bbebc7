"""The witnesses that this log asks, as a file names them: a list of ``{key: vkey, url: address}``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from django.conf import settings

from dtks.foundation.kernel import yaml_text
from dtks.foundation.ledger.errors import NoteMalformed, WitnessesMalformed, WitnessesMissing
from dtks.foundation.ledger.transparency.notes import Kind, Verifier

MOST = 20
MOST_CHARACTERS = 100_000
FIELDS = {"key", "url"}


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: the key of its cosignatures; the address below which it is asked (no slash at its end)."""

    verifier: Verifier
    url: str

    @property
    def name(self) -> str:
        """The name that it signs under."""
        return self.verifier.name


def configured() -> list[Witness]:
    """The witnesses of this installation; none where no file says otherwise.

    Raises WitnessesMalformed; WitnessesMissing: a file is named in the settings and cannot be read.
    """
    if given := settings.LEDGER_WITNESSES:
        return read(Path(given).expanduser())
    usual = Path(settings.HOME) / "ledger" / "witnesses.yaml"
    return read(usual) if usual.exists() else []


def read(path: Path) -> list[Witness]:
    """The witnesses that a file names. Raises WitnessesMissing, WitnessesMalformed (with the line)."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise WitnessesMissing(path=path) from problem
    except UnicodeDecodeError as problem:
        raise _Reader(path).wrong(1, "bukan UTF-8", "not UTF-8") from problem
    return _Reader(path).witnesses(text)


class _Reader:
    """Reads one file; an error names the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def wrong(self, line: int, problem: str, problem_en: str) -> WitnessesMalformed:
        return WitnessesMalformed(path=self.path, line=line, problem=problem, problem_en=problem_en)

    def witnesses(self, text: str) -> list[Witness]:
        if len(text) > MOST_CHARACTERS:
            raise self.wrong(1, "terlalu panjang", "too long")
        try:
            top = yaml.compose(text, Loader=yaml_text.Loader)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise self.wrong(line, "bukan YAML", "not YAML") from problem
        if top is None:
            return []
        if not isinstance(top, yaml.SequenceNode):
            raise self.wrong(_line(top), "harus berupa daftar", "must be a list")
        if len(top.value) > MOST:
            raise self.wrong(_line(top), f"paling banyak {MOST} saksi", f"{MOST} witnesses at most")
        found: list[Witness] = []
        for node in top.value:
            witness = self._witness(node)
            for other in found:
                if other.name == witness.name or other.verifier.key == witness.verifier.key:
                    raise self.wrong(
                        _line(node),
                        f"saksi {witness.name} sudah ada",
                        f"witness {witness.name} is there already",
                    )
            found.append(witness)
        return found

    def _witness(self, node: yaml.Node) -> Witness:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(_line(node), "harus berisi key dan url", "must hold key and url")
        values: dict[str, yaml.Node] = {}
        for name, value in node.value:
            if name.value not in FIELDS or name.value in values or not isinstance(value, yaml.ScalarNode):
                raise self.wrong(
                    _line(name), f"{name.value!r}: hanya key dan url", f"{name.value!r}: key and url alone"
                )
            values[name.value] = value
        if missing := FIELDS - values.keys():
            names = ", ".join(sorted(missing))
            raise self.wrong(_line(node), f"tidak ada {names}", f"{names} missing")
        return Witness(self._key(values["key"]), self._url(values["url"]))

    def _key(self, node: yaml.Node) -> Verifier:
        try:
            key = Verifier.parse(node.value)
        except NoteMalformed as problem:
            raise self.wrong(_line(node), "key bukan kunci saksi (vkey)", "key is no vkey") from problem
        if key.kind is not Kind.COSIGNED:
            raise self.wrong(
                _line(node),
                "key adalah kunci jejak, bukan kunci saksi",
                "key is a log's key, not a witness's",
            )
        return key

    def _url(self, node: yaml.Node) -> str:
        # Plain HTTP will do: nothing sent is secret, and an answer is believed for its signature alone.
        try:
            parts = urlsplit(node.value)
            sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
        except ValueError:
            sound = False
        if not sound or parts.query or parts.fragment or parts.username or not node.value.isascii():
            raise self.wrong(
                _line(node), "url harus http(s)://host/awalan", "url must be http(s)://host/prefix"
            )
        return str(node.value).rstrip("/")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
