"""The English catalogue: complete, and with the placeholders of its source."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from dtks.foundation.ui import translations

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w*\}")


def test_every_text_of_the_source_has_an_english_one() -> None:
    path = translations.LOCALE / "en" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        translated = {
            (message.id, message.context)
            for message in read_po(file, locale="en")
            if translations.is_translated(message.string)
        }
    marked = {(text, context) for _file, text, context in translations.marked_texts()}
    # To mend: python -m dtks.foundation.ui.translations, then fill in what it names.
    assert sorted(str(text) for text, _context in marked - translated) == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    for path in translations.LOCALE.glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale=path.parts[-3]):
                if not message.id:
                    continue
                source = message.id if isinstance(message.id, str) else message.id[-1]
                texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                for text in texts:
                    assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(source)), source


def test_texts_of_templates_and_code_are_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{% load i18n %}<c-card title=\"{% translate 'Satu' %}\">"
        "{% blocktranslate count n=n %}{{ n }} keluarga"
        '{% plural %}{{ n }} keluarga banyak{% endblocktranslate %}{{ x|default:_("Tiga (3)") }}',
        encoding="utf-8",
    )
    (tmp_path / "code.py").write_text('from x import gettext as _\n_("Empat " "lima")\n', encoding="utf-8")
    found = {text for _file, text, _context in translations.marked_texts(package=tmp_path)}
    assert found == {"Satu", ("%(n)s keluarga", "%(n)s keluarga banyak"), "Tiga (3)", "Empat lima"}


def test_compiling_writes_what_django_reads(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Ya"\nmsgstr "Yes"\n',
        encoding="utf-8",
    )
    assert translations.compile_catalogues(locale=tmp_path) == [folder / "django.mo"]
    assert (folder / "django.mo").read_bytes()[:4] == b"\xde\x12\x04\x95"
