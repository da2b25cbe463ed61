"""The sentences of mcsync as gettext sees them, and the catalogues of its languages.

`python -m tests.catalogues` brings every catalogue up to date: new sentences come in without a translation,
old ones go, and what is translated is compiled. A new language begins with `python -m tests.catalogues ROOT`,
such as `de` or `pt_BR`.
"""

import sys
from collections.abc import Iterator
from io import SEEK_END, BytesIO
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.languages import DOMAIN, HERE

ROOT = Path(__file__).parent.parent
ROOMS = ("bot/domain", "bot/service", "bot/gateways", "commands")
"""Where sentences for people are made; what only the command line shows stays English."""

ONE, MANY = None, (1, 2)
KEYWORDS = {"say": ONE, "tell": ONE, "say_count": MANY, "tell_count": MANY}


def collected() -> Catalog:
    """Collect every sentence from the source, with the files in which it stands."""
    found = Catalog(project="mcsync", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        taken = extract_from_dir(ROOT / room, [("**.py", "python")], keywords=KEYWORDS)
        for name, _, message, _, _ in sorted(taken, key=lambda one: (one[0], one[1])):
            found.add(message, locations=[(f"{room}/{name}", 0)])
    return found


def sources() -> Iterator[Path]:
    """Find every catalogue that people edit."""
    yield from sorted(HERE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(source: Path) -> Catalog:
    """Read a catalogue as it is."""
    with source.open("rb") as text:
        return read_po(text, locale=source.parent.parent.name)


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue; what is fuzzy or missing is left out."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue for people, sorted; without dates and lines, which would change every time."""
    head = {
        "Language": str(catalogue.locale),
        "Plural-Forms": catalogue.plural_forms,
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = [f'"{name}: {value}\\n"\n' for name, value in head.items()]
    out = BytesIO(f'msgid ""\nmsgstr ""\n{"".join(lines)}\n'.encode())
    out.seek(0, SEEK_END)
    write_po(
        out,
        catalogue,
        width=110,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return out.getvalue()


def untranslated(message: Message) -> bool:
    """Tell whether a sentence has no translation, or not all of its plural forms."""
    return not (all(message.string) if isinstance(message.string, tuple | list) else message.string)


def renew(source: Path, sentences: Catalog) -> Catalog:
    """Bring one catalogue up to date, or begin it."""
    locale = source.parent.parent.name
    catalogue = read(source) if source.exists() else Catalog(locale=Locale.parse(locale), fuzzy=False)
    catalogue.update(sentences, no_fuzzy_matching=True)
    catalogue.fuzzy = False
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(written(catalogue))
    source.with_suffix(".mo").write_bytes(compiled(catalogue))
    return catalogue


def main() -> None:
    """Bring all catalogues up to date and say what each lacks."""
    begun = [HERE / name / "LC_MESSAGES" / f"{DOMAIN}.po" for name in sys.argv[1:]]
    sentences = collected()
    for source in dict.fromkeys([*sources(), *begun]):
        catalogue = renew(source, sentences)
        lacking = sum(untranslated(one) for one in catalogue if one.id)
        sys.stdout.write(
            f"{source.relative_to(ROOT)}: {len(catalogue)} sentences, {lacking} not translated\n"
        )


if __name__ == "__main__":
    main()
