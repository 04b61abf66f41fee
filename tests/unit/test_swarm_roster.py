"""Who each subscriber of a plan is: its group, cohort, broker, name, and what it listens to."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.plan import Address, Plan
from alertsim.swarm.roster import Roster

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=12)


def roster_of(sizes: list[int], *, brokers: int = 1, cohorts: int = 2) -> Roster:
    """Group n listens to `t/n/#` and to `all`, and belongs to cohort n modulo `cohorts`."""
    groups = tuple(Group(n % cohorts, (f"t/{n}/#", "all"), size) for n, size in enumerate(sizes))
    addresses = tuple(Address("127.0.0.1", 1 + n) for n in range(brokers))
    return Roster(Plan(addresses, "test-x", tuple(Cohort(f"c{n}") for n in range(cohorts)), groups, offset_us=0))


@given(SIZES, st.integers(1, 4))
def test_every_group_has_its_size(sizes: list[int], cohorts: int) -> None:
    """However they are dealt: each group has as many as the plan says, and each cohort those of its groups."""
    roster = roster_of(sizes, cohorts=cohorts)
    assert roster.many == sum(sizes) == len(roster.groups) == len(roster.cohorts)
    assert Counter(roster.groups) == Counter({group: size for group, size in enumerate(sizes) if size})
    of_group = [roster.plan.groups[group].cohort for group in roster.groups]
    assert list(roster.cohorts) == of_group
    assert roster.sizes == [of_group.count(cohort) for cohort in range(cohorts)]
    assert all(roster.cohort(n) is roster.plan.cohorts[of_group[n]] for n in range(roster.many))


@given(SIZES, st.integers(1, 5))
def test_brokers_share_them(sizes: list[int], brokers: int) -> None:
    """Each broker has as many as any other, one more at most, and numbers them without a gap."""
    roster = roster_of(sizes, brokers=brokers)
    seats: dict[int, list[int]] = {broker: [] for broker in range(brokers)}
    for subscriber in range(roster.many):
        broker, place = roster.at_broker(subscriber)
        seats[broker].append(place)
    assert all(places == list(range(len(places))) for places in seats.values())
    shares = [len(places) for places in seats.values()]
    assert max(shares) - min(shares) <= 1


@given(st.lists(st.integers(300, 3_000), min_size=1, max_size=4))
def test_whoever_dials_first_is_a_mix(sizes: list[int]) -> None:
    """Any hundred in a row have each group by its share, but for eight at most."""
    roster = roster_of(sizes)
    for first in range(0, roster.many - 100, 100):
        window = Counter(roster.groups[first : first + 100])
        assert all(abs(window[group] - 100 * size / roster.many) <= 8 for group, size in enumerate(sizes))


@given(SIZES)
def test_an_audience_is_whose_filters_match(sizes: list[int]) -> None:
    """A bit for each that listens to a topic, the same for those that listen alike; nobody where nobody does."""
    roster = roster_of(sizes)
    everybody = (1 << roster.many) - 1
    for group in range(len(sizes)):
        bits = sum(1 << n for n, own in enumerate(roster.groups) if own == group)
        assert roster.audience(f"t/{group}/x") == roster.audience(f"t/{group}/x") == bits
    assert roster.audience("all") == everybody
    assert roster.audience("nothing") == 0


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_names_sort_and_have_one_length(one: int, other: int) -> None:
    """A name is the number, in the same width for all; the client id has the plan's name before it."""
    roster = roster_of([1])
    assert (roster.name(one) < roster.name(other)) == (one < other)
    assert len(roster.client_id(one)) == len(roster.client_id(other))
    assert roster.client_id(one) == f"test-x-{roster.name(one)}"
    assert int(roster.name(one)) == one


def test_more_cohorts_than_a_byte_can_count() -> None:
    """Three hundred cohorts of one subscriber each: still everybody is in its own."""
    roster = roster_of([1] * 300, cohorts=300)
    assert sorted(roster.cohorts) == list(range(300))
    assert roster.sizes == [1] * 300


def test_a_plan_of_few() -> None:
    """One, two and no subscribers at all are plans too."""
    assert list(roster_of([1]).groups) == [0]
    assert sorted(roster_of([1, 1]).groups) == [0, 1]
    empty = roster_of([0])
    assert (empty.many, empty.sizes, empty.audience("all")) == (0, [0, 0], 0)
