"""The table of food; :mod:`generator.world.things.nouns` says how a row is read."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
pizza | pizza,slice-of-pizza | food | mass
hamburger | hamburger | food base |
hot dog | hot-dog | food |
taco | taco | food |
french fries | french-fries | food | pl
popcorn | popcorn | food | mass
doughnut | doughnut | food tint |
cookie | cookie | food |
cake | birthday-cake | food base |
cupcake | cupcake | food tint |
ice cream | soft-ice-cream,soft-ice | food | mass
lollipop | lollipop | food |
chocolate | chocolate-bar | food | mass
banana | banana | food |
apple | red-apple,apple | food tint |
strawberry | strawberry | food tint | plural=strawberries
watermelon | watermelon | food |
pineapple | pineapple | food |
cherries | cherries | food | pl
grapes | grapes | food tint | pl
lemon | lemon | food |
pear | pear | food tint |
carrot | carrot | food |
corn | ear-of-corn,ear-of-maize | food | mass
broccoli | broccoli | food | mass
cheese | cheese-wedge | food base | mass
bread | bread | food | mass
sushi | sushi | food | mass
salad | salad,green-salad | food |
croissant | croissant | food |
pretzel | pretzel | food |
egg | egg | food tint |
sandwich | sandwich | food | plural=sandwiches
spaghetti | spaghetti | food | mass
avocado | avocado | food |
eggplant | eggplant | food |
pancakes | pancakes | food | pl
"""
