"""A hundred mistakes an author may make in a scenario, each with the line, the column and the words of its error."""

import pytest

from tests.scenario_texts import FACTS, RICH, problems

MISTAKES = [
    # what is written, what is written instead, how many problems that makes, how the first of them begins
    ("alertsim: 1", "alertsim: 2", 1, "2:11 alertsim: expected 1, the version of this format, found 2"),
    ("alertsim: 1\n", "", 1, "2:1 : `alertsim` is missing: add it"),
    ("alertsim: 1", "alertsim: true", 1, "2:11 alertsim: expected 1, the version of this format, found true"),
    ("basis: historical", "basis: histrical", 1,
     "3:8 basis: expected historical or fictional, found 'histrical'; did you mean `historical`?"),
    ("basis: historical", "basis: fictional", 2,
     "35:17 events[0].outage.operator: `kyivstar` is a real operator, and this scenario is fictional"),
    ("basis: historical", "basis: no", 1, "3:8 basis: expected historical or fictional, found 'no'"),
    ("  uk: Ніч, у якій є все", "  ru: Ніч", 2, "4:1 title: `uk` is missing: add it"),
    ("  en: A night with everything", "  en: " + "x" * 121, 1,
     "5:7 title.en: expected a title of 120 characters or fewer, found 121"),
    ("  en: A night with everything", "  en: This is not a drill", 1,
     "5:7 title.en: “This is not a drill” contradicts the exercise mark that every message carries"),
    ("{type: functional, contact: Exercise control}", "{type: drills, contact: X}", 2,
     "7:18 exercise.type: expected seminar, workshop, tabletop, game, drill, functional or full-scale, found"),
    ("{type: functional, contact: Exercise control}", "drill", 1,
     "7:11 exercise: expected fields like type or contact, found 'drill'"),
    ("exercise: {type: functional, contact: Exercise control}\n", "", 1, "2:1 : `exercise` is missing: add it"),
    ("seed: 7", "seed: -1", 1, "8:7 seed: expected 0 or more, found -1"),
    ("seed: 7", 'seed: "7"', 1, "8:7 seed: expected a whole number, found '7'"),
    ("seed: 7", "seed: 1e3", 1, "8:7 seed: expected a whole number, found 1000.0"),
    ("seed: 7", "seed: " + "9" * 400, 1,
     "8:7 seed: expected a whole number, found '999999999999999999999999999999999999999999999999999999999999…'"),
    ("seed: 7", "sed: 7", 1, "8:1 sed: unknown field `sed`; did you mean `seed`?"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 2023-12-12T05:00:00Z", 1,
     "9:8 start: expected a time like 2023-12-13T03:00:13+02:00"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 12:30", 1,
     "9:8 start: expected a time like 2023-12-13T03:00:13+02:00"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 2023-02-30T05:00:00+02:00", 1,
     "9:8 start: no such time: '2023-02-30T05:00:00+02:00' (day is out of range for month)"),
    ("start: 2023-12-12T05:00:00+02:00", "start: +1h", 1, "9:8 start: expected a time like 2023-12-13T03:00:13+02:00"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 1823-12-12T05:00:00+02:00", 1,
     "9:8 start: expected a time between the years 1900 and 2200, found '1823-12-12T05:00:00+02:00'"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 2023-12-13T05:00:00+02:00", 10,
     "20:12 chapters.outage.until: expected a time after its begin, 2023-12-13T05:00:00+02:00, found"),
    ("start: 2023-12-12T05:00:00+02:00", "start: 2003-12-13T05:00:00+02:00", 11,
     "33:9 events[0].at: more than ten years after the start, 2003-12-13T05:00:00+02:00: correct one of them"),
    ("  - id: warn\n", "  - id: Warn\n", 1,
     "12:9 objectives[0].id: expected lower-case letters, digits and hyphens, starting with a letter or digit, at"),
    ("{id: assess,", "{id: warn,", 1,
     "15:10 objectives[1].id: `warn` is the id of what stands on line 12 already: write an `id` of its own"),
    ("[before, alert]", "[before, alart]", 1, "17:16 play[1]: unknown chapter `alart`; did you mean `alert`?"),
    ("[before, alert]", "[alert, before]", 1,
     "17:15 play[1]: `before` comes before `alert` in time: play goes forward only"),
    ("[before, alert]", "[alert, alert]", 1, "17:15 play[1]: `alert` is played already: a chapter is played once"),
    ("[before, alert]", "before", 1, "17:7 play: expected a list, found 'before'"),
    ("    from: 2023-12-13T02:45:00+02:00", "    from: 2023-12-12T02:45:00+02:00", 1,
     "23:11 chapters.before.from: expected 2023-12-13T02:45:00+02:00 or later, when `outage` ends, found"),
    ("    until: 2023-12-13T02:59:00+02:00", "    until: 2023-12-12T02:59:00+02:00", 1,
     "24:12 chapters.before.until: expected a time after its begin, 2023-12-13T02:45:00+02:00, found"),
    ("rate: 60", "rate: 0", 1, "25:11 chapters.before.rate: expected more than 0, found 0"),
    ("rate: 60", "rate: .nan", 1, "25:11 chapters.before.rate: expected 1,000,000 or less, found nan"),
    ("rate: 60", "rate: .inf", 1, "25:11 chapters.before.rate: expected 1,000,000 or less, found inf"),
    ("  outage:\n    until", "  Outage:\n    until", 1,
     "19:3 chapters.Outage: expected lower-case letters, digits and hyphens, starting with a letter or digit, at"),
    ("  alert:\n    until", "  this-is-not-a-drill:\n    until", 2, "17:16 play[1]: unknown chapter `alert`"),
    ("  - id: kyivstar-down\n", "  -\n", 1, "33:5 events[0]: `id` is missing: add it"),
    ("- id: ballistic-night", "- id: kyivstar-down", 2,
     "52:9 events[1].id: `kyivstar-down` is the id of what stands on line 32 already: write an `id` of its own"),
    ("operator: kyivstar", "operator: kyivstr", 2,
     "35:17 events[0].outage.operator: operator is kyivstr here, but kyivstar in `outage` (facts.yaml, line 19):"),
    ("operator: kyivstar\n", "operator: operator-c\n", 2,
     "35:17 events[0].outage.operator: operator is operator-c here, but kyivstar in `outage` (facts.yaml, line"),
    ("onset: 90m", "onset: 90", 1,
     "36:14 events[0].outage.onset: expected a duration like 90s, 15m, 2h, 1h30m or 00:12:30, found 90"),
    ("onset: 90m", "onset: 1:30", 1,
     "36:14 events[0].outage.onset: expected a duration like 90s, 15m, 2h, 1h30m or 00:12:30, found '1:30'"),
    ("onset: 90m", "onset: 2h", 1,
     "36:14 events[0].outage.onset: onset is 2h here, but 1h30m in `outage` (facts.yaml, line 19): correct one"),
    ("voice: 0.0, sms", "vioce: 0.0, sms", 1,
     "37:12 events[0].outage.up.vioce: expected voice, sms, data or fixed, found 'vioce'; did you mean `voice`?"),
    ("sms: 0,", "sms: 1.5,", 1, "37:29 events[0].outage.up.sms: expected 1 or less, found 1.5"),
    ("{vodafone-ua: {load", "{kyivstar: {load", 1,
     "38:20 events[0].outage.spill_over.kyivstar: `kyivstar` is the operator that fails: name another one it"),
    ("{load: 1.3}", "{load: 1.4}", 1,
     "38:40 events[0].outage.spill_over.vodafone-ua.load: load.vodafone-ua is 1.4 here, but 1.3 in `outage`"),
    ("{load: 1.3}", "{lod: 1.3}", 1,
     "38:34 events[0].outage.spill_over.vodafone-ua.lod: unknown field `lod`; did you mean `load`?"),
    ("2023-12-12T22:00:00+02:00\n", "2023-12-12T06:00:00+02:00\n", 1,
     "40:15 events[0].outage.restoration[0].at: expected 2023-12-12T06:56:00+02:00 or later (the onset, or the"),
    ("over: 19h55m", "over: 20", 1,
     "44:17 events[0].outage.restoration[1].over: expected a duration like 90s, 15m, 2h, 1h30m or 00:12:30, found"),
    ("cite: [voice-back]", "cite: [voice-bak]", 1,
     "46:18 events[0].outage.restoration[1].cite[0]: unknown fact `voice-bak`; did you mean `voice-back`?"),
    ("cite: [article.p2, outage]", "cite: article.p2", 1, "48:11 events[0].cite: expected a list, found 'article.p2'"),
    ("count: 6", "count: 5", 2,
     "55:14 events[1].strike.salvo: launched is 9 here, but 10 in `strike` (facts.yaml, line 29): correct one"),
    ("count: 6", "count: six", 1, "55:43 events[1].strike.salvo[0].count: expected a whole number, found 'six'"),
    ("count: 6", "count: 0", 1, "55:43 events[1].strike.salvo[0].count: expected 1 or more, found 0"),
    ("weapon: iskander-m", "weapon: iskandr-m", 1,
     "55:24 events[1].strike.salvo[0].weapon: unknown weapon `iskandr-m`; did you mean `iskander-m`?"),
    ("weapon: s-400", "weapon: iskander-m", 1,
     "55:56 events[1].strike.salvo[1].weapon: `iskander-m` stands in this salvo already: add the counts up"),
    ("target: UA-30", "target: UA-99", 1,
     "56:15 events[1].strike.target: no area is called 'UA-99': write an id (`UA-32`, `UA-32/75`, `75`,"),
    ("target: UA-30", "target: Pechersk", 1,
     "56:15 events[1].strike.target: no area is called 'Pechersk': the nearest are UA-71 (Cherkaska oblast);"),
    ("target: UA-30", "targt: UA-30", 1, "56:7 events[1].strike.targt: unknown field `targt`; did you mean `target`?"),
    ("target: UA-30", "target: UA-32", 1,
     "56:15 events[1].strike.target: target is UA-32 here, but UA-30 in `strike` (facts.yaml, line 29): correct"),
    ("intercepted: 10", "intercepted: 9", 2,
     "59:16 events[1].strike.outcome: expected intercepted and impacted to make 10, the whole salvo, found 9 and 0"),
    ("    cite: [article.p1, strike]\n    invented: six and four\n", "", 1,
     "54:5 events[1].strike: nothing is cited: `cite` facts, or say under `invented` what is assumed and why"),
    ("cite: [article.p1, strike]", "cite: [article.p9, strike]", 1,
     "60:12 events[1].cite[0]: unknown fact `article.p9`; did you mean `article.p3`?"),
    ("cite: [article.p1, strike]", "cite: [article.p1]", 1,
     "55:14 events[1].strike.salvo: no cited fact gives launched 10: cite one that has it as a `value`"),
    ("  - alert:\n", "  - alrt:\n", 1,
     "62:5 events[2]: expected an entry with one of the fields strike, alert, incident, outage, broker, inject"),
    ("  - alert:\n", "  - news: {text: x}\n    alert:\n", 1,
     "63:5 events[2].alert: `alert` beside `news`: make an entry of its own of it"),
    ("raised: 2023-12-13T03:00:13+02:00", "raised: 2023-12-13T03:00:14+02:00", 1,
     "64:15 events[2].alert.raised: raised is 2023-12-13T03:00:14+02:00 here, but 2023-12-13T03:00:13+02:00 in"),
    ("cleared: 2023-12-13T03:37:36+02:00", "cleared: 2023-12-13T02:37:36+02:00", 2,
     "65:16 events[2].alert.cleared: cleared is 2023-12-13T02:37:36+02:00 here, but 2023-12-13T03:37:36+02:00 in"),
    ("cleared: 2023-12-13T03:37:36+02:00", "cleared: 2023-12-13T03:15:36+02:00", 2,
     "65:16 events[2].alert.cleared: cleared is 2023-12-13T03:15:36+02:00 here, but 2023-12-13T03:37:36+02:00 in"),
    ("at: 2023-12-13T03:20:00", "at: 2023-12-13T03:05:00", 1,
     "69:15 events[2].alert.updates[1].at: expected 2023-12-13T03:10:00+02:00 or later (an update follows the"),
    ("            - drones", "            - drone", 1,
     "71:15 events[2].alert.updates[1].threats[0]: expected ballistic_missiles, cruise_missiles, drones,"),
    ("objective: warn", "objective: wran", 1,
     "72:64 events[2].expect[0].objective: unknown objective `wran`; did you mean `warn`?"),
    ("threats: [ballistic_missiles]\n", "threats: ballistic_missiles\n", 1,
     "66:16 events[2].alert.threats: expected a list, found 'ballistic_missiles'"),
    ("cause: ballistic-night", "cause: balistic-night", 1,
     "79:14 events[3].incident.cause: unknown entry `balistic-night`; did you mean `ballistic-night`?"),
    ("cause: ballistic-night", "cause: injured", 1,
     "79:14 events[3].incident.cause: an incident does not cause itself: name another entry, or leave `cause` out"),
    ("area: м. Київ", "area: Київщин", 1,
     "78:13 events[3].incident.area: no area is called 'Київщин': the nearest are UA-32 (Київська область); UA-30"),
    ("area: м. Київ", "area: [UA-30]", 1,
     "78:13 events[3].incident.area: expected the name or id of an area, as text, found a list of 1"),
    ("injured: 25,", "injured: 26,", 1,
     "87:33 events[3].incident.updates[0].casualties.injured: injured is 26 here, but 25 in `injured-25`"),
    ("injured: 25,", "injured: -1,", 1,
     "87:33 events[3].incident.updates[0].casualties.injured: expected 0 or more, found -1"),
    ("injured: 25, hosp", "hurt: 25, hosp", 1,
     "87:24 events[3].incident.updates[0].casualties.hurt: unknown field `hurt`"),
    ("killed: 0,", "killed: '0',", 1,
     "90:45 events[3].incident.updates[1].casualties.killed: expected a whole number, found '0'"),
    ("    cite: [injured-25]\n", "    invented: all of it\n", 2,
     "87:33 events[3].incident.updates[0].casualties.injured: no cited fact gives injured 25: cite one that has"),
    ("at: 2023-12-13T04:35:00", "at: 2023-12-13T10:35:00", 2,
     "81:15 events[3].incident.updates[0].at: at is 2023-12-13T10:35:00+02:00 here, but 2023-12-13T04:35:00+02:00"),
    ("              серед них діти", "              це не навчання", 1,
     "86:15 events[3].incident.updates[0].text.uk: “це не навчання” contradicts the exercise mark that every"),
    ("it''s the last count", "it''s  not a\n            drill", 1,
     "89:43 events[3].incident.updates[1].text: “it's not a drill” contradicts the exercise mark that every"),
    ("at: +22:20:00", "at: 22:20:00", 1, "96:9 events[4].at: expected a time like 2023-12-13T03:00:13+02:00"),
    ("at: +22:20:00", "at: 45000", 1, "96:9 events[4].at: expected a time like 2023-12-13T03:00:13+02:00"),
    ("type: expected_action", "type: expected", 1,
     "98:13 events[4].inject.type: expected contextual, expected_action or contingency, found 'expected'; did you"),
    ("method: phone", "method:", 1, "99:14 events[4].inject.method: expected a text, found nothing"),
    ("      text:\n        A plain text\n        on two lines\n", "      text: ''\n", 1,
     "107:13 events[5].news.text: expected a text of 1 or more characters, found ''"),
    ("        on two lines", "        this is not a drill", 1,
     "109:9 events[5].news.text: “this is not a drill” contradicts the exercise mark that every message carries"),
    ("cite: [siren]\n  - id: injured", "cite: [strike]\n  - id: injured", 2,
     "64:15 events[2].alert.raised: no cited fact gives raised 2023-12-13T03:00:13+02:00: cite one that has it as"),
    ("\n  - id: injured\n", "\n  - id: injured\n    id: twice\n", 1,
     "75:5 events[3].id: `id` is given twice, first on line 74: remove one"),
    ("invented: six and four", "invented: " + "six, four " * 50, 1,
     "61:15 events[1].invented: expected a text of 400 characters or fewer, found 499"),
    ("    track: casualties", "    track: &t casualties", 1,
     "75:12 events[3].track: `&t` begins like an anchor or alias of YAML"),
    ("    track: casualties", "    track: *t", 1, "75:12 events[3].track: `*t` begins like an anchor or alias of YAML"),
    ("    track: casualties", "    <<: {track: casualties}", 1,
     "75:5 : merge keys (`<<`) are not used here: write the fields out"),
    ("    track: casualties", "    track: !!python/object:os.system casualties", 1,
     "75:12 events[3].track: `!!python/object:os.system` begins like a tag of YAML"),
    ("    track: casualties", "    1: casualties", 1,
     "75:5 : expected the name of a field, found 1: write a name, or put it in quotes"),
    ("    track: casualties", "    track: \tcasualties", 1, "75:12 : a tab: write spaces instead"),
    ("    track: casualties", "   track: casualties", 1,
     "75:4 : this fits nothing above: look at the indentation and the quotation marks of this line"),
    ("    track: casualties", "    track: casualties: x", 1,
     "75:22 : a colon cannot stand here: look at the indentation, at the space after the colon above, or put the"),
    ("    track: casualties", '    track: "casualties', 1,
     "83:18 : this fits nothing above: look at the indentation and the quotation marks of this line"),
    ("    track: casualties", "    track: [casualties", 1,
     "76:14 : expected a comma or `]`: is a bracket or a quotation mark left open?"),
    ("events:\n", "events: 5\nevent:\n", 2, "31:9 events: expected a list of entries, found 5"),
    ("  - id: call\n", "  - hello\n  - id: call\n", 1,
     "95:5 events[4]: expected an entry with one of the fields strike, alert, incident, outage, broker, inject"),
    ("  - id: call\n", "  - {}\n  - id: call\n", 1,
     "95:5 events[4]: expected an entry with one of the fields strike, alert, incident, outage, broker, inject"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "count", "said"), MISTAKES)
def test_a_mistake_is_found_where_it_is(right: str, wrong: str, count: int, said: str) -> None:
    """One mistake in a scenario that is right makes a problem at its own line and column, in plain words."""
    assert right in RICH
    found = problems(RICH.replace(right, wrong, 1))
    assert len(found) == count
    assert f"{found[0].line}:{found[0].column} {found[0].field}: {found[0].message}".startswith(said)


ADVICE = [
    # what is written, what is written instead, how the first problem ends
    ("Callers ask whether the danger is over,", "Two injured, one is in hospital.,",
     "; known: uk, en; if it belongs to a text, put quotation marks around the text"),
    ("Callers ask whether the danger is over,", "Callers: is it over,", "? A text with a colon needs quotation marks"),
    ("seed: 7", "sed: 7", "did you mean `seed`?"),
    ("voice: 0.0, sms", "voice: 30%, sms", "expected a number, found '30%'; write 0.3"),
    ("voice: 0.0, sms", "voice: some, sms", "expected a number, found 'some'"),
    ("voice: 0.0, sms", "voice: 5, sms", "expected 1 or less, found 5; write 0.05"),
    ("voice: 0.0, sms", "voice: 500, sms", "expected 1 or less, found 500"),
    ("voice: 0.0, sms", "voice: 1.5, sms", "expected 1 or less, found 1.5"),
    ("{load: 1.3}", "{load: 130}", "expected 100 or less, found 130"),
    ("threats: [ballistic_missiles]\n", "threats: drones\n", "expected a list, found 'drones'; write [drones]"),
    ("[{weapon: iskander-m, count: 6}, {weapon: s-400, count: 4}]", "shahed", "expected a list, found 'shahed'"),
    ("05:00:00+02:00", "05:00:00Z", "; the offset is missing: a number like +02:00 at its end, in summer +03:00"),
    ("2023-12-12T05:00:00+02:00", "2023-12-12 05:00", "a number like +02:00 at its end, in summer +03:00"),
    ("2023-12-12T05:00:00+02:00", "yesterday", "found 'yesterday'"),
    ("invented: exercise inject", "only_if: {injured: reported}", "found the fields injured; write injured:reported"),
    ("invented: exercise inject", "unless: {}", "expected a text, found no fields at all"),
    ("invented: exercise inject", "invented: {a: b}", "expected a text, found the fields a"),
    ("to: duty-officer", "to: Duty officer", "found 'Duty officer'; write `duty-officer`"),
    ("to: duty-officer", "to: Черговий", "found 'Черговий'; write `cherhovyi`"),
    ("to: duty-officer", "to: '!'", "found '!'"),
    ("operator: kyivstar", "operator: Operator A", "found 'Operator A'; write `operator-a`"),
    ("cite: [article.p1, strike]", "cite: [Article]", "starting with a letter or digit, at most 63, found 'Article'"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), ADVICE)
def test_what_was_meant_is_told_where_it_is_plain(right: str, wrong: str, said: str) -> None:
    """Quotation marks, shares, lists, offsets, stages and names as they are to be written; no guesses."""
    assert right in RICH
    assert problems(RICH.replace(right, wrong, 1))[0].message.endswith(said)


FACTS_MISTAKES = [
    ("article:\n  title: A report on the night", "article:\n  titel: A report on the night", 1,
     "facts.yaml:2:3: article.titel: unknown field `titel`; did you mean `title`?"),
    ("  p2:\n", "  p4:\n", 4,
     "facts.yaml:9:3: paragraphs.p4: nothing cites article.p4: cite it where it is used, or say why not under"),
    ("  p2:\n", "  q2:\n", 4,
     "facts.yaml:9:3: paragraphs.q2: expected the paragraphs as p1, p2, p3 and so on, at most p99, found 'q2'"),
    ("    unused: It tells of nothing that happens.\n", "", 1,
     "facts.yaml:11:3: paragraphs.p3: nothing cites article.p3: cite it where it is used, or say why not under"),
    ("An operator failed in the same days.", "short", 1,
     "facts.yaml:10:13: paragraphs.p2.retold: expected a text of 10 or more characters, found 'short'"),
    ("An operator failed in the same days.", "An operator failed in the same days.\n    unused: It is cited though.", 1,
     "facts.yaml:11:5: paragraphs.p2.unused: article.p2 is cited: remove `unused`, or the citation"),
    ("  strike:\n", "  article.strike:\n", 2,
     "facts.yaml:25:3: facts.article.strike: `article.strike`: names that begin with `article.` are those of"),
    ("  strike:\n", "  outage:\n", 2,
     "facts.yaml:25:3: facts.outage: `outage` is given twice, first on line 15: remove one"),
    ("confidence: assumed", "confidence: guessed", 1,
     "facts.yaml:28:17: facts.strike.confidence: expected verified, read or assumed, found 'guessed'"),
    ("onset: 1h30m", "onset: 90", 1,
     "facts.yaml:19:71: facts.outage.value.onset: expected a duration like 90s, 15m, 2h, 1h30m or 00:12:30, found"),
    ("at: 2023-12-12T05:26:00+02:00, onset", "at: 05:26, onset", 1,
     "facts.yaml:19:37: facts.outage.value.at: expected a time like 2023-12-13T03:00:13+02:00"),
    ("area: UA-30", "area: UA-31", 1, "facts.yaml:34:19: facts.siren.value.area: no area is called 'UA-31'"),
    ("launched: 10", "launched: 11", 1,
     "night.yaml:55:14: events[1].strike.salvo: launched is 10 here, but 11 in `strike` (facts.yaml, line 29):"),
    ("launched: 10", "launched: ten", 1,
     "facts.yaml:29:23: facts.strike.value.launched: expected a whole number, found 'ten'"),
    ("launched: 10", "launched: [10]", 1,
     "facts.yaml:29:23: facts.strike.value.launched: expected a number or a text, found a list of 1"),
    ("launched: 10", "launched: true", 1,
     "facts.yaml:29:23: facts.strike.value.launched: expected a number or a text, found true"),
    ("launched: 10", "launched: .nan", 1,
     "facts.yaml:29:23: facts.strike.value.launched: expected a number or a text, found nan"),
    ("between: [article.p1, injured-53]", "between: [article.p1]", 1,
     "facts.yaml:46:14: conflicts[0].between: expected a list of 2 or more, found a list of 1"),
    ("between: [article.p1, injured-53]", "between: [article.p1, injured-54]", 2,
     "facts.yaml:46:27: conflicts[0].between[1]: unknown fact `injured-54`; did you mean `injured-53`?"),
    ("follows: injured-53", "follows: injured-25", 1,
     "facts.yaml:48:14: conflicts[0].follows: expected one of those in `between`, article.p1 or injured-53, found"),
    ("  - between", "  - betwen", 1,
     "facts.yaml:46:5: conflicts[0].betwen: unknown field `betwen`; did you mean `between`?"),
    ("article:\n  title: A report on the night\n  language: en\n  note: It gives no hour.\n", "", 1,
     "facts.yaml:1:1: `article` is missing: add it"),
    ("facts:\n", "fakts:\n", 9, "facts.yaml:14:1: fakts: unknown field `fakts`; did you mean `facts`?"),
    ("up.voice: 0.99}", "up.voice: 1}", 1,
     "night.yaml:45:23: events[0].outage.restoration[1].up.voice: up.voice is 0.99 here, but 1 in `voice-back`"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "count", "said"), FACTS_MISTAKES)
def test_a_mistake_in_the_facts_is_found_where_it_is(right: str, wrong: str, count: int, said: str) -> None:
    """So it is in the facts; where a scenario does not agree with them, the scenario is named and the fact with it."""
    assert right in FACTS
    found = problems(RICH, FACTS.replace(right, wrong, 1))
    assert len(found) == count
    assert str(found[0]).startswith(said)


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        (RICH, None, "night.yaml:3:8: basis: a historical scenario rests on facts: write a facts.yaml beside it"),
        ("", FACTS, "night.yaml:1:1: the file is empty: a scenario begins with `alertsim: 1`"),
        ("- a", FACTS, "night.yaml:1:1: expected names with values, found a list of 1: a scenario begins with"),
        (RICH, "- a", "facts.yaml:1:1: expected `article`, `paragraphs` and `facts`, found a list of 1"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_has_one_problem(text: str, facts: str | None, said: str) -> None:
    """What is no scenario, or has no facts, is told so and nothing else."""
    (only,) = problems(text, facts)
    assert str(only).startswith(said)


def test_the_scenario_itself_is_right() -> None:
    """What the mistakes are made in has none."""
    assert problems() == ()


def test_no_mistake_hides_another() -> None:
    """Mistakes in the header, in each entry and in the facts are all found at once, in the order of the files."""
    mistakes = [
        ("alertsim: 1", "alertsim: 2", 2),
        ("seed: 7", "seed: -1", 8),
        ("rate: 60", "rate: 0", 25),
        ("onset: 90m", "onset: 90", 36),
        ("voice: 0.0, sms", "vioce: 0.0, sms", 37),
        ("weapon: iskander-m", "weapon: iskandr-m", 55),
        ("raised: 2023-12-13T03:00:13+02:00", "raised: 2023-12-13T03:00:14+02:00", 64),
        ("injured: 25,", "injured: 26,", 87),
        ("at: +22:20:00", "at: 22:20:00", 96),
        ("on two lines", "This is not a drill", 109),
    ]
    text = RICH
    for right, wrong, _ in mistakes:
        text = text.replace(right, wrong, 1)
    found = problems(text, FACTS.replace("    unused: It tells of nothing that happens.\n", ""))
    assert [(problem.file, problem.line) for problem in found] == [
        ("facts.yaml", 11),
        *(("night.yaml", line) for _, _, line in mistakes),
    ]
