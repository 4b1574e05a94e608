"""How reports are ranked by those who have the same problem."""

from datetime import timedelta

#: An account younger than this is fresh: its vote is shown, and does not rank.
FRESH_ACCOUNT = timedelta(hours=24)
#: So many votes of fresh accounts within the window are looked at by moderators.
BURST_COUNT = 20
BURST_WINDOW = timedelta(hours=1)
#: A report whose votes have changed is counted again after so long, in case a process died between its two writes.
RECOUNT_AFTER = timedelta(minutes=5)
