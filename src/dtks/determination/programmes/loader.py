"""The programmes of a day, from `programmes/*.yaml` and `parameters/*.yaml`, checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dtks.determination.programmes import example_entries, programme_document, programme_file
from dtks.determination.programmes.domain import Programme, order
from dtks.determination.programmes.errors import NotInForceError, UnknownProgrammeError
from dtks.determination.programmes.programme_document import Shelf
from dtks.determination.targeting import aggregates
from dtks.determination.targeting.rules import definitions, documents, laws, parameters, regimes
from dtks.determination.targeting.rules import variables as known_variables
from dtks.determination.targeting.rules.variables import VariableInfo

PROJECT_ROOT = Path(__file__).resolve().parents[4]


def load(
    *, on: date, directory: Path | None = None, variables: Mapping[str, VariableInfo] | None = None
) -> list[Programme]:
    """The programmes in force on a day, in the order in which they go before each other.

    `directory` holds `programmes/` and `parameters/` (default: the project); `variables` is what rules
    may name (default: registry, snapshot and aggregates). Raises `RuleError`, `DocumentError` and the
    errors of `programmes.errors`, each with file and line.
    """
    shelf = _shelf(directory or PROJECT_ROOT, on, variables)
    files = [programme_document.read(path, shelf) for path in _files(shelf.root)]
    in_force = [programme_file.programme(document) for document in files if document.in_force(on)]
    return sorted(in_force, key=order)


def load_one(
    programme: str,
    *,
    on: date,
    directory: Path | None = None,
    variables: Mapping[str, VariableInfo] | None = None,
) -> Programme:
    """One programme on a day. Raises `UnknownProgrammeError`, `NotInForceError`, and as `load` does."""
    root = directory or PROJECT_ROOT
    if programme not in ids(directory=root):
        raise UnknownProgrammeError(where="programmes", programme=programme)
    path = root / "programmes" / f"{programme}.yaml"
    document = programme_document.read(path, _shelf(root, on, variables))
    if not document.in_force(on):
        raise NotInForceError(programme=programme, on=on.isoformat())
    return programme_file.programme(document)


def ids(*, directory: Path | None = None) -> list[str]:
    """The ids of all programmes, in force or not."""
    return [path.stem for path in _files(directory or PROJECT_ROOT)]


def example_days(programme: str, *, directory: Path | None = None) -> list[date]:
    """The days that a programme's worked examples speak of."""
    path = (directory or PROJECT_ROOT) / "programmes" / f"{programme}.yaml"
    return example_entries.days(documents.read(path).entries()["examples"])


def turning_days(programme: str, *, directory: Path | None = None) -> list[date]:
    """The days on which a programme begins or one of its values changes while it is in force."""
    root = directory or PROJECT_ROOT
    keys = documents.read(root / "programmes" / f"{programme}.yaml").entries()
    first = keys["valid_from"].day()
    last = keys["valid_to"].optional_day() if "valid_to" in keys else None
    path = root / "parameters" / f"{programme}.yaml"
    values = (
        parameters.load(path, laws_in=laws.load(root / "parameters" / "laws.yaml")) if path.exists() else {}
    )
    changes = {value.valid_from for parameter in values.values() for value in parameter.values}
    inside = {day for day in changes if first <= day and (last is None or day <= last)}
    return sorted({first, *inside})


def _files(root: Path) -> list[Path]:
    return sorted((root / "programmes").glob("*.yaml"))


def _shelf(root: Path, on: date, variables: Mapping[str, VariableInfo] | None) -> Shelf:
    folder = root / "parameters"
    asked = known_variables.known() if variables is None else variables
    known = {**asked, **aggregates.infos()} if variables is None else variables
    all_laws = laws.load(folder / "laws.yaml")
    all_regimes = regimes.load(folder / "regimes.yaml", laws_in=all_laws)
    shared = definitions.load(folder / "definitions.yaml", variables=asked)
    return Shelf(
        root=root,
        on=on,
        variables=known,
        asked=asked,
        laws=all_laws,
        definitions=definitions.rules(shared),
        regime=regimes.in_force(all_regimes, on),
        programmes=frozenset(ids(directory=root)),
    )
