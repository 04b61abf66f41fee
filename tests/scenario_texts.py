"""A scenario that uses everything, with its facts: what the tests of `alertsim.scenario` break in a thousand ways."""

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario import Scenario, parse, parse_catalogue

CATALOGUE = parse_catalogue(
    """\
iskander-m: {name: {uk: Іскандер-М, en: Iskander-M}, kind: ballistic, warning: [2m, 5m], source: an assumption}
s-400: {name: {uk: С-400, en: S-400}, kind: ballistic, warning: [2m, 5m], source: an assumption}
shahed: {name: {uk: Шахед, en: Shahed}, kind: drone, warning: [30m, 3h], source: an assumption}
""",
    """\
kyivstar: {name: {uk: Київстар, en: Kyivstar}, brand: true}
vodafone-ua: {name: {uk: Vodafone Україна, en: Vodafone Ukraine}, brand: true}
operator-a: {name: {uk: оператор А, en: operator A}}
operator-b: {name: {uk: оператор Б, en: operator B}}
""",
    """\
relay:
  name: {uk: передача, en: relay}
  delay: {p0: 0s, p50: 30s, p90: 2m, p100: 10m}
  missed: 0.1
  lasts: {p0: 5m, p100: 2h}
  source: an assumption
direct: {name: {uk: прямо, en: direct}, delay: 10s, lasts: 30m, source: an assumption}
""",
)

RICH = """\
# A night with everything in it.
alertsim: 1
basis: historical
title:
  en: A night with everything
  uk: Ніч, у якій є все
exercise: {type: functional, contact: Exercise control}
seed: 7
start: 2023-12-12T05:00:00+02:00

objectives:
  - id: warn
    text: Pass on the alert
    capability: Public Information and Warning
  - {id: assess, text: {uk: "Оцінка", en: Assessment}}

play: [before, alert]
chapters:
  outage:
    until: 2023-12-13T02:45:00+02:00
    rate: 3600
  before:
    from: 2023-12-13T02:45:00+02:00
    until: 2023-12-13T02:59:00+02:00
    rate: 60
    title: {en: A quiet night, uk: Тиха ніч}
  alert:
    until: 2023-12-13T09:30:00+02:00
    rate: 1.5e+2

events:
  - id: kyivstar-down
    at: 2023-12-12T05:26:00+02:00
    outage:
      operator: kyivstar
      onset: 90m
      up: {voice: 0.0, sms: 0, data: 0.0, fixed: 0.1}
      spill_over: {vodafone-ua: {load: 1.3}}
      restoration:
        - at: 2023-12-12T22:00:00+02:00
          up: {fixed: 0.3}
          invented: the hour and the share
        - at: 2023-12-13T18:00:00+02:00
          over: 19h55m
          up: {voice: 0.99, fixed: 1.0}
          cite: [voice-back]
          invented: an even rise
    cite: [article.p2, outage]
    invented: >-
      ninety minutes from the first signs
      to standstill
  - id: ballistic-night
    at: 2023-12-13T02:59:40+02:00
    strike:
      salvo: [{weapon: iskander-m, count: 6}, {weapon: s-400, count: 4}]
      target: UA-30
      spread: 40s
      warning: 0s
      outcome: {intercepted: 10, impacted: 0}
    cite: [article.p1, strike]
    invented: six and four
  - alert:
      area: UA-30
      raised: 2023-12-13T03:00:13+02:00
      cleared: 2023-12-13T03:37:36+02:00
      threats: [ballistic_missiles]
      updates:
        - {at: 2023-12-13T03:10:00+02:00, threats: [ballistic_missiles, drones], cite: [siren]}
        - at: 2023-12-13T03:20:00+02:00
          threats:
            - drones
    expect: [{who: players, what: ack, within: 60s, objective: warn}]
    cite: [siren]
  - id: injured
    track: casualties
    valid_for: 10m
    incident:
      area: м. Київ
      cause: ballistic-night
      updates:
        - at: 2023-12-13T04:35:00+02:00
          text:
            en: "Kyiv: 25 people injured"
            uk: |
              Київ: 25 постраждалих,
              серед них діти
          casualties: {injured: 25, hospitalised: 13}
        - at: 2023-12-13T09:00:00+02:00
          text: 'Kyiv: 53 people injured, it''s the last count'
          casualties: {injured: 53, killed: 0, children: 6, women: 36, men: 17}
          buildings: 35
          districts: 4
          cite: [injured-53, article.p1]
    cite: [injured-25]
  - id: call
    at: +22:20:00
    inject:
      type: expected_action
      method: phone
      from: simcell
      to: duty-officer
      text: {en: Callers ask whether the danger is over, uk: Люди питають}
      expected_action: Confirm the alert
    invented: exercise inject
  - at: 2023-12-13T06:45:00+02:00
    news:
      text:
        A plain text
        on two lines
    cite: [article.p2]
"""

FACTS = """\
article:
  title: A report on the night
  language: en
  note: It gives no hour.
paragraphs:
  p1:
    retold: Ten missiles were shot down, six children were hurt.
    value: {intercepted: 10, children: 6}
  p2:
    retold: An operator failed in the same days.
  p3:
    retold: The article ends with a thought.
    unused: It tells of nothing that happens.
facts:
  outage:
    says: The network failed from 05:26 on, entirely.
    source: a public report
    confidence: read
    value: {operator: kyivstar, at: 2023-12-12T05:26:00+02:00, onset: 1h30m, up.voice: 0.0, load.vodafone-ua: 1.3}
  voice-back:
    says: Voice came back from 18:00 on.
    source: a public report
    confidence: read
    value: {at: 2023-12-13T18:00:00+02:00, up.voice: 0.99}
  strike:
    says: Ten missiles were launched.
    source: a table of attacks
    confidence: assumed
    value: {launched: 10, target: Kyiv}
  siren:
    says: The siren history of that night.
    source: a public data set
    confidence: verified
    value: {area: UA-30, raised: 2023-12-13T03:00:13+02:00, cleared: 2023-12-13T03:37:36+02:00}
  injured-25:
    says: The first report has 25 injured.
    source: a public report
    confidence: read
    value: {at: 2023-12-13T04:35:00+02:00, injured: 25, hospitalised: 13}
  injured-53:
    says: The last report has 53 injured.
    source: a public report
    confidence: read
    value: {injured: 53, killed: 0, women: 36, men: 17, buildings: 35, districts: 4}
conflicts:
  - between: [article.p1, injured-53]
    about: The article has dozens of injured.
    follows: injured-53
    why: The report is exact.
"""


def read(text: str | bytes = RICH, facts: str | bytes | None = FACTS) -> Scenario:
    """The scenario in `text`, as `night.yaml` beside `facts.yaml`."""
    rest = None if facts is None else (facts, "facts.yaml")
    return parse(text, name="night", file="night.yaml", facts=rest, catalogue=CATALOGUE)


def problems(text: str | bytes = RICH, facts: str | bytes | None = FACTS) -> tuple[Problem, ...]:
    """What is wrong with it; nothing if it can be read."""
    try:
        read(text, facts)
    except ScenarioError as error:
        return error.problems
    return ()
