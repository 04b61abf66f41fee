"""How words make a sentence that contradicts the exercise mark, and the sentences that only look so.

A pattern is a regular expression over words instead of letters: `NAME` is any word of that class with any pause
after it, `NAME~` one that flows into the next word, `NAME_` one with at most a comma, `^NAME` any word outside the
class; a word in small letters is itself. Every repetition is bounded, so reading takes linear time.
"""

GAP = "(FILLER|A|SORT of|by A means|in A way|ADJ~){0,6}"
SUBJECT = "(THIS (KIND|THING){0,2} (BE|FILLER){0,4})?"
DRILL = "DRILL~(?!EDUCATION)PAUSE?"
THIS_IS = "(THIS~ (KIND~|THING~|one~){0,2} BE|ITS|A? KIND{0,2} THING BE)"
MARK = "(LABEL ^NOT_{0,2} DRILL|DRILL ^NOT_{0,1} LABEL)"

DENIED = (
    f"{SUBJECT} NOT {GAP} {DRILL}",
    f"{SUBJECT} NOT GAPWORD{{0,3}} A~ (OTHER~|THING~|KIND~){{1,3}} {DRILL}".replace("GAPWORD", "FILLER"),
)
