"""The process that reads photographs: ``python -m common.adapters.imaging.child``.

It loads the decoders once and gives each photograph a process of its own, made by ``fork``, which the system ends when
it takes too long or too much memory: decoders that hang or die on what strangers send take nothing along with them, and
one person's picture never lies in the memory where another's is read. It has no credentials in its environment.

A job is a line of JSON, ``{"size", "content_type", "keeps_capture", "seconds", "bytes"}``, and so many bytes; so is an
answer: ``{"files": [...]}`` with the files after it, ``{"refused": reason}``, or ``{"died": status}``.
"""

import json
import os
import resource
import signal
import sys
from typing import Any, BinaryIO

from common.adapters.imaging.pipeline import Refused, process


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Work on jobs until there are no more."""
    while line := jobs.readline():
        job = json.loads(line)
        data = jobs.read(job["size"])
        answers.write(_in_own_process(job, data))
        answers.flush()


def _in_own_process(job: dict[str, Any], data: bytes) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(job, data, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 and answer else _line({"died": status})


def _work(job: dict[str, Any], data: bytes, writing: int) -> None:
    """Read one photograph within its limits, tell what became of it, and end the process, whatever happens."""
    status = 1
    try:
        signal.alarm(job["seconds"])  # nobody catches it: it ends a decoder that never returns to Python, too
        resource.setrlimit(resource.RLIMIT_AS, (job["bytes"], job["bytes"]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(_answer(job, data))
        status = 0
    finally:
        os._exit(status)


def _answer(job: dict[str, Any], data: bytes) -> bytes:
    try:
        done = process(data, job["content_type"], keeps_capture=job["keeps_capture"])
    except Refused as refused:
        return _line({"refused": refused.reason})
    files = [{**file._asdict(), "body": len(file.body)} for file in done.files]
    return _line({**done._asdict(), "files": files}) + b"".join(file.body for file in done.files)


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
