"""The noun table: every thing the world can draw, with its icon and its roles.

Each row is ``name | icon | roles | options``.  The icon is the Iconify name, the same in both art
sets.  Roles are space separated (see :class:`generator.world.vocabulary.Noun`).  Options:

``plural=...``   an irregular plural
``mass``         takes no article in the singular ("eating popcorn")
``pl``           a plural-only noun ("wearing sunglasses", "are")
``seat=N``       height of the seat above the wheels, as a percentage of the picture's height
``behind``       a rider is drawn behind this vehicle (it sits inside)
"""

from __future__ import annotations

NOUN_TABLE = """
fox | fox | rider tint | plural=foxes
cat | cat | rider tint |
dog | dog-face | rider tint |
wolf | wolf | rider tint | plural=wolves
lion | lion | rider |
tiger | tiger | rider |
bear | bear | rider tint |
panda | panda | rider |
koala | koala | rider |
rabbit | rabbit | rider tint |
mouse | mouse | rider tint | plural=mice
squirrel | chipmunk | rider |
hedgehog | hedgehog | rider |
pig | pig | rider tint |
cow | cow | rider |
goat | goat | rider |
zebra | zebra | rider |
giraffe | giraffe | rider |
kangaroo | kangaroo | rider |
monkey | monkey | rider tint |
gorilla | gorilla | rider tint |
sloth | sloth | rider |
llama | llama | rider |
unicorn | unicorn | rider |
penguin | penguin | rider |
owl | owl | rider tint |
duck | duck | rider |
chick | front-facing-baby-chick | rider tint |
rooster | rooster | rider |
turkey | turkey | rider |
flamingo | flamingo | rider |
parrot | parrot | rider |
peacock | peacock | rider |
swan | swan | rider |
frog | frog | rider tint |
turtle | turtle | rider tint base |
crocodile | crocodile | rider tint |
snake | snake | rider tint |
dragon | dragon | rider tint |
dinosaur | t-rex | rider tint |
octopus | octopus | rider tint | plural=octopuses
crab | crab | rider tint |
lobster | lobster | rider tint |
fish | tropical-fish | rider | plural=fish
shark | shark | rider tint |
whale | whale | rider tint |
dolphin | dolphin | rider tint |
jellyfish | jellyfish | rider tint | plural=jellyfish
snail | snail | rider tint |
butterfly | butterfly | rider tint | plural=butterflies
bee | honeybee | rider |
ladybug | lady-beetle | rider |
ant | ant | rider |
spider | spider | rider |
bat | bat | rider |
robot | robot | rider tint |
alien | alien | rider tint |
ghost | ghost | rider tint |
astronaut | astronaut | rider |
wizard | man-mage | rider |
vampire | man-vampire | rider |
ninja | ninja | rider tint |
cook | cook | rider |
farmer | farmer | rider |
firefighter | firefighter | rider |
princess | princess | rider | plural=princesses
detective | detective | rider |
clown | clown-face | rider |
santa | santa-claus | rider | mass
snowman | snowman-without-snow | rider | plural=snowmen
pumpkin | jack-o-lantern | rider tint base |
teddy bear | teddy-bear | rider tint |
bicycle | bicycle | ridden tint | seat=72
motorcycle | motorcycle | ridden tint | seat=60
scooter | motor-scooter | ridden tint | seat=50
skateboard | skateboard | ridden tint | seat=55
horse | horse | rider ridden tint | seat=72
elephant | elephant | rider ridden tint | seat=85
camel | camel | rider ridden tint | seat=75
rhino | rhinoceros | rider ridden tint | seat=80
sailboat | sailboat | ridden tint | seat=30
canoe | canoe | ridden tint | seat=45 behind
rocket | rocket | ridden tint | seat=60
sled | sled | ridden tint | seat=60
car | automobile | ridden tint | seat=100 behind
bus | bus | ridden tint | plural=buses seat=105 behind
train | locomotive | ridden tint | seat=72
tractor | tractor | ridden tint | seat=72
truck | pickup-truck | ridden tint | seat=62
racing car | racing-car | ridden tint | seat=65 behind
fire engine | fire-engine | ridden | seat=80
helicopter | helicopter | thing tint |
airplane | small-airplane | ridden tint | seat=58
flying saucer | flying-saucer | ridden tint | seat=72
pizza | pizza | food | mass
hamburger | hamburger | food base |
hot dog | hot-dog | food |
taco | taco | food |
french fries | french-fries | food | pl
popcorn | popcorn | food | mass
doughnut | doughnut | food tint |
cookie | cookie | food |
cake | birthday-cake | food base |
cupcake | cupcake | food tint |
ice cream | soft-ice-cream | food | mass
lollipop | lollipop | food |
chocolate | chocolate-bar | food | mass
banana | banana | food tint |
apple | red-apple | food tint |
strawberry | strawberry | food tint | plural=strawberries
watermelon | watermelon | food |
pineapple | pineapple | food |
cherries | cherries | food | pl
grapes | grapes | food tint | pl
lemon | lemon | food |
pear | pear | food |
carrot | carrot | food |
corn | ear-of-corn | food | mass
broccoli | broccoli | food | mass
cheese | cheese-wedge | food base | mass
croissant | croissant | food |
pretzel | pretzel | food |
egg | egg | food tint |
sandwich | sandwich | food | plural=sandwiches
spaghetti | spaghetti | food | mass
avocado | avocado | food |
tomato | tomato | food | plural=tomatoes
eggplant | eggplant | food |
pancakes | pancakes | food | pl
top hat | top-hat | hat tint |
crown | crown | hat tint |
cap | billed-cap | hat tint |
helmet | rescue-workers-helmet | hat tint |
graduation cap | graduation-cap | hat tint |
bow | ribbon | hat tint |
sunglasses | sunglasses | eyewear tint | pl
scarf | scarf | thing tint | plural=scarves
balloon | balloon | hold tint |
umbrella | umbrella | hold tint |
camera | camera | hold |
book | closed-book | hold tint base |
wand | magic-wand | hold |
flashlight | flashlight | hold |
flowers | bouquet | hold | pl
rose | rose | hold tint |
sunflower | sunflower | hold |
trophy | trophy | hold | plural=trophies
kite | kite | hold |
gift | wrapped-gift | hold tint base |
paintbrush | paintbrush | hold | plural=paintbrushes
candle | candle | hold |
key | key | hold tint |
lantern | red-paper-lantern | hold tint |
broom | broom | hold |
hammer | hammer | hold |
telephone | telephone | hold tint |
teapot | teapot | hold tint |
soccer ball | soccer-ball | hold |
basketball | basketball | hold |
magnifying glass | magnifying-glass-tilted-left | hold | plural=magnifying+glasses
flag | triangular-flag | hold tint |
shield | shield | hold tint |
guitar | guitar | instrument tint |
trumpet | trumpet | instrument tint |
saxophone | saxophone | instrument |
violin | violin | instrument |
accordion | accordion | instrument tint |
drum | drum | instrument tint base |
banjo | banjo | instrument |
flute | flute | instrument |
maracas | maracas | instrument | pl
house | house | thing base |
tent | tent | thing tint base |
christmas tree | christmas-tree | thing |
tree | deciduous-tree | thing tint |
palm tree | palm-tree | thing |
cactus | cactus | thing tint | plural=cacti
mushroom | mushroom | thing tint base |
star | star | thing tint |
snowflake | snowflake | thing |
rainbow | rainbow | thing |
heart | red-heart | thing tint |
diamond | gem-stone | thing tint |
bell | bell | thing tint |
clock | alarm-clock | thing tint |
television | television | thing base |
computer | laptop | thing |
chair | chair | thing tint |
sofa | couch-and-lamp | thing base |
bathtub | bathtub | thing base |
door | door | thing tint |
telescope | telescope | thing |
globe | globe-showing-americas | thing base |
anchor | anchor | thing tint |
light bulb | light-bulb | thing |
backpack | backpack | thing tint |
suitcase | luggage | thing tint base |
dress | dress | thing tint | plural=dresses
shoe | running-shoe | thing tint |
ferris wheel | ferris-wheel | thing |
bucket | bucket | thing tint base |
fire | fire | thing | mass
potted plant | potted-plant | thing |
game controller | video-game | thing tint |
dice | game-die | thing tint base | plural=dice
"""
