"""The words of a restart collision, in any language.

The sentence is *Empty return for method 'Logon' of service 'xtk:session'*.
Only its English form is verified (KA-05406); the other languages follow Adobe's translations of that
article and may differ from what the product writes, so the two names count as much as the phrase, and the
configuration can add phrases. Nothing here looks at the time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.chain import cut, fold, links

PHRASES: Mapping[str, tuple[str, ...]] = {
    language: tuple(row.split(" | "))
    for language, row in {
        "en": "empty return | empty returned value | empty response | returned empty | returned an empty"
        " | return is empty | return value is empty",
        "fr": "retour vide | valeur de retour vide | renvoi vide | valeur renvoyée vide | réponse vide",
        "de": "leere rückgabe | leere rueckgabe | leerer rückgabewert | leere antwort | rückgabe leer"
        " | rückgabewert leer | leere rückmeldung",
        "es": "devolución vacía | valor devuelto vacío | valor de retorno vacío | retorno vacío"
        " | devuelto vacío | respuesta vacía",
        "pt-BR": "retorno vazio | valor de retorno vazio | valor retornado vazio | devolução vazia"
        " | retornou vazio | resposta vazia",
        "it": "restituito vuoto | restituzione vuota | ritorno vuoto | valore restituito vuoto"
        " | valore di ritorno vuoto | vuoto restituito | risposta vuota",
        "nl": "lege return | lege retour | lege retourwaarde | leeg retour | lege teruggave"
        " | leeg geretourneerd | leeg resultaat | leeg antwoord",
        "sv": "tom retur | tomt returvärde | tom returnering | tomt svar | returnerade tomt",
        "ja": "戻りが空 | 戻り値が空 | 空の戻り | 空の返り | 返り値が空 | 空のリターン | 空の応答",
        "ko": "빈 반환 | 빈 리턴 | 빈 응답 | 반환이 비어 | 반환 값이 비어 | 반환값이 비어 | 비어 있는 반환"
        " | 비어 있음",
        "zh-Hans": "返回为空 | 返回值为空 | 返回结果为空 | 空返回 | 返回空 | 返回了空 | 空的返回 | 空白返回",
        "zh-Hant": "傳回為空 | 返回為空 | 傳回值為空 | 返回值為空 | 回傳為空 | 回傳值為空 | 空傳回 | 空的傳回"
        " | 傳回空 | 空白傳回 | 空回傳 | 空的回傳 | 回傳空 | 返回空白",
    }.items()
}
"""What says "empty return", by language (BCP 47)."""

CONFIGURED = "configured"
"""Stands for the language of the phrases that mcsync.toml adds."""

METHOD_NAMES = ("logon", "ログオン", "로그온", "登录", "登錄", "登入")
"""The method, and how a translation may write it."""

SERVICE_NAMES = (
    *("session", "sessão", "sesión", "sessione", "sitzung", "sessie"),
    *("セッション", "세션", "会话", "會話", "工作階段"),
)
"""What may stand after `xtk:`."""

WRAPPER_PHRASES = (
    *("error while executing", "error while calling", "erreur lors de l", "fehler beim ausführen"),
    *("fehler bei der ausführung", "error al ejecutar", "error durante la ejecución", "erro ao executar"),
    *("errore durante l", "fout bij", "fel vid", "fel när", "実行中にエラー", "실행하는 동안 오류"),
    *("실행 중 오류", "执行方法", "执行时出错", "執行時發生錯誤", "執行方法"),
)
"""What a wrapper says around the two names: `SOP-330011 Error while executing the method ...`."""

NEAR = 200
"""Characters around the service's name in which the method and the phrase must stand."""

_QUOTES_OF_A_CUT_NAME = 2
_SERVICE_NAME = "xtk:session"
_MOST_SERVICES = 50
_MOST_METHODS = 6
_LONGEST_TAIL = 60

_METHOD = re.compile(rf"(?<![a-z0-9_])(?:{'|'.join(fold(name) for name in METHOD_NAMES)})(?![a-z0-9_])")
_SERVICE = re.compile(
    rf"(?<![a-z0-9_])xtk ?: ?(?:{'|'.join(fold(name) for name in SERVICE_NAMES)})(?![a-z0-9_])"
)
_ANY_SERVICE = re.compile(r"(?<![a-z0-9_])[a-z]{2,8} ?: ?[a-z]{2,40}")
_QUOTED_NAME = re.compile(r"'([a-z][a-z0-9_]{0,60}(?: ?: ?[a-z0-9_]{1,60})?)'")
_SENTENCE_END = re.compile(r"[.;!?。](?:\s|$)")
_NOT_BEFORE = re.compile(
    r"(?:\b(?:non|no|not|not an|without|without an|never|kein|keine|nicht|sans|sin|sem|senza|geen|utan|ingen)"
    r"[ -]|[非不無无未])$"
)
_NOT_AFTER = re.compile(fold(r"(?:では(?:な|あり)|でな|이 아|値ではな)"))
_RETOLD_BEFORE = re.compile(
    r"\b(?:resolved|recovered|succeeded|success|fixed|solved|see (?:also )?(?:ka|kb|article|the article)"
    r"|ka-05406|documentation|for example|e\.g\.|example of|search(?:ing|ed)? for|filter(?:ed)? (?:by|on|for)"
    r"|comment|note|ticket|ignored?|previous(?:ly)?|earlier|yesterday|last (?:week|night|month)|no longer"
    r"|(?:if|when) you see|instead of|unlike|used to)\b[^.]{0,80}$"
)
_RETOLD_AFTER = re.compile(
    r"^.{0,120}\b(?:(?:is|was|were|been) (?:resolved|recovered|fixed|solved)|no longer (?:occurs|happens)"
    r"|retry (?:succeeded|ok|successful)|succeeded on retry|\(resolved\)|\(fixed\)|not reproduced)"
)
_WRAPPERS = tuple(fold(phrase) for phrase in WRAPPER_PHRASES)


class Words(IntEnum):
    """How well a text matches the sentence; more is better."""

    NONE = 0
    OTHER_METHOD = 1
    NAMES = 2
    TRUNCATED = 3
    EXACT = 4


@dataclass(frozen=True)
class Reading:
    """What the words of one text say.

    Attributes:
        words: how well they match.
        language: of the phrase, `""` when no phrase was recognised.
    """

    words: Words
    language: str = ""


@dataclass(frozen=True, eq=False)
class PhraseTable:
    """The phrases to look for, folded; made once by `phrase_table` and compared by identity.

    Attributes:
        rows: pairs of phrase and language, the longest phrase first.
        usual: the first phrase of each language, with it; only these are recognised when they are cut off.
    """

    rows: tuple[tuple[str, str], ...]
    usual: tuple[tuple[str, str], ...]


def phrase_table(extension: Mapping[str, Sequence[str]] | None = None) -> PhraseTable:
    """Make a table of the built-in phrases and those of *extension*, by language."""
    rows: dict[str, str] = {}
    usual: dict[str, str] = {}
    for table in (PHRASES, extension or {}):
        for language, phrases in table.items():
            folded = [phrase for phrase in map(fold, phrases) if phrase]
            for phrase in folded:
                rows.setdefault(phrase, language)
            for phrase in folded[:1]:
                usual.setdefault(phrase, language)
    return PhraseTable(tuple(sorted(rows.items(), key=lambda row: (-len(row[0]), row))), tuple(usual.items()))


BUILT_IN = phrase_table()


def read_words(text: str, table: PhraseTable = BUILT_IN) -> Reading:
    """Compare *text*, one link of a message, with the sentence.

    - `EXACT`: the method, the service and a known phrase stand near each other.
    - `TRUNCATED`: the sentence is there as far as the text goes.
    - `NAMES`: the two names stand near each other, the phrase is not known and no wrapper's.
    - `OTHER_METHOD`: a known phrase, but another method or service.
    """
    folded = fold(cut(text))
    best = Reading(Words.NONE)
    for count, service in enumerate(_SERVICE.finditer(folded)):
        if count == _MOST_SERVICES:
            break
        start = max(0, service.start() - NEAR)
        near = folded[start : service.end() + NEAR]
        names = [service.span()]
        names += [(start + method.start(), start + method.end()) for method in _METHOD.finditer(near)]
        if len(names) == 1:
            continue
        for phrase, language in _phrases_in(near, table):
            at = start + near.find(phrase)
            if not _about_another(folded, at, at + len(phrase)) and any(
                not _another_name(folded, min(at, names[0][0], name[0]), max(at, names[0][1], name[1]))
                for name in names[1:_MOST_METHODS]
            ):
                return Reading(Words.EXACT, language)
        known = (*_WRAPPERS, *(phrase for phrase, _ in table.rows))
        if not any(phrase in near for phrase in known):
            best = Reading(Words.NAMES)
    if best.words is Words.NAMES:
        language = _cut_phrase(folded, table)
        return Reading(Words.TRUNCATED, language) if language else best
    phrase, language = next(_phrases_in(folded, table), ("", ""))
    if not language:
        return best
    at = folded.find(phrase)
    if _about_another(folded, at, at + len(phrase)):
        return Reading(Words.OTHER_METHOD, language)
    return Reading(Words.TRUNCATED if _ends_before_the_service(folded) else Words.OTHER_METHOD, language)


def read_message(message: str, table: PhraseTable = BUILT_IN) -> Reading:
    """Read the words of a chained message: its links one by one, then as a whole when none is conclusive."""
    parts = links(message)
    best = max(
        (read_words(part.text, table) for part in parts),
        key=lambda one: one.words,
        default=Reading(Words.NONE),
    )
    if len(parts) > 1 and best.words in (Words.NONE, Words.NAMES, Words.TRUNCATED):
        whole = read_words(message, table)
        best = max(best, whole, key=lambda one: one.words)
    return best


def _phrases_in(folded: str, table: PhraseTable) -> Iterator[tuple[str, str]]:
    """List the phrases that stand in the text and report an empty return, with their languages."""
    for phrase, language in table.rows:
        at = folded.find(phrase)
        if at >= 0 and not _denied(folded, at, at + len(phrase)):
            yield phrase, language


def _denied(folded: str, start: int, end: int) -> bool:
    """Tell whether the phrase from *start* to *end* is negated, or told again rather than reported."""
    before, after = folded[max(0, start - NEAR) : start], folded[end : end + NEAR]
    return bool(
        _NOT_BEFORE.search(before)
        or _NOT_AFTER.match(after)
        or _RETOLD_BEFORE.search(before)
        or _RETOLD_AFTER.match(after)
    )


def _ours(name: str) -> bool:
    """Tell whether a quoted name is the method's or the service's."""
    return bool(_METHOD.fullmatch(name) or _SERVICE.fullmatch(name))


def _another_name(folded: str, start: int, end: int) -> bool:
    """Tell whether a quoted name other than the method's and the service's stands between two places."""
    return not all(_ours(name) for name in _QUOTED_NAME.findall(folded[max(0, start - 1) : end + 1]))


def _about_another(folded: str, start: int, end: int) -> bool:
    """Tell whether the phrase from *start* to *end* speaks of another method, by the nearest quoted name.

    European languages name the method after the phrase, East Asian ones before it.
    """
    after = _QUOTED_NAME.search(_SENTENCE_END.split(folded[end : end + NEAR // 2], 1)[0])
    before = _QUOTED_NAME.findall(folded[max(0, start - NEAR // 2) : start])
    if folded[start:end].isascii():
        return bool(after and not _ours(after[1]))
    return bool(before and not _ours(before[-1])) or bool(not before and after and not _ours(after[1]))


def _cut_phrase(folded: str, table: PhraseTable) -> str:
    """Name the language of a phrase of which only the beginning ends, or the end begins, the text."""
    for phrase, language in table.usual:
        least = 4 if phrase.isascii() else 2
        for kept in range(len(phrase) - 1, least - 1, -1):
            if folded.endswith(phrase[:kept]) or folded.startswith(phrase[-kept:]):
                return language
    return ""


def _ends_before_the_service(folded: str) -> bool:
    """Tell whether the text names the method and ends before it could have named the whole service."""
    tail = folded[max((method.end() for method in _METHOD.finditer(folded)), default=0) :]
    if tail == folded or len(tail) > _LONGEST_TAIL:
        return False
    if tail.count("'") > _QUOTES_OF_A_CUT_NAME:
        return False
    named = _ANY_SERVICE.search(tail)
    begun = (
        named is not None and named.end() == len(tail) and _SERVICE_NAME.startswith(named[0].replace(" ", ""))
    )
    return named is None or (begun and not _SERVICE.search(tail))
