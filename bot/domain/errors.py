"""The tree of errors. Each carries its sentence: `sentence_of` for people, `str` for logs and terminals.

McsyncError
├── UnreadableSchedule       the text of <period> has a form that we refuse
├── UnreadableDefinition     a workflow's definition is not one that we may change
├── UnreadableInput          what a person or a program sent cannot be understood
├── ConfigurationError       mcsync.toml or the environment is wrong; names every problem
├── NotFound                 no such instance, workflow, incident or proposal
├── Refused                  the rules say no to what was asked for; says why
├── NotAllowed               the person may not do this; says who may
├── Fenced                   a write, stop or start outside the workflows that are ours
├── CampaignError            a call to Campaign failed
│   ├── NotSent              the method surely did not run: safe to repeat
│   │   ├── LogonBarred      an earlier refusal is remembered, so no log-on was tried
│   │   └── LoginRedirect    the server sent us to its login page
│   ├── Answered             Campaign surely answered, and said no
│   │   ├── LogonRefused     XSV-350012: never try again by itself
│   │   ├── SessionExpired   XSV-350008, even after one new log-on
│   │   └── CampaignFault    any other SOAP fault
│   └── OutcomeUnknown       the method may or may not have run: read before anything else
│       ├── EmptyReturn      an answer without content
│       ├── Unavailable      an HTTP error instead of an answer
│       └── UnreadableAnswer HTML, cut short, oversized or not the XML we expect
├── SlackError               a call to Slack failed
│   ├── SlackBusy            429: says when to come back
│   ├── SlackUnreachable     no answer, or a 5xx
│   └── SlackRefused         Slack's own error code
└── StoreError               the database cannot be used as it is
    └── StoreOutdated        an older version made it; starting this one brings it up to date

Foreign exceptions become one of these at one border: the gateway that meets them.
"""

from bot.domain.sentence import say


class McsyncError(Exception):
    """An error that we raise on purpose; its text is one sentence for a person."""


def sentence_of(error: McsyncError) -> str:
    """Give the sentence of *error* as it was made; `str(error)` has its English letters alone."""
    sentence = error.args[0] if error.args else ""
    return sentence if isinstance(sentence, str) else str(error)


class UnreadableSchedule(McsyncError):
    """The text of `<period>` has a form that we refuse.

    Attributes:
        key: the `<period>` key at fault, or `""` when the text as a whole is.
        reason: why, without the key.
    """

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        self.reason = reason
        if key:
            sentence = say("The schedule cannot be read: {key}: {reason}.", key=key, reason=reason)
        else:
            sentence = say("The schedule cannot be read: {reason}.", reason=reason)
        super().__init__(sentence)


class UnreadableDefinition(McsyncError):
    """A workflow's definition is not one that we may change, such as one with two schedulers."""


class UnreadableInput(McsyncError):
    """What a person or a program sent cannot be understood."""


class ConfigurationError(McsyncError):
    """The configuration is wrong.

    Attributes:
        problems: one sentence each, beginning with the key.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("The configuration is wrong:\n" + "\n".join(f"  {problem}" for problem in problems))


class NotFound(McsyncError):
    """No such instance, workflow, incident or proposal."""


class Refused(McsyncError):
    """The rules say no to what was asked for; the sentence says why."""


class NotAllowed(McsyncError):
    """The person may not do this; the sentence says who may."""


class Fenced(McsyncError):
    """A write, stop or start of a workflow that is not ours was refused before anything was sent."""


class CampaignError(McsyncError):
    """A call to Campaign failed; the three children say whether the method may have run."""


class NotSent(CampaignError):
    """The method surely did not run, so the call may be repeated."""


class LogonBarred(NotSent):
    """An earlier log-on was refused, so none was tried: three strikes lock the account (KA-16410)."""


class LoginRedirect(NotSent):
    """The server sent us to its login page: the session is not accepted."""


class Answered(CampaignError):
    """Campaign surely answered, and said no."""


class LogonRefused(Answered):
    """XSV-350012: the login or its password is not accepted. Never tried again by itself."""


class SessionExpired(Answered):
    """XSV-350008 came back even after one new log-on."""


class CampaignFault(Answered):
    """Any other SOAP fault.

    Attributes:
        code: such as `SOP-330011`, or `""`.
        detail: the innermost text the server gave.
    """

    def __init__(self, sentence: str, *, code: str = "", detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(sentence)


class OutcomeUnknown(CampaignError):
    """The method may or may not have run: the world must be read before anything else."""


class EmptyReturn(OutcomeUnknown):
    """An answer came without its content: an empty body, an empty envelope or blank tokens."""


class Unavailable(OutcomeUnknown):
    """An HTTP error page came instead of an answer.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, sentence: str, *, status: int) -> None:
        self.status = status
        super().__init__(sentence)


class UnreadableAnswer(OutcomeUnknown):
    """HTML, a text cut short, an oversized body, or XML that is not what we asked for."""


class SlackError(McsyncError):
    """A call to Slack failed."""


class SlackBusy(SlackError):
    """Slack asks us to wait.

    Attributes:
        retry_after: seconds.
    """

    def __init__(self, sentence: str, *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class SlackUnreachable(SlackError):
    """Slack did not answer, or answered with a server error."""


class SlackRefused(SlackError):
    """Slack answered with an error code of its own.

    Attributes:
        code: such as `channel_not_found`.
    """

    def __init__(self, sentence: str, *, code: str) -> None:
        self.code = code
        super().__init__(sentence)


class StoreError(McsyncError):
    """The database cannot be used as it is; the sentence says what to do."""


class StoreOutdated(StoreError):
    """An older version made the database, or it is empty: starting this version brings it up to date."""
