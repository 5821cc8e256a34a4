"""What the waiting hear and when."""

from itertools import takewhile

import pytest

from callcenter.acd.agenda import Agenda, Saying

PLACE, OFFERS, BOTH = Saying(place=True), Saying(offers=True), Saying(place=True, offers=True)


def until(seconds: float, agenda: Agenda, begun: float = 0) -> list[tuple[float, Saying]]:
    return list(takewhile(lambda each: each[0] <= seconds, agenda.since(begun)))


def test_places_are_told_at_once_and_every_so_often() -> None:
    assert until(60, Agenda(True, 30)) == [(0, PLACE), (30, PLACE), (60, PLACE)]


def test_who_comes_back_to_the_music_hears_the_place_at_once() -> None:
    assert until(80, Agenda(True, 30), begun=47) == [(47, PLACE), (77, PLACE)]


def test_an_offer_is_said_in_its_time_and_then_with_each_announcement() -> None:
    agenda = Agenda(True, 30, offers_after=40)
    assert until(90, agenda) == [(0, PLACE), (30, PLACE), (40, OFFERS), (60, BOTH), (90, BOTH)]
    assert [agenda.offered(39.9), agenda.offered(40)] == [False, True]


def test_an_offer_alone_is_repeated_like_an_announcement() -> None:
    agenda = Agenda(False, 30, offers_after=10)
    assert until(70, agenda) == [(10, OFFERS), (40, OFFERS), (70, OFFERS)]
    assert until(85, agenda, begun=55) == [(55, OFFERS), (85, OFFERS)]


def test_messages_are_said_in_turn_and_go_on_where_they_were() -> None:
    agenda = Agenda(False, 30, message_every=20, messages=3)
    said = [(at, saying.message) for at, saying in until(80, agenda)]
    assert said == [(20, 0), (40, 1), (60, 2), (80, 0)]
    assert [saying.message for _, saying in until(80, agenda, begun=45)] == [2, 0]


def test_what_is_overdue_is_said_once() -> None:
    assert PLACE | OFFERS | Saying(message=1) | PLACE == Saying(True, True, 1)
    assert Saying(message=1) | Saying(message=2) == Saying(message=2)


@pytest.mark.parametrize(
    ("agenda", "says"),
    [
        (Agenda(False, 30), False),
        (Agenda(True, 30), True),
        (Agenda(False, 30, offers_after=0), True),
        (Agenda(False, 30, messages=1), True),
    ],
)
def test_an_agenda_without_anything_says_nothing(agenda: Agenda, says: bool) -> None:
    assert bool(agenda) is says
    if not says:
        assert until(1e9, agenda) == []
