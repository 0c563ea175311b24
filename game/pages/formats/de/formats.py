"""How days and times are written in German; see `game.pages.formats.en`."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j. M Y"
DATETIME_FORMAT = "j. M Y, H:i T"
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
