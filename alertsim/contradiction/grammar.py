"""How words make a sentence that contradicts the exercise mark, and the sentences that only look so.

A pattern is a regular expression over words: `NAME` is a word of that class with any pause after it, `NAME~` one that
flows into the next word, `NAME_` one with at most a comma; `ONE/TWO` is a word of either class, `^NAME` any word
outside it; a word in small letters is itself. Every repetition is bounded, so reading takes linear time.
"""

from typing import NamedTuple

SUBJECT = "(THIS (KIND|THING){0,2} (BE|FILLER){0,4})?"
GAP = "(FILLER/A/ADJ|SORT of|by A means|in A way|in~ a){0,6}"
DRILL = "DRILL~(?!EDUCATION) PAUSE?"
THIS_IS = "(THIS~ (KIND~|THING~|one~){0,2} (you~ OTHER~)? BE|ITS|A? KIND~{0,2} THING/RISK~ (you~ OTHER~)? BE)"
MARK = "(LABEL ANY_{0,2} DRILL|DRILL ANY_{0,1} LABEL)"
IGNORE = "(IGNORE|(NOT|DONT) HEED (уваги|внимания|увагу)?|pay~ no~ attention|never~ mind)"


class Claim(NamedTuple):
    """A thing a text may not say: sentences that say it, and sentences that look so and agree with the mark.

    Where both begin at a word, the one that agrees is taken.
    """

    agrees: tuple[str, ...]
    contradicts: tuple[str, ...]


NOT_AN_EXERCISE = Claim(
    agrees=(
        "(AUX NOT~|DONT~) (drill|exercise|test|train|practice|simulate)",
        f"{SUBJECT} NOT {GAP} test of A? VIRTUE",
        f"NO~ {GAP} DRILL (BE|AUX){{1,3}} (HELD|cancelled|missed|interrupted)",
        "PERSON ANY_{0,4} (NOT|DONT) RELATED",
        f"NOT (only|лише|тільки|только) {GAP} DRILL ANY_{{0,4}} (but|а|але|но) (also|й|и)",
        "whether~ or~ not",
    ),
    contradicts=(
        f"{SUBJECT} NOT {GAP} {DRILL}",
        f"{SUBJECT} NOT {GAP} KIND~{{1,3}} {DRILL}",
        f"{SUBJECT} (NOT|DONT BE) FILLER{{0,3}} A~ (OTHER~|KIND~|THING~|ADJ~|FILLER~){{1,4}} {DRILL}",
        f"{SUBJECT} NOT (в|у|с|со|з|на) ADJ~? AFTERIN~(?!EDUCATION)",
        f"{SUBJECT} no~ longer {GAP} {DRILL}",
        f"NO~ (FILLER/KIND/ADJ~){{0,4}} (?!SOFT){DRILL}",
        f"THIS (BE|FILLER){{0,3}} NO (FILLER/KIND/ADJ~){{0,4}} {DRILL}",
        "NO~ SOFT~ PAUSE",
        f"(NOT|DONT) (LINK (AS|like)?|BE) {GAP} {DRILL}",
        f"(NOT|DONT) THINK ANY_{{0,3}} (ITS|THIS THING? BE/A) {GAP} {DRILL}",
        f"(NOT|DONT) TREAT/CONFUSE ANY_{{0,4}} AS {GAP} {DRILL}",
        f"(NOT|DONT|nothing) FILLER{{0,2}} (RELATED|to~ do) (to|of|with|our|до|к|ко|AS|A|FILLER){{0,4}} {DRILL}",
        f"(unrelated|unconnected) (to|with) A? {DRILL}",
        f"NOT ANY~ RELATED (до|к|ко) {DRILL}",
        f"THIS (BE|FILLER){{0,3}} (more|other|far|anything|більше|больше|щось) FILLER? (than|but|from|ніж|як|чем|за) "
        f"{GAP} {DRILL}",
        f"CEASED to? BE {GAP} {DRILL}",
        "DRILL~ PAUSE ANSWER~ PAUSE",
        "DRILL~ PAUSE THIS BE? NOT~ PAUSE",
        "DRILLS~ ANY_{0,1} NONE",
        "DRILLS~ ANY_{0,2} NOT HELD",
        "DRILL~ THIS~ NOT~ BE",
        "THIS (BE|FILLER){0,4} NOT/NO (FILLER/A){0,4} PRETENCE",
        "(THIS|THING) (BE|FILLER){0,4} NOT/NO (FILLER/A){0,4} FALSE~ (PAUSE|KIND~{0,2} THING)",
        "NOT FILLER{0,2} DRILLING~ (PAUSE|here|now|today|THIS)",
        "(?<![^,.?])NOT (FILLER/A){0,3} PRETENCE~ PAUSE",
        "NO~ (joke|jokes|joking|kidding)",
    ),
)

REAL = Claim(
    agrees=(
        "(NOT|NO|NONE|without|none|nothing|ніщо|ничто) (FILLER/A|for|SORT of|ADJ~){0,5} REAL/COMBAT/LIVE/REALLY",
        "(none|nothing|ніщо|ничто) ^REAL_{0,5} REAL",
        "(NOT|DONT) TREAT/CONFUSE/THINK/BE/LINK ^REAL_{0,5} REAL/COMBAT",
        "A? REAL KIND~{0,2} THING~ NONE~ (PAUSE|UNREAL)",
        "A? REAL KIND~{0,2} THING~ (BE~|AUX~) NOT",
        "(IF|CASE|the~ event|in~ case) ^REAL/TREAT_{0,8} REAL/COMBAT (KIND~{0,3} THING/MESSAGE)?",
        "(had|as~ though) ^REAL_{0,4} REAL",
        "should~ (A|there be A) REAL",
        "UNREAL~ (of|A|FILLER/KIND/ADJ~){0,3} REAL/COMBAT KIND~{0,3} (THING/MESSAGE)?",
        "between/між/между~ ^REAL_{0,6} REAL",
        "based~ on~ A? REAL",
        f"({THIS_IS})? (A|FILLER){{0,3}} REAL KIND~{{0,3}} (THING~|MESSAGE~)? (ASKED|,? OR A? FILLER{{0,2}} DRILL)",
        "(про|о|об)? A? REAL KIND~{0,2} THING~ (GENERIC|time|times|map|sound|tone|data)",
        "A? REAL KIND~{0,2} ALERTS",
    ),
    contradicts=(
        f"({THIS_IS}|is|are) (FILLER|ADJ~|REALLY|all){{0,4}} real/genuine/legit/authentic~"
        "(?!THING|KIND|MESSAGE|life|time|help|work|progress|estate|money)PAUSE?",
        "its~ real~ PAUSE",
        "(ITS|THIS? KIND~{0,2} THING/RISK) (BE|FILLER|REALLY){0,4} REAL~ (?=PAUSE|NOT|GRAMMAR|UNREAL|THIS)",
        f"{THIS_IS} (FILLER/A/REALLY|ADJ~){{0,4}} REAL/LIVE/COMBAT/true KIND~{{0,3}} THING/RISK/MESSAGE",
        "A? (REAL|bona fide) (KIND~{0,3} THING|KIND~{1,3} RISK)",
        "COMBAT KIND~? (тривога|тривогу|тривоги|тривогою|тревога|тревогу|тревоги|тревогой)",
        "for~ real~ (?!THING|KIND|OTHER|MESSAGE|ALERTS)",
        "по~ REAL~ (?=PAUSE|NOT|THIS)",
        "(ITS|THIS BE|we BE?|we're|THING BE?) FILLER{0,2} (REALLY|на самом деле) FILLER{0,2} "
        "(HAPPENING|under KIND~{0,2} THING|A? KIND~{0,2} THING)",
        "ITS FILLER{0,2} HAPPENING FILLER? (REALLY|на самом деле|for real)",
        "ITS{1,2} FILLER? (REALLY~|на самом деле~) (?=PAUSE)",
        "BECAME (into|на|в|у)? A? REAL/COMBAT (KIND~{0,3} THING)?",
        "(REALLY|на самом деле) FILLER{0,2} ATTACKED",
        "TREAT ^REAL/IF_{0,5} AS (до|к|на|A|FILLER|ADJ~){0,3} REAL/COMBAT (KIND~{0,3} THING)?",
        "TREAT A? THIS/THING/DRILL/MESSAGE ^REAL/IF_{0,3} REAL/COMBAT (KIND~{0,3} THING)?",
        "no~ duff",
        f"{THIS_IS} FILLER{{0,3}} reality/реальність/реальность~ (?=PAUSE)",
    ),
)

MARK_IS_WRONG = Claim(
    agrees=("(NOT|DONT) FILLER{0,2} IGNORE/WRONG",),
    contradicts=(
        f"{IGNORE} ANY_{{0,4}} {MARK}",
        "IGNORE A? THIS? DRILL~{1,3} (?=PAUSE)",
        f"IGNORE (that|про|о|те|то|що|что|A){{0,3}} THIS BE? {GAP} DRILL",
        f"{MARK} ^NOT/IF_{{0,5}} WRONG",
        f"{MARK} ANY_{{0,3}} (NOT|DONT) FILLER{{0,2}} VALID",
        "(MARKED|says) (FILLER/A/AS){0,3} DRILL (FILLER|by|in|MESSAGE|LABEL|through|через|по){0,3} WRONG",
        "WRONG MARKED (FILLER/A/AS|to|be){0,3} DRILL",
        "(mislabelled|mislabeled|mismarked) (as)? A? DRILL",
        f"DESPITE ANY_{{0,4}} {MARK}",
    ),
)

CLAIMS = (NOT_AN_EXERCISE, REAL, MARK_IS_WRONG)
