"""Random events and lines, for properties."""

from hypothesis import strategies as st

from alertsim import areas, events
from alertsim.events import Event
from alertsim.times import Millis

area_ids = st.sampled_from([area.id for area in areas.all_areas()[:400]])
names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
texts = st.builds(events.Text, uk=st.text(min_size=1, max_size=200), en=st.text(min_size=1, max_size=200))
moments = st.integers(1_702_000_000_000, 1_703_000_000_000).map(Millis)
shared = {
    "event": st.from_regex(r"[a-z0-9-]{1,20}:[a-z]{1,10}(:[0-9]{1,3})?", fullmatch=True),
    "at": moments,
    "entry": names,
    "cite": st.tuples(names),
    "invented": st.none() | st.text(min_size=3, max_size=50),
}
strikes = {**shared, "strike": names, "weapon": names, "target": area_ids}
figures = st.none() | st.integers(0, 500)
casualties = st.builds(events.Casualties, injured=figures, killed=figures)
shares = st.dictionaries(st.sampled_from(events.Service), st.floats(0, 1))
left = st.builds(events.SirensLeft, up=st.floats(0, 1), fallback=st.none() | texts)
happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(events.StrikeLaunched, **strikes),
    st.builds(events.StrikeDetected, **strikes),
    st.builds(events.StrikeIntercepted, **strikes),
    st.builds(events.StrikeImpacted, **strikes),
    st.builds(events.AlertRaised, **shared, area=area_ids, threats=st.lists(st.sampled_from(events.Threat)).map(tuple)),
    st.builds(events.AlertAnnounced, **shared, area=area_ids, threats=st.just((events.Threat.DRONES,))),
    st.builds(events.AlertRaised, **shared, area=area_ids, standing=st.just(True)),
    st.builds(events.AlertUpdated, **shared, area=area_ids, threats=st.just((events.Threat.DRONES,))),
    st.builds(events.AlertCleared, **shared, area=area_ids),
    st.builds(events.AlertCleared, **shared, area=area_ids, continues_in=st.tuples(area_ids)),
    st.builds(events.AlertCancelled, **shared, area=area_ids),
    st.builds(events.IncidentReported, **shared, incident=names, area=area_ids, text=texts, casualties=casualties),
    st.builds(
        events.OperatorChanged,
        **shared,
        operator=names,
        up=shares,
        load=st.floats(0, 100),
        areas=st.none() | st.dictionaries(area_ids, shares, max_size=3),
        latency_ms=st.none() | st.integers(0, 60_000),
        loss=st.none() | st.floats(0, 1),
        roaming=st.sampled_from([None, "blocked"]),
        sirens=st.none() | st.dictionaries(area_ids, left, max_size=3),
    ),
    st.builds(
        events.BrokerFaulted,
        **shared,
        fault=st.sampled_from(events.BrokerFault),
        phase=st.sampled_from(["began", "ended"]),
        persistence=st.none() | st.booleans(),
    ),
    st.builds(
        events.ForeignRelayed,
        **shared,
        topic=names,
        text=st.none() | st.text(max_size=50),
        qos=st.sampled_from([0, 1, 2]),
        retain=st.booleans(),
        properties=st.lists(st.tuples(names, names), max_size=2).map(tuple),
        original_us=st.none() | st.integers(0, 2**50),
    ),
    st.builds(
        events.InjectSent,
        **shared,
        inject=names,
        audience=st.just("all") | names,
        type=st.sampled_from(["contextual", "expected_action", "contingency"]),
        method=names,
        sender=names,
        text=texts,
        expected_action=st.none() | texts,
    ),
    st.builds(
        events.WarningRelayed,
        **shared,
        channel=st.sampled_from(["volunteer", "a-channel-of-its-own"]),
        area=area_ids,
        says=st.sampled_from(["raised", "cleared"]),
    ),
    st.builds(events.NewsPublished, **shared, text=texts),
    st.builds(events.ExerciseStateChanged, **shared, state=st.sampled_from(events.ExerciseState), reason=names),
    st.builds(events.ClockTicked, **shared, rate=st.none() | st.floats(0, 3600)),
)
