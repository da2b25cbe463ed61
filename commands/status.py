"""`/mcsync status`: what is watched and what is wrong, as last observed.

When everybody asks at once, the answer is made once: it stays until something is written or a second is over.
"""

from dataclasses import replace

from bot.domain.errors import NotFound
from bot.domain.places import find_workflows, suggestion
from bot.domain.saying import foreign
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from bot.service.overview import take_overview
from commands.cards import overview
from commands.language import spoken
from commands.reply import Reply, Request
from commands.subject import place_named


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer from the store, without asking Campaign."""
    watched = _watched(request, service, words)
    second = service.office.clock.now().replace(microsecond=0)
    return service.kept.get(("status", watched, second, spoken()), lambda: _made(service, watched))


def refresh(request: Request, service: BackOffice) -> Reply:
    """Answer again: the button under an earlier answer."""
    return answer(request, service, tuple(request.text.split()))


def _made(service: BackOffice, watched: tuple[str, ...]) -> Reply:
    taken = service.kept.get(("overview", watched), lambda: take_overview(service.office, watched))
    card = overview.render(replace(taken, now=service.office.clock.now()))
    return Reply(card.text, [dict(block) for block in card.blocks])


def _watched(request: Request, service: BackOffice, words: tuple[str, ...]) -> tuple[str, ...]:
    """Find what is meant, in any letter case; in a thread without any word, the workflow of its card."""
    if not words:
        place = place_named(request, service, None)
        return (f"{place[0].name}/{place[1]}",) if place else ()
    instances = service.office.instances
    folded = {name.casefold(): name for name in instances}
    found = []
    for word in words:
        if word.casefold() in folded:
            found.append(folded[word.casefold()])
            continue
        places = find_workflows(word, instances)
        if not places:
            known = [*instances, *(name for one in instances.values() for name in sorted(one.workflows))]
            raise NotFound(
                say(
                    "mcsync watches nothing named {name}. {suggestion}",
                    name=foreign(word),
                    suggestion=suggestion(word, known),
                )
            )
        found += [f"{instance.name}/{workflow}" for instance, workflow in places]
    return tuple(found)
