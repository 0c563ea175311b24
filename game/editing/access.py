"""Who may see and do what with a puzzle: the rule behind every page of the admin.

`view_puzzle` and `change_puzzle` mean any puzzle. Whoever has `add_puzzle` alone is a writer: they
see their own puzzles and public ones, and change their own drafts.
"""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from game.editing import review
from game.models import Puzzle
from game.rules import clock

ADD = "game.add_puzzle"
CHANGE = "game.change_puzzle"
VIEW = "game.view_puzzle"
PLAN = "game.plan_puzzle"
DRAW = "game.draw_puzzle"
APPROVE = "game.approve_puzzle"

Account = User | AnonymousUser


def visible(user: Account) -> QuerySet[Puzzle]:
    """The puzzles that somebody may know of; everything shown in the admin starts from these."""
    if sees_all(user):
        return Puzzle.objects.all()
    if user.has_perm(ADD):
        return Puzzle.objects.filter(_public() | Q(created_by=user.pk))
    return Puzzle.objects.none()


def may_look(user: Account) -> bool:
    """Whether there is anything that they may see."""
    return sees_all(user) or user.has_perm(ADD)


def sees_all(user: Account) -> bool:
    """Whether nothing of any puzzle is kept from them, so that they may know how many there are."""
    return user.has_perm(VIEW) or user.has_perm(CHANGE)


def may_write(user: Account) -> bool:
    """Whether there is anything that they may change."""
    return user.has_perm(CHANGE) or user.has_perm(ADD)


def may_see(user: Account, puzzle: Puzzle) -> bool:
    return sees_all(user) or visible(user).filter(pk=puzzle.pk).exists()


def may_change(user: Account, puzzle: Puzzle) -> bool:
    """Whether they may write on its page at all; what is fixed for everybody is review's to say."""
    if user.has_perm(CHANGE):
        return True
    is_own_draft = puzzle.state == Puzzle.State.DRAFT and puzzle.created_by_id == user.pk
    return is_own_draft and user.has_perm(ADD)


def may_rule(user: Account, puzzle: Puzzle | None) -> bool:
    """Whether they may change descriptions and rulings: those that players have count as approved,
    and there is no taking back."""
    if puzzle is not None and review.is_public(puzzle) and not user.has_perm(APPROVE):
        return False
    return user.has_perm(CHANGE)


def find(user: Account, pk: int) -> Puzzle:
    """Get a puzzle that they may see: Http404 without one, PermissionDenied without the right."""
    puzzle = get_object_or_404(Puzzle, pk=pk)
    if not may_see(user, puzzle):
        raise PermissionDenied
    return puzzle


def require(user: Account, *permissions: str) -> None:
    """Raise PermissionDenied unless they have all of these permissions."""
    if not user.has_perms(permissions):
        raise PermissionDenied


def _public() -> Q:
    """What review.is_public says of one puzzle."""
    last = clock.last_possible_day(timezone.now())
    return Q(state=Puzzle.State.APPROVED, play_on__lte=last)
