"""Whether a line reports an error, or only that one happened before; told from its words alone."""

import re
from functools import lru_cache

from bot.domain.chain import fold, links
from bot.domain.phrases import BUILT_IN, PhraseTable, Words, read_message
from bot.domain.symptoms import matches

_READ = 4_000
_HARMLESS_CODES = re.compile(r"JST-310027")
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}-[0-9]{6}")

_NOUNS = r"(?:errors?|erreurs?|fehler|errore|errori|erros?|errores|fout|fouten|fel|failures?)"
_COMPLAINT = re.compile(
    rf"\b(?:{_NOUNS}|fail(?:ed|s)?|echec|fallo|falha|fallito|fehlgeschlagen|mislukt|misslyckades|exception|denied"
    r"|refused|rejected|timed? ?out)\b"
    r"|エラー|失敗|오류|실패|错误|錯誤|失败"
)
_NO_COMPLAINT = re.compile(
    r"\b(?:no|0|zero|without|sans|aucune|ohne|keine|sin|sem|nenhum|senza|nessun|zonder|geen|utan|inga) "
    rf"{_NOUNS}\b|\b{_NOUNS} ?[:=] ?0\b"
)
_FIRST_LOOK = re.compile(
    r"[a-z]{3}-[0-9]{6}|error|erreur|fehl|erro|fout|fel|fail|echec|fallo|falha|fallito|mislukt|misslyck"
    r"|exception|denied|refused|rejected|time|deadlock|registrationtoken|bigint|certificate|resolve|unreachable"
    r"|xtkworkflowlog|relay|event|tracking|mc_last|login|expired|locked|banned|disabled|logon|xtk|connect|host"
    r"|route|account|operator|attempt|gateway|unavailable|url|address|server|neo-|empty|session|proxy|http"
)
"""For plain text: without one of these words no pattern of this module or of the table can match."""

_PAUSED = re.compile(
    r"\b(?:paused|suspended|en pause|suspendu|pausiert|angehalten|en pausa|pausado|suspendido|in pausa"
    r"|sospeso|gepauzeerd|pausad)\b|一時停止|일시 ?중지|暂停|暫停"
)

_BY_HAND = re.compile(
    r"\b(?:by|par|von|por|door|av|operator|operateur|operador|operatore|user|requested|request|demande|manual"
    r"|manually)\b|オペレーター|운영자|操作员|操作員"
)


@lru_cache(maxsize=4096)
def complains(message: str, phrases: PhraseTable = BUILT_IN) -> bool:
    """Tell from its words alone whether a line reports an error."""
    message = message[:_READ]
    plain = message.isascii() and "&" not in message and "\\" not in message
    if plain and not _FIRST_LOOK.search(message.casefold()):
        return False
    if _CODE.search(_HARMLESS_CODES.sub("", message)):
        return True
    folded = fold(message)
    if _COMPLAINT.search(_NO_COMPLAINT.sub("", folded)):
        return True
    return read_message(message, phrases).words > Words.NONE or any(True for _ in matches(links(message)))


def pauses(message: str) -> bool:
    """Tell whether a line reports that the workflow was paused, and not by a person."""
    folded = fold(message[:_READ])
    return bool(_PAUSED.search(folded)) and not _BY_HAND.search(folded)


@lru_cache(maxsize=4096)
def tells_a_pause(message: str) -> bool:
    """Tell whether a line only reports that the workflow was paused after a failure, not why."""
    if _CODE.search(message[:_READ]):
        return False
    folded = fold(message[:_READ])
    return bool(_PAUSED.search(folded) and _COMPLAINT.search(folded)) and not any(
        True for _ in matches(links(message))
    )
