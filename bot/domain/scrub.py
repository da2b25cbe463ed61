"""Take secrets out of text that leaves the house: what looks like one is replaced, whoever wrote it.

Knows no secret itself; the gateways cut the ones that they know out of their errors already.
"""

import re

HIDDEN = "***"

_WORDS = (
    r"pass(?:word|wd|phrase)?|pwd|secret|client_?secret|api[_-]?key|access[_-]?key|private[_-]?key|"
    r"(?:session|security|access|refresh|id|bearer|auth)[_-]?tokens?|token|"
    r"x-security-token|__sessiontoken|set-cookie|cookie|authorization"
)
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\s,;&<>\"')]+"

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        HIDDEN,
    ),
    # A scheme and what follows it, before `authorization: …` is cut at its first word; prose has no digits.
    (re.compile(r"(?i)\b(bearer|basic)\s+(?=\S*[0-9=+/])[a-z0-9+/=._~-]{8,}"), rf"\1 {HIDDEN}"),
    # <strPassword>…</strPassword>, whatever stands before and after the word.
    (re.compile(rf"(?i)(<([\w:.-]*(?:{_WORDS})[\w.-]*)(?:\s[^<>]*)?>)[^<>]+(?=</\2)"), rf"\1{HIDDEN}"),
    # password=…, "token": "…", X-Security-Token: …
    (re.compile(rf"(?i)(\b[\w-]*(?:{_WORDS})[\w-]*[\"']?\s*[:=]\s*)(?:{_VALUE})"), rf"\1{HIDDEN}"),
    # https://login:password@server
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@"), rf"\1{HIDDEN}@"),
    # JSON Web Tokens, Slack's tokens, webhook secrets
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}"), HIDDEN),
    (re.compile(r"\b(?:xox[a-z]|xapp|xwfp)-[A-Za-z0-9-]{6,}"), HIDDEN),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]{6,}"), HIDDEN),
    # Campaign's session token ___uuid, and its security token @base64==
    (re.compile(r"___[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,}"), HIDDEN),
    (re.compile(r"(?<![\w.+-])@[A-Za-z0-9+/_-]{24,}={0,2}"), HIDDEN),
)


def scrub(text: str) -> str:
    """Replace whatever looks like a secret in *text*; what is left reads as before."""
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text
