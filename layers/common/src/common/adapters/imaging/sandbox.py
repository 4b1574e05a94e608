"""Photographs are read in processes of their own; here are their jobs and answers."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

from common.application.ports.media.imaging import ImageFile, ProcessedImage
from common.domain.media.media import Captured, Rejection

#: What one photograph may take. Fifty megapixels of HEIC take the longest, about five seconds on 1,769 MB.
_WORK_SECONDS = 20
#: For starting the process and copying.
_GRACE_SECONDS = 5
#: After this there is an answer, or the process is ended.
MOST_SECONDS = _WORK_SECONDS + _GRACE_SECONDS
#: Addresses rather than memory in use: libraries and stacks are among them.
_MOST_BYTES = 1_400_000_000
_MODULE = "common.adapters.imaging.child"


class SandboxedImaging:
    """Implements ``Imaging``. The process that loads the decoders lives on between photographs."""

    def __init__(self, module: str = _MODULE, *, most_seconds: int = _WORK_SECONDS) -> None:
        self._module = module
        self._most_seconds = most_seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def process(self, data: bytes, content_type: str, *, keeps_capture: bool) -> ProcessedImage | Rejection:
        """Read a photograph and write it anew, or tell why it is refused (see the port)."""
        job = {"size": len(data), "content_type": content_type, "keeps_capture": keeps_capture}
        limits = {"seconds": self._most_seconds, "bytes": _MOST_BYTES}
        async with self._turn:
            try:
                async with asyncio.timeout(self._most_seconds + _GRACE_SECONDS):
                    return await self._ask(json.dumps(job | limits).encode() + b"\n" + data)
            except (TimeoutError, OSError, EOFError, ValueError):
                await self.close()
                return Rejection.UNREADABLE
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # Lambda's runtime puts its folders into the path itself; nothing else of the environment is handed on.
            env = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, stdin=PIPE, stdout=PIPE, env=env
            )
        return self._process

    async def _ask(self, message: bytes) -> ProcessedImage | Rejection:
        process = await self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError
        process.stdin.write(message)
        await process.stdin.drain()
        answer: dict[str, Any] = json.loads(await process.stdout.readline())
        if "files" not in answer:
            return Rejection(answer.get("refused", Rejection.UNREADABLE))
        bodies = [await process.stdout.readexactly(file["body"]) for file in answer["files"]]
        captured = answer["captured"]
        return ProcessedImage(
            files=[ImageFile(**{**file, "body": body}) for file, body in zip(answer["files"], bodies, strict=True)],
            dhash=answer["dhash"],
            placeholder=answer["placeholder"],
            captured=None if captured is None else Captured.model_validate(captured),
        )
