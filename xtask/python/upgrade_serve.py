"""Our side of ``stc upgrade``, for the helpers that hold it beside lib2to3."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """What became of a text: the new one, and what there was to say."""

    text: str
    changed: bool
    log: list[str] = field(default_factory=list)
    error: str | None = None


class Ours:
    """The program ``upgrade_serve``, an example of the crate ``upgrade``.

    It answers a line of JSON with a line of JSON.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def refactor(
        self, text: str, name: str, choices: Sequence[Sequence[str]], **grammar: bool
    ) -> list[Result]:
        """The results of running each choice of fixers over a text.

        ``grammar`` may hold ``print_function``, ``exec_function``, and ``doctests`` for only the
        examples in it. Raises ``RuntimeError`` if the program has died.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"text": text, "name": name, "choices": choices, **grammar}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"upgrade-serve died over {name}")
        return [
            Result(
                text if answer["text"] is None else answer["text"],
                answer["changed"],
                answer["log"],
                answer["error"],
            )
            for answer in json.loads(line)
        ]

    def decode(self, encoding: str, files: Sequence[bytes]) -> list[str | None]:
        """What files in an encoding hold, or nothing where they cannot be read."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"encoding": encoding, "bytes": [list(one) for one in files]}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer: list[str | None] = json.loads(self.process.stdout.readline())
        return answer

    def features(self, text: str) -> list[str]:
        """What a text imports from ``__future__``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"features": text}) + "\n")
        self.process.stdin.flush()
        answer: list[str] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        """Ends the program."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
