"""Message catalogues without the gettext programs: collect, merge and compile with Babel.

The source language is Indonesian: a msgid is the Indonesian text; locale/en holds the English.
`python -m dtks.foundation.ui.translations` collects every marked text of the source into the .po file
and says which have no English yet; the front-end build compiles the .po files to .mo.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[2]
LOCALE = PACKAGE.parents[1] / "locale"
HEADER = "# Translations of the DTKS pages; the msgid is the Indonesian source text."
# Header lines that would change the file at every run, or name nobody.
_VOLATILE = re.compile(
    r'^"(?:Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By).*\n',
    re.MULTILINE,
)
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compile_catalogues(*, locale: Path = LOCALE) -> list[Path]:
    """Write a .mo beside every .po under `locale`; returns the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        written.append(target)
    return written


# A call in what Django makes of a template; the rest of it is filler and no Python.
_STRING = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
_CALL = re.compile(rf"(?<![\w.])(?:_|n?p?gettext)\((?:{_STRING}|[^()'\"])*\)", re.DOTALL)

MarkedText = tuple[str, str | tuple[str, ...], str | None]


def marked_texts(*, package: Path = PACKAGE) -> Iterator[MarkedText]:
    """Every text marked for translation in .py and .html files: (file, text or plural pair, context)."""
    from django.utils.translation.template import templatize

    for path in sorted(package.rglob("*")):
        if path.suffix == ".py":
            content = path.read_text(encoding="utf-8")
        elif path.suffix == ".html":
            content = "\n".join(_CALL.findall(templatize(path.read_text(encoding="utf-8"))))
        else:
            continue
        source = io.BytesIO(content.encode())
        for _line, text, _comments, context in extract("python", source, keywords=KEYWORDS):
            yield path.relative_to(package).as_posix(), text, context


def update(*, language: str = "en", locale: Path = LOCALE) -> list[str]:
    """Bring locale/<language>/…/django.po up to date with the source; returns texts without translation."""
    path = locale / language / "LC_MESSAGES" / "django.po"
    template = Catalog(project="DTKS", charset="utf-8")
    for file, text, context in marked_texts():
        # Files without line numbers: a moved line must not change the catalogue.
        template.add(text, locations=[(file, None)], context=context)
    if path.exists():
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale=language)
    else:
        catalogue = Catalog(locale=language)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.header_comment, catalogue.fuzzy = HEADER, False
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, sort_output=True, include_lineno=False)
    path.write_text(_VOLATILE.sub("", written.getvalue().decode()), encoding="utf-8")
    return [str(message.id) for message in catalogue if message.id and not is_translated(message.string)]


def is_translated(text: str | tuple[str, ...] | None) -> bool:
    return bool(text) if isinstance(text, str) else bool(text) and all(text or ())


if __name__ == "__main__":
    missing = update()
    compile_catalogues()
    for text in missing:
        print(text)
    sys.exit(1 if missing else 0)
