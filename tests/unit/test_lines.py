"""Lines of JSON to a process of ours: however they come, they are heard as they were said, each once."""

import json
import os
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alertsim.lines import Listener

ORDERS = st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9), max_size=3), max_size=6)


@given(ORDERS, st.lists(st.integers(0, 400), max_size=6))
def test_lines_are_heard_however_they_are_cut(orders: list[dict[str, object]], cuts: list[int]) -> None:
    """Split anywhere, they come whole and in order; nothing comes while nothing is said; the end is the end."""
    text = "".join(json.dumps(order) + "\n" for order in orders).encode()
    source, sink = os.pipe()
    try:
        listener, heard = Listener(source), list[dict[str, object]]()
        for start, stop in pairwise(sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})):
            os.write(sink, text[start:stop])
            heard += listener.take()
            assert listener.take() == [] and not listener.over
    finally:
        os.close(sink)
        last = listener.take()
        os.close(source)
    assert (heard, last, listener.over) == (orders, [], True)
