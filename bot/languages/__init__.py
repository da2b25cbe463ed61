"""The languages that mcsync speaks: one gettext catalogue each, `<language>/LC_MESSAGES/mcsync.po`.

English is what the sentences are written in and needs none; a further language is one catalogue and no code.
Which language is spoken when is the counter's business: `commands/language.py`.
"""

import gettext
from functools import cache
from pathlib import Path

from bot.domain.sentence import COUNT, Sentence

HERE = Path(__file__).parent
DOMAIN = "mcsync"
ENGLISH = "en"


class Language:
    """One language.

    Args:
        catalogue: its translations; none at all for English.
    """

    def __init__(self, catalogue: gettext.NullTranslations) -> None:
        self._catalogue = catalogue

    def say(self, text: str) -> str:
        """Say *text* in this language; what is no `Sentence`, such as a name, stays as it is."""
        if not isinstance(text, Sentence):
            return text
        arguments = {
            name: self.say(value) if isinstance(value, str) else value
            for name, value in text.arguments.items()
        }
        if text.plural:
            count = int(text.arguments[COUNT])
            template = self._catalogue.ngettext(text.template, text.plural, count)
        else:
            template = self._catalogue.gettext(text.template) if text.template else ""
        return template.format(**arguments)


@cache
def available() -> tuple[str, ...]:
    """List the languages that mcsync speaks, as BCP 47 tags such as `pt-BR`; English first."""
    found = sorted(file.parent.parent.name for file in HERE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return ENGLISH, *(name.replace("_", "-") for name in found)


def spoken_for(locale: str) -> str:
    """Choose the language for a Slack locale such as `pt-BR`: itself, else one of its base, else English."""
    tags = available()
    base = locale.partition("-")[0]
    alike = [tag for tag in tags if tag.partition("-")[0] == base]
    return locale if locale in tags else alike[0] if alike else ENGLISH


@cache
def language(tag: str) -> Language:
    """Read the catalogue of one of `available`."""
    if tag == ENGLISH:
        return Language(gettext.NullTranslations())
    return Language(gettext.translation(DOMAIN, HERE, [tag.replace("-", "_")]))
