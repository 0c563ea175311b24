"""The game itself, in pure Python: boards, marks, scores, days, streaks, seals. No database."""
