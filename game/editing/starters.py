"""The first prompts of a site, drawn from the model's own world by the site's own secret.

Nobody else can name them. Once they were a list in the source, for all to read: what a site still
has of it is known by its digest, and replaced as long as no person has had a hand in it.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice

from django.conf import settings
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from game.days import schedule
from game.drawing import drawable
from game.editing import autoplan, planning, review
from game.models import Chore, Puzzle
from game.rules import boards, clock, difficulty, likeness
from game.words import text

logger = logging.getLogger(__name__)

# Ten weeks.
COUNT = 70
# More than are planned, so that neighbours can be told apart to the end.
POOL = 3 * COUNT
# So many of the world's prompts are looked at for each.
LOOKED_AT = 8
OPEN_WORDS = range(2, 7)
PUBLISHED = settings.BASE_DIR / "game" / "editing" / "published_prompts.txt"
BEGUN = "starters"
DAY = timedelta(days=1)
# A day that is nearer keeps the pictures it has: new ones might not be there in time.
NOTICE = 2 * DAY
PICTURED = (Puzzle.State.REVIEW, Puzzle.State.APPROVED)


def pool(count: int = POOL) -> list[str]:
    """Prompts that are fine and not like one another, always the same on a site."""
    index: likeness.Index[str] = likeness.Index()
    found: list[str] = []
    for prompt in drawable.prompts_of_world(count * LOOKED_AT, "starters"):
        if len(found) < count and is_fit(prompt) and not index.find(prompt):
            index.add(prompt, prompt)
            found.append(prompt)
    return found


def is_fit(prompt: str) -> bool:
    try:
        boards.validate_prompt(prompt)
        drawable.check_prompt(prompt)
    except (boards.PromptError, drawable.Undrawable):
        return False
    is_guessable = len(boards.open_words(boards.board(prompt))) in OPEN_WORDS
    return is_guessable and not is_published(prompt)


@cache
def _published() -> frozenset[str]:
    lines = PUBLISHED.read_text().splitlines()
    return frozenset(line for line in lines if line and line[0] != "#")


def is_published(prompt: str) -> bool:
    digest = hashlib.sha256(text.normalise(prompt).encode()).hexdigest()
    return digest[:16] in _published()


@transaction.atomic
def begin() -> tuple[int, int]:
    """Plan starters on a new site's free days, once, and anew those whose days went by unseen.

    Returns how many are new and how many were moved.
    """
    first = max(timezone.localdate(), settings.FIRST_DAY)
    prompts = pool()
    moved = _replan_missed(prompts, first)
    known = _known()
    if not _are_begun(known):
        ordered = arrange(
            [each for each in prompts if text.normalise(each) not in known],
            islice(schedule.free_days(first), COUNT),
            dict(_planned(first - DAY)),
        )
        created = schedule.plan(ordered.values(), first, is_auto_approved=True)
        Chore.objects.update_or_create(name=BEGUN, defaults={"done_at": timezone.now()})
        return len(created), moved
    return 0, moved


def arrange(
    prompts: Iterable[str], days: Iterable[date], planned: Mapping[date, str]
) -> dict[date, str]:
    """Give each day a prompt that shares neither relation nor place, neither who nor what, with
    those of the day before and the day after; the first when all of them do. Of several, the one
    that is nearest to the difficulty of its weekday."""
    left, told = list(prompts), dict(planned)
    levels = {prompt: difficulty.estimate(prompt) for prompt in left}
    found: dict[date, str] = {}
    for day in days:
        if not left:
            break
        near = [told[each] for each in (day - DAY, day + DAY) if each in told]
        wanted = autoplan.wanted(day)
        apart = [each for each in left if not _clashes(each, near)] or left[:1]
        prompt = min(apart, key=lambda each: abs(levels[each] - wanted))
        left.remove(prompt)
        found[day] = told[day] = prompt
    return found


def _clashes(prompt: str, others: Collection[str]) -> bool:
    own = drawable.parts(prompt)
    return any(
        own[name] == theirs[name]
        for theirs in map(drawable.parts, others)
        for name in ("relation", "place", "subject", "object")
        if name in own and name in theirs
    )


def published_ahead(now: datetime | None = None) -> list[Puzzle]:
    """Puzzles to come, planned or in reserve, whose prompts everybody can know."""
    return [puzzle for puzzle in _coming(now or timezone.now()) if is_published(puzzle.prompt)]


def replace_published(now: datetime | None = None) -> int:
    """Give those another prompt that no person has had a hand in. The others are told."""
    now = now or timezone.now()
    puzzles = [each for each in published_ahead(now) if _is_untouched(each)]
    soon = clock.last_possible_day(now) + NOTICE
    prompts = pool() if puzzles else []
    replaced = 0
    for puzzle in puzzles:
        is_late = puzzle.play_on is not None and puzzle.play_on <= soon
        if is_late and puzzle.state in PICTURED:
            continue
        replaced += _replace(puzzle, prompts)
    return replaced


def _replace(puzzle: Puzzle, prompts: Iterable[str]) -> bool:
    known = _known()
    fresh = [each for each in prompts if text.normalise(each) not in known]
    day = puzzle.play_on or date.max - DAY
    prompt = arrange(fresh, [day], dict(_planned(day - DAY))).get(day)
    try:
        if prompt:
            review.rewrite(puzzle, prompt)
    except review.NotNow:
        return False
    logger.warning("Puzzle %s got another prompt: its own stood in the source", puzzle.pk)
    return prompt is not None


def _coming(now: datetime) -> QuerySet[Puzzle]:
    ahead = Q(play_on__gt=clock.last_possible_day(now)) | Q(play_on=None)
    return Puzzle.objects.filter(ahead).order_by("play_on", "pk")


def _is_untouched(puzzle: Puzzle) -> bool:
    content_type = ContentType.objects.get_for_model(Puzzle)
    return (
        puzzle.is_auto_approved
        and not (puzzle.created_by_id or puzzle.approved_by_id or puzzle.notes)
        and not puzzle.plays.exists()
        and not LogEntry.objects.filter(
            content_type=content_type, object_id=str(puzzle.pk)
        ).exists()
    )


def _are_begun(known: Collection[str]) -> bool:
    if Chore.objects.filter(name=BEGUN).exists():
        return True
    # A site from before there was such a row.
    return any(is_published(each) for each in known)


def _replan_missed(prompts: Collection[str], first: date) -> int:
    """While the site is off its days go by; prompts that nobody has seen get new ones."""
    past = Puzzle.objects.filter(
        state=Puzzle.State.DRAFT, is_auto_approved=True, play_on__lt=first
    ).order_by("play_on")
    missed = [each for each in past if each.prompt in prompts or is_published(each.prompt)]
    planning.plan(zip(missed, schedule.free_days(first), strict=False))
    return len(missed)


def _planned(start: date) -> Iterator[tuple[date, str]]:
    rows = Puzzle.objects.filter(play_on__gte=start).values_list("play_on", "prompt")
    return ((day, prompt) for day, prompt in rows if day)


def _known() -> set[str]:
    """Prompts that there are, and those that an editor has thrown away."""
    content_type = ContentType.objects.get_for_model(Puzzle)
    deleted = LogEntry.objects.filter(content_type=content_type, action_flag=DELETION)
    return {
        text.normalise(prompt)
        for prompts in (
            Puzzle.objects.values_list("prompt", flat=True),
            deleted.values_list("object_repr", flat=True),
        )
        for prompt in prompts
    }
