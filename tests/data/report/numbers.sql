-- Every number of a report's JSON. Before each query stands where its numbers stand: `{}` is what a row is told apart
-- by (the first columns), behind `=` are the names of the other columns.

-- summary.events
SELECT count(*) FROM ev;

-- summary.kinds.{}
SELECT kind, count(*) FROM ev GROUP BY ALL;

-- summary.confirmed
SELECT count(DISTINCT about_seq) FROM seen WHERE kind = 'event.published';

-- summary.skipped
SELECT count(*) FROM seen WHERE kind = 'event.skipped';

-- summary.not_sent.{}
SELECT reason, count(*) FROM seen WHERE kind = 'event.expired' GROUP BY ALL;

-- summary.acknowledged
SELECT count(*) FROM seen WHERE kind = 'event.acknowledged';

-- summary.commands
SELECT count(*) FROM seen WHERE kind = 'command.accepted';

-- summary.broker_lost
SELECT count(*) FROM seen WHERE kind = 'broker.lost';

-- summary.slept_ms
SELECT sum((p->>'lost_ms')::INT) FROM seen WHERE kind = 'clock.slept';

-- summary.alerts.{}.lead_s
SELECT area, ms / 1000 FROM lead_time;

-- summary.unwarned.{}.weapons
SELECT target, weapons FROM unwarned;

-- summary.unwarned.{}.impacted
SELECT target, impacted FROM unwarned;

-- summary.tolls.{}.reports
SELECT concat_ws('|', area, incident), count(*) FROM ev WHERE incident <> '' GROUP BY ALL;

-- summary.tolls.{}.first.{}
SELECT concat_ws('|', area, incident), key, value::INT FROM (SELECT * FROM ev WHERE
incident <> '' QUALIFY row_number() OVER (PARTITION BY incident ORDER BY line) = 1),
json_each(p, '$.casualties') WHERE json_type(value) <> 'NULL';

-- summary.tolls.{}.last.{}
SELECT concat_ws('|', area, incident), key, value::INT FROM (SELECT * FROM ev WHERE
incident <> '' QUALIFY row_number() OVER (PARTITION BY incident ORDER BY line DESC) = 1),
json_each(p, '$.casualties') WHERE json_type(value) <> 'NULL';

-- summary.silenced.{}.up
SELECT area, min(up) FROM silent WHERE up < 1 GROUP BY ALL;

-- summary.silenced.{}.alerts
SELECT s.area, count(DISTINCT e.event) FROM silent s JOIN ev e ON e.kind = 'alert.raised'
AND e.area = s.area AND e.at_ms BETWEEN s.at_ms AND s.until WHERE s.up < 1 GROUP BY ALL;

-- summary.lateness.p50_ms
SELECT list_sort(l)[CAST(floor(len(l) * 0.5) + 1 AS BIGINT)] / 1000 FROM (SELECT list(actual_us - due_us) l
  FROM ev WHERE entry <> 'live');

-- summary.lateness.p99_ms
SELECT list_sort(l)[CAST(floor(len(l) * 0.99) + 1 AS BIGINT)] / 1000 FROM (SELECT list(actual_us - due_us) l
  FROM ev WHERE entry <> 'live');

-- summary.lateness.max_ms
SELECT max(actual_us - due_us) / 1000 FROM ev WHERE entry <> 'live';

-- summary.subscribers.operators.{}.=heard,late,stale,caught_up,never,alerts,subscribers,p50_us,slowest_us
SELECT operator, sum(heard), sum(late), sum(stale), sum(caught_up),
  sum(meant - heard - caught_up), count(*), max(meant), low(list(last_us)), max(last_us)
  FROM heard GROUP BY ALL;

-- summary.subscribers.alerts.=heard,late,stale,caught_up,never,alerts,subscribers,p50_us,slowest_us
SELECT sum(heard), sum(late), sum(stale), sum(caught_up),
  sum(meant - heard - caught_up), 
  count(DISTINCT event), max(per), low(list(l)), max(l)
  FROM (SELECT event, any_value(last_all) l, sum(heard) heard, sum(late) late, sum(stale) stale,
  sum(caught_up) caught_up, sum(meant) meant, sum(meant) per
  FROM heard GROUP BY ALL);

-- summary.subscribers.messages.=heard,late,stale,caught_up,never,messages
SELECT sum(heard), sum(late), sum(stale), sum(caught_up),
  sum(meant - heard - caught_up), count(DISTINCT event)
  FROM heard;

-- summary.subscribers.open
SELECT count(*) FROM latest WHERE NOT (p->>'closed')::BOOL;

-- summary.subscribers.unheard.{}.=heard,late,stale,caught_up,never,missing,unreachable
SELECT concat_ws('|', operator, area, event), heard, late, stale, caught_up,
  meant - heard - caught_up, missing, unreachable
  FROM heard
WHERE (meant - heard) * 10 >= meant AND meant > heard;

-- summary.subscribers.unheard.{}.up.data
SELECT concat_ws('|', h.operator, h.area, h.event), (n.p->>'$.up.data')::DOUBLE
FROM heard h ASOF JOIN net n ON n.operator = h.operator AND n.at_ms <= h.at_ms
WHERE (h.meant - h.heard) * 10 >= h.meant AND (n.p->>'$.up.data')::DOUBLE < 1;

-- summary.networks.subscribers.{}.=subscribers,lowest,cut,reconnecting
SELECT operator,
max((p->>'subscribers')::INT), min((p->>'connected')::INT), max((p->>'cut')::INT), max((p->>'reconnecting')::INT)
FROM (SELECT * REPLACE (p->>'operator' AS operator) FROM seen) WHERE kind = 'network.seen' GROUP BY ALL;

-- summary.networks.subscribers.{}.storms.{}.=before,lost,lowest,peak_connects_per_s,back_s,return_s,back_off_s
SELECT p->>'operator', p->>'back_off_s', (p->>'before')::INT, (p->>'lost')::INT, (p->>'lowest')::INT,
  (p->>'peak_connects_per_s')::DOUBLE, (p->>'back_s')::DOUBLE, (p->>'return_s')::DOUBLE, (p->>'back_off_s')::DOUBLE
  FROM seen WHERE kind = 'storm.passed';

-- summary.networks.stalled.{}.=subscribers,unanswered
SELECT p->>'operator', (p->>'subscribers')::INT,
(p->>'unanswered')::INT FROM seen WHERE kind = 'flow.stalled';

-- objectives.{}.=expectations,met,failed
SELECT objective, count(*), count(*) FILTER (met), count(*) FILTER (NOT met)
FROM verdict WHERE objective <> '' GROUP BY ALL;

-- expectations.{}.took_s
SELECT concat_ws('|', entry, who, event), ms / 1000 FROM verdict WHERE ms IS NOT NULL;

-- expectations.{}.heard
SELECT concat_ws('|', entry, who, event), n FROM verdict WHERE n IS NOT NULL;

-- expectations.{}.meant
SELECT concat_ws('|', entry, who, event), m FROM verdict WHERE m IS NOT NULL;

-- expectations.{}.within_s
SELECT concat_ws('|', entry, who, event), within_ms / 1000 FROM expectation;

-- findings.{}.=count,base,seconds
SELECT 'warned_in_time|' || area, 0, 0, ms / 1000 FROM lead_time WHERE ms >= 0
UNION ALL SELECT 'warned_late|' || area, 0, 0, -ms / 1000 FROM lead_time WHERE ms < 0
UNION ALL SELECT 'never_warned|' || target, impacted, weapons, 0 FROM unwarned
UNION ALL SELECT 'expected_met|', count(*) FILTER (met), count(met), 0 FROM verdict
UNION ALL SELECT 'expected_failed|', count(*) FILTER (NOT met), count(met), 0 FROM verdict
UNION ALL SELECT 'never_heard|' || operator, sum(meant - heard - caught_up), sum(meant), 0 FROM heard GROUP BY 1
UNION ALL SELECT 'sirens_silent|' || s.area, count(DISTINCT e.event), 0, 0 FROM silent s JOIN ev e
ON e.kind = 'alert.raised' AND e.area = s.area AND e.at_ms BETWEEN s.at_ms AND s.until WHERE s.up < 1 GROUP BY 1
UNION ALL SELECT 'not_sent|' || reason, count(*), (SELECT count(*) FROM ev), 0 FROM seen
WHERE kind = 'event.expired' GROUP BY 1
UNION ALL SELECT 'broker_lost|', count(*), 0, (SELECT sum(back_us - actual_us) / 1e6 FROM away
WHERE kind = 'broker.lost' AND back = 'broker.restored') FROM seen WHERE kind = 'broker.lost'
UNION ALL SELECT 'degraded|' || (p->>'part') || ': ' || (p->>'reason'), 0, 0, 0 FROM seen
WHERE kind = 'play.degraded'
UNION ALL SELECT 'slept|', 0, 0, sum((p->>'lost_ms')::INT) / 1000 FROM seen WHERE kind = 'clock.slept';

-- under_alert.{}.=alerted_s,sirens
SELECT area, sum(least(cleared, until) - greatest(raised, since)) / 1000, count(*)
FROM alert, span GROUP BY ALL;

-- operators.{}.=least_up,messages,never_heard_by_anyone
SELECT operator, coalesce(min(up), 1), max(n), max(none) FROM (
SELECT operator, (p->>'$.up.data')::DOUBLE up, 0 n, 0 none FROM net
UNION ALL SELECT operator, NULL, count(*), count(*) FILTER (heard + caught_up = 0) FROM heard GROUP BY operator)
GROUP BY ALL;

-- figures.real_s
SELECT (max(actual_us) - min(actual_us)) / 1e6 FROM r;

-- figures.confirmed.=count,p50_us,p99_us,max_us
SELECT count(*), rank(list(us), 0.5), rank(list(us), 0.99), max(us) FROM confirmed;

-- figures.spread.{}.=count,p50_us,p99_us,max_us
SELECT name, count(*), rank(list(us), 0.5), rank(list(us), 0.99), max(us)
FROM (SELECT 'first' AS name, (p->>'first_us')::INT us FROM spread
UNION ALL SELECT 'half', (p->>'p50_us')::INT FROM spread UNION ALL SELECT 'most', (p->>'p99_us')::INT FROM spread
UNION ALL SELECT 'last', (p->>'last_us')::INT FROM spread) GROUP BY ALL;

-- figures.=duplicates,stale,missing,unreachable
SELECT sum(duplicates), sum(stale), sum(missing), sum(unreachable) FROM cohort;

-- figures.outages.{}.after_ms
SELECT reason, (actual_us - (SELECT min(actual_us) FROM r)) // 1000 FROM away
WHERE kind = 'broker.lost';

-- figures.outages.{}.real_ms
SELECT reason, (back_us - actual_us) // 1000 FROM away WHERE kind = 'broker.lost'
AND back = 'broker.restored';

-- figures.outages.{}.waiting
SELECT reason, coalesce((told->>'waiting')::INT, 0) FROM away
WHERE kind = 'broker.lost';

-- figures.answers
SELECT count(*) FROM seen WHERE kind = 'event.acknowledged';

-- figures.clients
SELECT count(DISTINCT client) FROM seen WHERE kind = 'event.acknowledged';

-- figures.commands
SELECT count(*) FROM seen WHERE kind = 'command.accepted';
