"""The table of things that are made or grow; :mod:`generator.world.things.nouns` says how a row is
read."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
bicycle | bicycle | ridden tint | seat=72
motorcycle | motorcycle,racing-motorcycle | ridden tint | seat=60
scooter | motor-scooter | ridden tint | seat=55
skateboard | skateboard | ridden tint | seat=55 turn=flat:-38 turn=twemoji:-36
sailboat | sailboat | ridden tint | seat=30
canoe | canoe | ridden | seat=45 behind
rocket | rocket | ridden tint | seat=60
sled | sled | ridden tint | seat=60
car | automobile,oncoming-automobile | ridden tint | seat=100
bus | bus | ridden tint | plural=buses seat=100
train | locomotive,steam-locomotive | ridden tint | seat=85
tractor | tractor | ridden tint | seat=75
truck | delivery-truck | ridden tint | seat=95
racing car | racing-car | ridden | seat=65 -twemoji
fire engine | fire-engine | ridden | seat=90
helicopter | helicopter | thing above tint |
airplane | small-airplane | ridden above tint | seat=58
flying saucer | flying-saucer | ridden above | seat=70
shopping cart | shopping-cart | thing inside tint |
top hat | top-hat | hat tint |
crown | crown | hat tint |
cap | billed-cap | hat tint |
helmet | rescue-workers-helmet,helmet-with-white-cross | hat tint | low=40
graduation cap | graduation-cap | hat |
bow | ribbon | hat tint |
sunglasses | sunglasses | eyewear tint | pl
scarf | scarf | thing tint | plural=scarves
balloon | balloon | hold tint |
umbrella | umbrella | hold above tint |
camera | camera | hold |
book | closed-book | hold tint base |
wand | magic-wand | hold |
flowers | bouquet | hold | pl
rose | rose | hold tint |
sunflower | sunflower | hold |
trophy | trophy | hold | plural=trophies
kite | kite | hold above |
gift | wrapped-gift | hold base tint |
paintbrush | paintbrush,lower-left-paintbrush | hold | plural=paintbrushes
candle | candle | hold |
key | key | hold tint |
lantern | red-paper-lantern,lantern | hold above tint |
broom | broom | hold |
hammer | hammer | hold |
scissors | scissors | hold tint | pl
pencil | pencil | hold tint |
telephone | telephone | hold tint |
microphone | microphone | hold | -twemoji
teapot | teapot | hold tint |
coffee | hot-beverage | hold | mass
soccer ball | soccer-ball | hold |
basketball | basketball | hold |
magnifying glass | magnifying-glass-tilted-left | hold | plural=magnifying+glasses
flag | triangular-flag,triangular-flag-on-post | hold tint |
shield | shield | hold tint |
bone | bone | hold |
guitar | guitar | instrument tint |
trumpet | trumpet | instrument |
saxophone | saxophone | instrument |
violin | violin | instrument |
accordion | accordion | instrument tint |
drum | drum | instrument tint base |
piano | | instrument |
banjo | banjo | instrument |
flute | flute | instrument |
maracas | maracas | instrument | pl
house | house | thing base |
tent | tent | thing tint |
christmas tree | christmas-tree | thing |
tree | deciduous-tree | thing tint |
palm tree | palm-tree | thing |
cactus | cactus | thing tint | plural=cacti
mushroom | mushroom | thing tint base |
star | star,white-medium-star | thing above tint |
snowflake | snowflake | thing |
rainbow | rainbow | thing above |
heart | red-heart,heart,heavy-black-heart | thing tint |
diamond | gem-stone | thing tint |
bell | bell | thing tint |
clock | alarm-clock | thing tint |
television | television | thing base tint |
computer | laptop | thing |
chair | chair | thing tint |
sofa | couch-and-lamp | thing |
bed | bed | thing base tint |
bathtub | bathtub | thing inside |
door | door | thing tint |
ladder | ladder | thing tint |
telescope | telescope | thing |
anchor | anchor | thing tint |
light bulb | light-bulb,electric-light-bulb | thing |
backpack | backpack,school-backpack,school-satchel | thing tint |
suitcase | luggage | thing tint base |
dress | dress | thing tint | plural=dresses
shirt | t-shirt | thing tint |
shoe | running-shoe,athletic-shoe | thing tint |
ferris wheel | ferris-wheel | thing |
bucket | bucket | thing inside tint |
basket | basket | thing inside |
box | package | thing base | plural=boxes
fire | fire | thing | mass
potted plant | potted-plant | thing |
game controller | video-game | thing tint |
dice | game-die | thing tint base | plural=dice
"""
