"""Find the workflow that people mean by a name, or say which names are like it."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from bot.domain.errors import NotFound
from bot.domain.instance import Instance
from bot.domain.saying import either, foreign
from bot.domain.sentence import joined, say

MOST_NAMED = 5


def find_workflow(word: str, instances: Mapping[str, Instance]) -> tuple[Instance, str]:
    """Find a watched workflow by its name in any letter case, its account, or `instance/workflow`.

    Raises:
        NotFound: there is none, or there are several; says which names are like it.
    """
    found = find_workflows(word, instances)
    if len(found) == 1:
        return found[0]
    if found:
        names = named(f"`{instance.name}/{workflow}`" for instance, workflow in found)
        raise NotFound(
            say(
                "Several servers have a workflow {name}. Write which one you mean: {names}.",
                name=foreign(word),
                names=names,
            )
        )
    watched = sorted({workflow for instance in instances.values() for workflow in instance.workflows})
    unknown = say("mcsync does not watch a workflow named {name}.", name=foreign(word))
    raise NotFound(joined(" ", [unknown, suggestion(word, watched)]))


def find_workflows(word: str, instances: Mapping[str, Instance]) -> list[tuple[Instance, str]]:
    """Find every watched workflow that goes by a name, in the order of the configuration."""
    wanted = word.casefold()
    found = {
        (instance.name, workflow): (instance, workflow)
        for name, instance, workflow in _ways(instances)
        if name == wanted
    }
    return list(found.values())


def suggestion(word: str, known: Iterable[str]) -> str:
    """Ask whether one of *known* was meant, or name what mcsync watches; one sentence."""
    names = list(dict.fromkeys(known))
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(word.casefold()[:200], folded, n=3, cutoff=0.6)
    if near and len(names) > len(near):
        return say("Did you mean {names}?", names=either(folded[one] for one in near))
    return say("It watches: {names}.", names=named(names))


def named(names: Iterable[str]) -> str:
    """Name a few, and count the rest."""
    whole = list(names)
    left = len(whole) - MOST_NAMED
    shown = joined(", ", whole[:MOST_NAMED])
    return say("{names} …and {count} more", names=shown, count=left) if left > 0 else shown


def _ways(instances: Mapping[str, Instance]) -> Iterator[tuple[str, Instance, str]]:
    """List every way to name a workflow: its own name, its account, and both behind its server's."""
    for instance in instances.values():
        for execution in instance.executions:
            for name in dict.fromkeys((execution.workflow.casefold(), execution.account.casefold())):
                yield name, instance, execution.workflow
                yield f"{instance.name.casefold()}/{name}", instance, execution.workflow
