"""The function runner: executes every invocation with AWS's own runtime client, in a clean environment.

MiniStack hands it invocations over HTTP; it keeps worker processes for each function, each behind a Lambda Runtime API
of its own, reloads them when code changes and kills them when their time is up, as Lambda does.
"""
