"""How words make a sentence that contradicts the exercise mark, and which sentences only look so.

A pattern is a regular expression over words. `NAME` is a word that plays this part (see `PARTS`), with any pause after
it; `NAME~` one that flows into the next word; `NAME_` one with at most a comma. `ONE/TWO` plays either part, `^NAME`
does not play it; a word in small letters is itself; `<gap>` is one of the `PHRASES`. `OTHER` is a word no language
lists, `ANY` any word, `PAUSE` a pause or the end of the text, `ASKED` a question mark.
Every repetition is bounded, so that reading takes linear time.
"""

from typing import NamedTuple

PARTS = {
    "THIS": "what is spoken of",
    "ITS": "what is spoken of, with its `is` said or understood",
    "BE": "is, was, will be",
    "THING": "what is real only where the mark is false: an attack, an alert",
    "RISK": "what may be called real all the same, as mines are a real danger; not so in `the danger is real`",
    "MESSAGE": "real only in `this is a real …`, because `настоящее сообщение` is just `this message`",
    "KIND": "what alerts and drills may be called before their noun",
    "NOT": "not",
    "NO": "no; with a pause after it, it is an answer and denies nothing that follows",
    "NONE": "there is none, said after the noun",
    "ANSWER": "no, as an answer",
    "AUX": "makes `not` deny a verb",
    "DONT": "denies or forbids a verb",
    "A": "articles and their like",
    "FILLER": "may stand between a denial and what it denies",
    "SORT": "this sort of drill",
    "LINK": "does not look like, feel like",
    "ADJ": "looks like an adjective or adverb; a verb in its place would make another sentence",
    "DRILL": "what the mark says this is",
    "DRILLS": "drills that there are none of",
    "DRILLING": "doing what the mark says",
    "AFTERIN": "drills one is not in, in that case",
    "SOFT": "drills of which `no …` denies nothing: no training needed",
    "PRETENCE": "says the same as the mark, but is denied only of `this`: this is no joke",
    "FALSE": "of an alarm, says the same as the mark",
    "EDUCATION": "after a word for drills, shows that it meant a school, a gym, a laboratory or a workshop",
    "SCHOOLING": "before a word for drills, shows the same; in no pattern, so that no denial reaches across it",
    "VIRTUE": "a test of these is no exercise",
    "PERSON": "people who are not part of the exercise may be spoken of",
    "HELD": "drills are held, or are not",
    "REAL": "what the mark denies",
    "ISREAL": "what the mark denies, said of a thing",
    "COMBAT": "real, of an alarm",
    "LIVE": "real, in `this is a live …`",
    "TRUE": "real, in `this is a true …`",
    "REALLY": "really happening",
    "HAPPENING": "really happening",
    "ATTACKED": "really attacked",
    "BECAME": "became real",
    "ALARM": "alarms, which have rules: a real one may come at any time",
    "ALERTS": "alarms in general",
    "GENERIC": "after a real alert, shows that any such alert is meant, not this one",
    "MODAL": "the same, after an alarm",
    "DIFFERS": "drills differ from real alerts",
    "IF": "opens a clause about what is not so now",
    "CASE": "in that case",
    "UNREAL": "directly before a real alert, shows that some other one is meant",
    "OR": "asks: real, or a drill?",
    "LABEL": "the mark",
    "IGNORE": "asks not to heed",
    "HEED": "what one is asked not to do with the mark",
    "WRONG": "what the mark may be called",
    "VALID": "what the mark may be said not to be",
    "MARKED": "somebody marked it so",
    "DESPITE": "despite the mark",
    "TREAT": "asks to take this as something",
    "CONFUSE": "asks not to take this for something",
    "THINK": "what one is asked not to think or say of this",
    "AS": "treat as, take for, confuse with",
    "RELATED": "part of the exercise, or connected with it",
    "CEASED": "is no longer",
    "GRAMMAR": "plays no other part, and ends the reach of a denial",
}

PHRASES = {
    "subject": "THIS KIND/THING{0,2} BE/FILLER/ADJ{0,4}",
    "gap": "(FILLER/A/ADJ|SORT of|by A means|in A way|in~ a/an|in~ fact|at~ all|i/we~ repeat){0,6}",
    "drill": "DRILL~(?!EDUCATION) PAUSE?",
    "this is": "(THIS~ KIND/THING/one~{0,2} (you~ OTHER~)? BE | ITS | KIND~{0,2} THING/RISK~ (you~ OTHER~)? BE)",
    "more than": "more/other/far/beyond/anything/більше/больше/щось FILLER? than/but/from/ніж/як/чем/за?",
    "real thing": "REAL KIND~{0,3} THING~",
    "real alone": "REAL~(?=PAUSE|NOT|GRAMMAR|UNREAL|THIS)",
    "something real": "THING/KIND/MESSAGE/life/time/help/work/progress/estate/money",
    "really": "(REALLY|на самом деле)",
    "mark": "(LABEL ANY_{0,2} DRILL | DRILL ANY_? LABEL)",
    "ignore": "(IGNORE | NOT/DONT be? HEED (уваги/увагу/внимания/внимание)? | pay~ no~ attention/heed)",
}


class Claim(NamedTuple):
    """Something no text may say: the sentences that say it, and those that look so but agree with the mark.

    Where two sentences begin at one word, the one that agrees is heard, and then the one listed first. A text without
    any of the words that the claim is `about` is not searched for it.
    """

    about: str
    agrees: tuple[str, ...]
    contradicts: tuple[str, ...]


NOT_AN_EXERCISE = Claim(
    about="DRILL/DRILLS/SOFT/AFTERIN/DRILLING/PRETENCE/FALSE/run/game/tested/rehearsed/joke/jokes/joking/kidding",
    agrees=(
        "(AUX NOT~ | DONT~ | never~) FILLER? drill/exercise/test/train/practice/simulate",
        "NO~ KIND/ADJ~{0,2} DRILL~ (NOT~ OTHER | can/could/would/will)",
        "NO~ <gap> DRILL BE/AUX{1,3} HELD/cancelled/missed/interrupted",
        "NOT only/лише/тільки/только <gap> DRILL ANY_{0,4} but/а/але/но also/й/и",
        "<subject>? NOT <gap> test of A? VIRTUE",
        "PERSON ANY_{0,4} NOT/DONT RELATED",
        "whether~ or~ not",
    ),
    contradicts=(
        "<subject>? NOT <gap> (KIND~{0,3} <drill> | dry/trial~ run | war~ game)",
        "<subject>? (NOT|DONT BE) FILLER{0,3} A~ OTHER/KIND/THING/ADJ/FILLER~{1,4} <drill>",
        "<subject>? NOT в/у/с/со/з/на ADJ~? AFTERIN~(?!EDUCATION)",
        "<subject>? no~ longer <gap> <drill>",
        "no~ way/means/sense/circumstances <gap> <drill>",
        "NO~ FILLER/KIND/ADJ{0,4} (?!SOFT)<drill>",
        "NO~ SOFT~ PAUSE",
        "<subject> NO FILLER/KIND/ADJ{0,4} <drill>",
        "навряд/вряд чи/ли THIS? <gap> <drill>",
        "NOT/DONT (LINK AS/like? | BE) <gap> <drill>",
        "NOT/DONT OTHER~? THINK ANY_{0,3} (ITS | THIS THING? BE/A) <gap> <drill>",
        "NOT/DONT~ OTHER/AUX~? TREAT/CONFUSE ANY_{0,4} AS <gap> <drill>",
        "NOT/DONT~ think of ANY_{0,2} as <gap> <drill>",
        "NOT/DONT/nothing ANY_{0,2} (RELATED | to~ do~ with) AS/A/FILLER/to/of/our/до/к/ко{0,4} <drill>",
        "unrelated/unconnected to/with A? <drill>",
        "THIS BE/FILLER{0,3} <more than> <gap> <drill>",
        "CEASED to? BE <gap> <drill>",
        "(?!SOFT)DRILL~ PAUSE ANSWER~ PAUSE",
        "SOFT~ ASKED ANSWER~ PAUSE",
        "DRILL~ PAUSE THIS BE? NOT~ PAUSE",
        "DRILL~ THIS~ (NOT~ BE~ | BE~ NOT~) PAUSE",
        "DRILLS~ ANY_? NONE",
        "DRILLS~ ANY_{0,2} NOT HELD",
        "NOT FILLER{0,2} DRILLING~ (PAUSE | here/now/today/THIS)",
        "we/we're/ми/мы BE? NOT FILLER{0,2} DRILLING",
        "THING/MESSAGE BE NOT FILLER{0,2} tested/rehearsed",
        "THIS BE/FILLER{0,4} NOT/NO FILLER/A{0,4} PRETENCE",
        "THIS/THING BE/FILLER{0,4} NOT/NO FILLER/A{0,4} FALSE~ (PAUSE | KIND~{0,2} THING)",
        "(?<![^,.?]) NOT FILLER/A{0,3} PRETENCE~ PAUSE",
        "no~ joke/jokes/joking/kidding~ PAUSE",
    ),
)

REAL = Claim(
    about="REAL/real/ISREAL/COMBAT/LIVE/TRUE/REALLY/bona/reality/реальність/реальность/деле/duff",
    agrees=(
        "NOT/NO/NONE/without/none/nothing/ніщо/ничто~ (FILLER/A/ADJ/for|SORT of){0,5} REAL/COMBAT/LIVE/REALLY",
        "none/nothing/ніщо/ничто~ ^REAL_{0,5} REAL",
        "NOT/DONT~ TREAT/CONFUSE/THINK/BE/LINK ^REAL_{0,5} REAL/COMBAT",
        "(AUX~ NOT~ | NOT/DONT~) OTHER~ A/FILLER{0,2} REAL",
        "(IF_|CASE~|the~ event~|in~ the? case~) ^REAL/TREAT_{0,8} REAL/COMBAT~ (KIND~{0,3} THING/MESSAGE)?",
        "UNREAL~ of/A/FILLER/KIND/ADJ{0,3} REAL/COMBAT~ (KIND~{0,3} THING/MESSAGE)?",
        "for~ A? REAL KIND~{0,3} THING/MESSAGE/ALERTS",
        "(had | as~ though) ^REAL_{0,4} REAL",
        "should~ (A | there be A) REAL",
        "same/such~ as~ A? REAL",
        "based~ on~ A? REAL",
        "between/між/между~ ^REAL_{0,6} REAL",
        "DIFFERS ANY_{0,4} <real thing>",
        "THIS/BE/A/KIND/THING/RISK/FILLER{0,6} REAL KIND~{0,3} THING/MESSAGE~? (ASKED | ,? OR A? FILLER{0,2} DRILL)",
        "(?!ISREAL)<real thing> NONE",
        "<real thing> BE/AUX~? NOT",
        "про/о/об? <real thing> GENERIC/time/times/map/sound/tone/data/vs/versus",
        "REAL KIND~{0,2} ALARM~ MODAL",
        "<real thing> (sounds~ like | brigade/engine/engines/truck/trucks/department/station)",
        "звучить/звучит/виглядає/виглядала/выглядит/выглядела~ б/би/бы? REAL",
        "справжні/реальні/настоящие/реальные тривоги/сигнали/тревоги/сигналы",
    ),
    contradicts=(
        "(<this is>|is|are) FILLER/ADJ/REALLY/all{0,4} real/genuine/legit/authentic~(?!<something real>) PAUSE?",
        "<this is> FILLER/A/ADJ/REALLY{0,4} REAL/LIVE/COMBAT/TRUE KIND~{0,3} THING/RISK/MESSAGE",
        "<this is> FILLER{0,3} reality/реальність/реальность~ (?=PAUSE)",
        "(THIS | THIS? KIND~{0,2} THING/RISK/MESSAGE) BE/FILLER/REALLY/THIS{0,4} <real alone>",
        "THING/RISK~ BE/FILLER/REALLY/THIS~{0,4} ISREAL",
        "THIS~ KIND~? MESSAGE~ BE/FILLER/REALLY~{0,4} ISREAL",
        "THING/RISK/MESSAGE~ BE~ FILLER{0,2} (?!real/actual/genuine)REAL",
        "ALARM BE/FILLER{0,3} COMBAT~ (?=PAUSE|NOT|GRAMMAR|UNREAL|THIS)",
        "we/you/we're/you're/ми/ви/мы/вы~ BE? FILLER? in/under/у/в/під/под~ A? REAL",
        "(REAL | bona fide) (KIND{0,3} THING | KIND{1,3} RISK)",
        "COMBAT KIND~? ALARM",
        "REAL RISK~ (of A?)? KIND{0,2} THING",
        "the~ real~ thing/deal",
        "THING/RISK/MESSAGE яку/який/яке/які/которую/который/которое/которые ANY_{1,2} ISREAL",
        "REAL~ world~ PAUSE",
        "for~ real~ (?!THING/KIND/OTHER/MESSAGE/ALERTS)",
        "по~ REAL~ (?=PAUSE|NOT|THIS)",
        "ITS THIS? FILLER{0,2} по~ REAL",
        "(ITS | THIS/we BE | we're | THING BE?) FILLER{0,2} <really> FILLER{0,2} (HAPPENING | under/A? KIND~? THING)",
        "ITS FILLER{0,2} HAPPENING FILLER? (<really> | for real)",
        "ITS{1,2} FILLER? (REALLY~ | на самом деле~) (?=PAUSE)",
        "<really> FILLER{0,2} ATTACKED",
        "BECAME into/на/в/у? A? REAL/COMBAT~ (PAUSE | KIND~{0,3} THING)",
        "TREAT ^REAL/IF_{0,5} AS до/к/на/A/FILLER/ADJ{0,3} REAL/COMBAT~ (KIND~{0,3} THING)?",
        "TREAT~ REAL~ PAUSE",
        "TREAT A? THIS/THING/DRILL/MESSAGE ^REAL/IF_{0,3} REAL/COMBAT~ (KIND~{0,3} THING)?",
        "act/respond/react on/to/upon~ THIS KIND~? THING? AS A? REAL",
        "status/статус BE? REAL~ PAUSE",
        "no~ duff",
    ),
)

THE_MARK_IS_WRONG = Claim(
    about="DRILL/marking/markings/mark/label/позначку/пометку/маркування/маркировку",
    agrees=("NOT/DONT~ FILLER{0,2} IGNORE/WRONG",),
    contradicts=(
        "<ignore> ANY_{0,4} <mark>",
        "IGNORE A? THIS? DRILL~{1,3} (?=PAUSE)",
        "IGNORE A? THIS? marking/markings/mark/label/позначку/пометку/маркування/маркировку~ (?=PAUSE)",
        "IGNORE that/про/о/те/то/що/что/A{0,3} THIS BE? <gap> <drill>",
        "<mark> ^NOT/IF_{0,5} WRONG",
        "<mark> ANY_{0,3} NOT/DONT/no FILLER{0,2} VALID",
        "DRILL BE? MARKED FILLER/AS/by/in{0,3} WRONG",
        "DRILL~ PAUSE? (BE~ A? | ITS) WRONG",
        "MARKED/says FILLER/A/AS{0,3} DRILL FILLER/MESSAGE/LABEL/by/in/through/через/по{0,3} WRONG",
        "WRONG MARKED FILLER/A/AS/to/be{0,3} DRILL",
        "mislabelled/mislabeled/mismarked as? A? DRILL",
        "DESPITE ANY_{0,4} <mark>",
    ),
)

CLAIMS = (NOT_AN_EXERCISE, REAL, THE_MARK_IS_WRONG)
