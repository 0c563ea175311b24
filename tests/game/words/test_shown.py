"""Words for strangers: nothing that hurts gets through, and what people really guess does."""

import pytest

from game.playing import sources
from game.words import shown

PROBES = """
jew jews jewish muslim muslims christian christians hindu hindus buddhist sikh arab arabs gypsy
gypsies african africans asian asians mexican mexicans chinese indian indians german germans
russian turk turks turkey polack pole eskimo negro negroes blacks whites black white yellow
redskin savage immigrant refugee foreigner alien aliens nigger niggers nigga kike kikes spic spics
wop dago gook chink chinks jap japs paki pakis coon coons spade spades cracker kraut raghead
towelhead wetback slave slaves slavery master servant chain shackles whip lynch noose gallows
ghetto auction cotton ape apes monkey monkeys gorilla chimp chimpanzee baboon vermin pest parasite
parasites cockroach cockroaches maggot swine pig pigs leech louse rat bitch bitches ass asses cow
cows mule hag witch moron retard retarded idiot idiots cripple cripples freak loser scum trash
garbage turd crap filth fag fags faggot faggots dyke dykes homo homos queer tranny gay lesbian
pansy fairy fruit breast breasts butt buttocks penis vagina pussy cock cocks dick boob tit tits
nipple crotch anus whore whores slut sluts tramp hoe hoes rape nazi nazis hitler swastika
holocaust oven kkk isis allah jesus god mohammed pope rabbi imam church mosque synagogue cross
crucifix hijab burka turban n1gger j3w 4pe sl4ve f4g k1ke a55 n1gg3r trumps jonathan jimmy molly
kate smith anne osama obama trump
"""
GUESSES = """
cat dog dogs lion lions tiger bear wolf horse elephant penguin owl duck frog fish shark whales
car bus train bicycle boat rocket guitar piano violin drum hat umbrella chair table castle bridge
house tree flower sunflower mountain river beach moon sun star cloud pizza apple carrot cake red
green blue small big riding eating swim dance robot balloon candle clock book lamp bee penguins
"""


@pytest.mark.parametrize("word", PROBES.split())
def test_it_keeps_from_strangers(word: str) -> None:
    assert not shown.is_fit(word)


def test_it_probes_with_many_words() -> None:
    assert len(set(PROBES.split())) >= 200


def test_it_shows_what_people_really_guess() -> None:
    assert {word for word in GUESSES.split() if not shown.is_fit(word)} == set()


def test_it_lets_in_nothing_that_is_listed_as_unfit() -> None:
    assert not {word for word in shown.unfit() if shown.is_fit(word)}


# Sources


def test_it_numbers_places_by_puzzle_and_keeps_to_few_numbers() -> None:
    numbers = {sources.number(f"192.0.2.{last}", 1) for last in range(250)}
    assert 230 < len(numbers) <= 250
    assert all(number is not None and 0 <= number < sources.NUMBERS for number in numbers)
    assert sources.number("192.0.2.1", 1) == sources.number("192.0.2.1", 1)
    assert sources.number("192.0.2.1", 1) != sources.number("192.0.2.1", 2)


def test_it_takes_a_whole_network_of_ipv6_for_one_place() -> None:
    one = sources.number("2001:db8:1:2::3", 1)
    assert one == sources.number("2001:db8:1:ffff::1", 1)
    assert one != sources.number("2001:db8:2::3", 1)


def test_it_has_no_number_for_an_unknown_place() -> None:
    assert sources.number(None, 1) is None
