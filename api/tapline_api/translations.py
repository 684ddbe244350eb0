"""Catalogs of the pages' words.

`python -m tapline_api.translations` takes up new messages into the catalogs; `--check` changes
nothing and fails where a message is missing, unused, doubtful or untranslated. Message ids are
English, so the English catalog is made and never written by hand.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tapline_api.localisation import CATALOGS, LOCALES

_PACKAGE = Path(__file__).parent
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "translate": None}
_SOURCE = "en"


def extracted() -> Catalog:
    """Every message that the code and the templates use."""
    template = Catalog(project="Tapline", version="1", fuzzy=False)
    found = extract_from_dir(str(_PACKAGE), _METHODS, _OPTIONS, _KEYWORDS, ("Translators:",))
    for filename, _, message, comments, context in found:
        template.add(message, None, [(filename, 0)], auto_comments=comments, context=context)
    return template


def stored(locale: str) -> Catalog:
    """The catalog of `locale` as it is in the repository."""
    path = _po(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def updated(locale: str) -> Catalog:
    """The catalog with the messages of today, keeping what is translated."""
    catalog = stored(locale)
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        # Lines move with every edit: the file alone says enough.
        message.locations = sorted({(name, None) for name, _ in message.locations})  # type: ignore[misc]
        if locale == _SOURCE and message.id:
            message.string = message.id
    return catalog


def flaws() -> list[str]:
    """What `--check` complains of, a line each."""
    known = {message.id for message in extracted() if message.id}
    found: list[str] = []
    for locale in LOCALES:
        catalog = stored(locale)
        messages = {message.id: message for message in catalog if message.id}
        found += [f"{locale}: not taken up: {m!r}" for m in sorted(known - set(messages), key=str)]
        found += [f"{locale}: not used: {m!r}" for m in sorted(set(messages) - known, key=str)]
        for message in messages.values():
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if not all(texts) or message.fuzzy:
                found.append(f"{locale}: not translated: {message.id!r}")
    return found


def compile_catalogs() -> None:
    """Write the binary catalogs that the pages read; git never sees them."""
    for locale in LOCALES:
        with _po(locale).with_suffix(".mo").open("wb") as file:
            write_mo(file, stored(locale))


def take_up() -> None:
    """Write the catalogs anew with the messages of today."""
    for locale in LOCALES:
        text = io.BytesIO()
        write_po(text, updated(locale), width=100, omit_header=True, sort_output=True)
        _po(locale).parent.mkdir(parents=True, exist_ok=True)
        _po(locale).write_bytes(text.getvalue())


def _po(locale: str) -> Path:
    return CATALOGS / locale / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if complaints := flaws():
            sys.exit("\n".join(complaints))
    else:
        take_up()
        compile_catalogs()
