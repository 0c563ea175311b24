"""The tables, and what they hold to; plays, puzzles, rulings and nights each have a module."""

from game.models.easel import Order, OrderPicture, order_picture_path
from game.models.figures import Figures
from game.models.files import Installation, LooseFile
from game.models.nights import Batch, Chore, StandIn
from game.models.plays import MoveCode, Play, Player, Try
from game.models.puzzles import (
    Candidate,
    Puzzle,
    candidate_path,
    film_path,
    new_picture_token,
    new_salt,
    validate_prompt,
)
from game.models.rulings import Accepted, Correction, Ruling, WarmthTable, WarmthTables
from game.models.shares import Report, Share

__all__ = [
    "Accepted",
    "Batch",
    "Candidate",
    "Chore",
    "Correction",
    "Figures",
    "Installation",
    "LooseFile",
    "MoveCode",
    "Order",
    "OrderPicture",
    "Play",
    "Player",
    "Puzzle",
    "Report",
    "Ruling",
    "Share",
    "StandIn",
    "Try",
    "WarmthTable",
    "WarmthTables",
    "candidate_path",
    "film_path",
    "new_picture_token",
    "new_salt",
    "order_picture_path",
    "validate_prompt",
]
