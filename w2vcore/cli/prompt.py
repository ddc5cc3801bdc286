"""Questions one after another: at a prompt on a terminal, or line by line from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import one_line, print_json, say
from w2vcore.cli.visible import columns, padded, visible
from w2vcore.cli.wording import worded

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors

Answer = list[tuple[Any, float]]
COMPLETIONS = 200  # words that Tab may offer


@dataclass(frozen=True)
class Questions:
    """A kind of question.

    Attributes
    ----------
    vectors : KeyedVectors
        Whose words Tab completes.
    prompt : str
        What the terminal shows before the cursor.
    answer : callable
        Words -> keys, each with a number; it raises for a question that has no answer.
    as_json : bool
        Print an object for each question instead of rows.
    """

    vectors: KeyedVectors
    prompt: str
    answer: Callable[[Sequence[str]], Answer]
    as_json: bool

    def ask(self, words: Sequence[str]) -> None:
        """Answer the words of the command line; without any, those at the prompt, or the lines of stdin."""
        if words:
            self._print(words, self.answer(words), "")
        elif sys.stdin.isatty():
            self._prompt()
        else:
            self._read()

    def _print(self, words: Sequence[str], answer: Answer, before: str) -> None:
        if self.as_json:
            print_json({"question": list(words), "answer": [{"word": key, "similarity": v} for key, v in answer]})
            return
        for key, value in answer:
            click.echo(f"{before}{visible(key)}\t{value:.4f}")

    def _read(self) -> None:
        """Answer one question per line, in three columns, of which the first is the question."""
        failed = False
        for number, line in enumerate(sys.stdin, 1):
            words = line.split()
            if not words:
                continue
            try:
                answer = self.answer(words)
            except Exception as error:
                failed = True
                say(f"Error: line {number}: {_message(error)}")
                continue
            self._print(words, answer, f"{visible(' '.join(words))}\t")
        if failed:
            click.get_current_context().exit(1)

    def _prompt(self) -> None:
        """Answer until EXIT or the end of the input."""
        _complete(self.vectors)
        seen = sys.stdout.isatty()
        while True:
            try:
                if not seen:  # the answers go to a file, so stderr shows the prompt
                    click.echo(self.prompt, nl=False, err=True)
                line = input(self.prompt if seen else "")
            except EOFError:
                say("")
                return
            words = line.split()
            if words == ["EXIT"]:
                return
            if not words:
                continue
            try:
                answer = self.answer(words)
            except Exception as error:
                say(_message(error))
                continue
            self._table(words, answer) if seen and not self.as_json else self._print(words, answer, "")

    def _table(self, words: Sequence[str], answer: Answer) -> None:
        """Print an answer for people."""
        rows = [(visible(key), value) for key, value in answer]
        width = max((columns(key) for key, _ in rows), default=0)
        click.echo()
        for key, value in rows:
            click.echo(f"  {padded(key, width)}  {value:.4f}")
        click.echo()


def _message(error: Exception) -> str:
    return error.format_message() if isinstance(error, click.ClickException) else worded(one_line(error))


def _complete(vectors: KeyedVectors) -> None:
    """Switch on line editing with history, and completion after Tab, if Python has readline."""
    try:
        import readline
    except ImportError:
        return

    found: list[str] = []

    def words(text: str, state: int) -> str | None:
        if state == 0:  # readline asks for one completion after another
            fit = (f"{key}" for key in vectors.index_to_key if f"{key}".startswith(text) and visible(key) == f"{key}")
            found[:] = islice(fit, COMPLETIONS)
        return found[state] if state < len(found) else None

    readline.set_completer(words)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
