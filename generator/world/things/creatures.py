"""The table of animals and people; :mod:`generator.world.things.nouns` says how a row is read."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
fox | fox | rider head tint | plural=foxes
cat | cat-face | rider head tint |
dog | dog-face | rider head |
wolf | wolf | rider head | plural=wolves
lion | lion | rider head |
tiger | tiger-face | rider head |
bear | bear | rider head tint |
panda | panda | rider head |
koala | koala | rider head |
rabbit | rabbit-face | rider tint |
mouse | mouse-face | rider tint | plural=mice
squirrel | chipmunk | rider |
hedgehog | hedgehog | rider |
raccoon | raccoon | rider |
pig | pig-face | rider head tint |
cow | cow-face | rider head |
goat | goat | rider |
sheep | ewe | rider | plural=sheep -twemoji
zebra | zebra | rider |
giraffe | giraffe | rider |
kangaroo | kangaroo | rider |
monkey | monkey-face | rider head |
gorilla | gorilla | rider |
sloth | sloth | rider | flip=twemoji
llama | llama | rider |
unicorn | unicorn | rider |
penguin | penguin | rider head |
owl | owl | rider head tint |
duck | duck | rider |
chick | front-facing-baby-chick | rider head tint |
rooster | rooster | rider | -twemoji
flamingo | flamingo | rider |
parrot | parrot | rider |
peacock | peacock | rider |
swan | swan | rider |
frog | frog | rider head tint |
turtle | turtle | rider tint |
crocodile | crocodile | rider tint |
snake | snake | rider tint | flip=flat
dragon | dragon | rider tint | flat=dragon-face twemoji=dragon-face
dinosaur | t-rex | rider tint |
octopus | octopus | rider head tint | plural=octopuses
crab | crab | rider tint |
lobster | lobster | rider tint |
fish | tropical-fish | rider | plural=fish
shark | shark | rider |
whale | spouting-whale | rider tint |
dolphin | dolphin | rider tint |
jellyfish | jellyfish | rider tint | plural=jellyfish
snail | snail | rider tint |
butterfly | butterfly | rider tint | plural=butterflies
bee | honeybee | rider |
ladybug | lady-beetle | rider |
ant | ant | rider |
spider | spider | rider |
bat | bat | rider |
robot | robot,robot-face | rider head tint |
alien | alien,extraterrestrial-alien | rider head |
ghost | ghost | rider head |
skull | skull | rider head |
astronaut | astronaut,man-astronaut | rider | -twemoji
wizard | man-mage | rider |
witch | woman-mage,mage | rider | plural=witches paint=noto:green paint=flat:purple
vampire | man-vampire,vampire | rider |
ninja | ninja | rider |
superhero | superhero,man-superhero | rider | plural=superheroes
king | prince | rider |
princess | princess | rider | plural=princesses
cook | man-cook,cook | rider |
farmer | man-farmer,farmer | rider |
doctor | man-health-worker,health-worker | rider |
firefighter | man-firefighter,firefighter | rider |
police officer | police-officer,man-police-officer | rider |
builder | construction-worker,man-construction-worker | rider |
knight | | rider |
detective | detective,man-detective,sleuth-or-spy | rider |
cowboy | cowboy-hat-face,face-with-cowboy-hat | rider |
baby | baby | rider head | plural=babies
clown | clown-face | rider |
santa | santa-claus,father-christmas | rider | mass
snowman | snowman-without-snow | rider | plural=snowmen
pumpkin | jack-o-lantern | rider head tint base |
teddy bear | teddy-bear | rider head tint |
horse | horse,racehorse | rider ridden tint | seat=66
elephant | elephant | rider ridden tint | seat=85
camel | two-hump-camel,bactrian-camel | rider ridden | seat=75
rhino | rhinoceros | rider |
"""
