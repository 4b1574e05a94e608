"""The calls that send every query of every collection, by context, and what is asked of the queries' plans.

A new method of a repository needs a line in its context's table; ``test_every_query`` says so. A method that sends
different commands for different arguments has a line for each, ``Class.method: what is different``.
"""
