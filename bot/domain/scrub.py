"""Take secrets out of text that leaves the house: what looks like one is replaced, whoever wrote it.

Knows no secret itself; the gateways cut the ones that they know out of their errors already. No text makes
the search slow: a repetition has a bound, unless it takes what it passes.
"""

import re

HIDDEN = "***"

_WORDS = (
    r"password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|token|"
    r"cookie|authorization"
)
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\s,;&<>\"')]+"
"""As long as it goes: what is taken is not looked at again, so that this is no slower for a long one."""

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}KEY-----|\Z)", re.DOTALL
        ),
        HIDDEN,
    ),
    # A scheme and what follows it, before `authorization: …` is cut at its first word; prose has no digits.
    (re.compile(r"(?i)\b(bearer|basic) {1,5}(?=\S{0,200}[0-9=+/])[a-z0-9+/=._~-]{8,}"), rf"\1 {HIDDEN}"),
    # <strPassword>…</strPassword>, whatever stands before and after the word: a text of any length, in CDATA
    # too, up to the next tag, since one that is cut short hides no less.
    (
        re.compile(
            rf"(?i)(<[\w:.-]{{0,60}}(?:{_WORDS})[\w.-]{{0,30}}(?:\s[^<>]{{0,300}})?(?<!/)>\s{{0,50}})"
            r"(?:<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|[^<>\s][^<]*)"
        ),
        rf"\1{HIDDEN}",
    ),
    # A header that is one secret from its name to the end of the line, such as `Cookie: a=1; b=2`.
    (re.compile(r"(?i)\b((?:set-)?cookie\s{0,5}:\s{0,5})[^\s<>\"'][^\r\n<>\"']*"), rf"\1{HIDDEN}"),
    # password=…, "token": "…", X-Security-Token: …, PROD_PASSWORD=…
    (
        re.compile(rf"(?i)((?:{_WORDS})[\w-]{{0,30}}[\"']?\s{{0,5}}[:=]\s{{0,5}})(?:{_VALUE})"),
        rf"\1{HIDDEN}",
    ),
    # https://login:password@server
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@:]{0,200}:[^\s/@]{0,200}@"), rf"\1{HIDDEN}@"),
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
