"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

from tests.benchmarks import lateness, line

line.main()
lateness.main()
