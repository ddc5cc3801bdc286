"""Questions one after another: at the prompt of a terminal, and from a pipe."""

import pytest

from w2vcore import KeyedVectors

PROMPT, THREE = "Words (EXIT or Ctrl-D ends): ", "Three words A B C (EXIT or Ctrl-D ends): "


@pytest.fixture
def animals(here):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["cat", "kitten", "dog", "puppy"], [[1, 0], [1, 0.5], [0, 1], [0, 1.5]])
    vectors.save("animals.safetensors")
    return "animals.safetensors"


def test_a_talk(terminal, animals):
    talk = [(PROMPT, "cat\n"), (PROMPT, "cta\n"), (PROMPT, "\n"), (PROMPT, "kitten -cat\n"), (PROMPT, "EXIT\n")]
    status, seen = terminal(["similar", animals, "-n", "2"], talk)
    assert status == 0
    first, second, _, third, _ = seen.split(PROMPT)[1:]
    assert [line.split() for line in first.splitlines() if line][1:] == [["kitten", "0.8944"], ["dog", "0.0000"]]
    assert "Key 'cta' not present; did you mean cat?" in second
    assert "dog" in third and "puppy" in third


def test_end_of_input(terminal, animals):
    status, seen = terminal(["analogy", animals, "-n", "1"], [(THREE, "cat kitten dog\n"), (THREE, "\x04")])
    assert status == 0
    assert "  puppy" in seen


def test_history_and_completion(terminal, animals):
    """The arrow brings the last line back, and Tab completes a word, where Python has readline."""
    pytest.importorskip("readline")
    talk = [(PROMPT, "kit\t\n"), (PROMPT, "\x1b[A\n"), (PROMPT, "EXIT\n")]
    _, seen = terminal(["similar", animals, "-n", "1"], talk)
    assert [block.count("  cat  0.8944") for block in seen.split(PROMPT)[1:]] == [1, 1, 0]


def test_answers_in_a_file(terminal, animals, here):
    """What is asked stays on the terminal, only answers are in the file."""
    with (here / "answers.tsv").open("w") as file:
        status, seen = terminal(["similar", animals, "-n", "1"], [(PROMPT, "cat\n"), (PROMPT, "EXIT\n")], stdout=file)
    assert status == 0
    assert seen.count(PROMPT) == 2
    assert (here / "answers.tsv").read_text() == "kitten\t0.8944\n"


def test_no_prompt_for_a_pipe(run, animals):
    result = run("similar", animals, "-n", 1, input="cat\n  \ndog cat\nkitten -cat\n")
    vectors = KeyedVectors.load(animals)
    asked = {"cat": (["cat"], []), "dog cat": (["dog", "cat"], []), "kitten -cat": (["kitten"], ["cat"])}
    answers = {question: vectors.most_similar(*sides, topn=1)[0] for question, sides in asked.items()}
    assert result.stdout == "".join(f"{question}\t{word}\t{value:.4f}\n" for question, (word, value) in answers.items())
    assert result.stderr == ""
    assert run("similar", animals, input="").stdout == ""


def test_wrong_lines_of_a_pipe(run, animals):
    result = run("similar", animals, "-n", 1, input="cat\ncta\ndog\n", code=1)
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["cat", "dog"]
    assert result.stderr == "Error: line 2: Key 'cta' not present; did you mean cat?\n"


def test_ctrl_c_is_said_on_a_line_of_its_own(terminal, animals):
    status, seen = terminal(["similar", animals], [(PROMPT, "cat\n"), (PROMPT, "\x03")])
    assert status == 130
    assert seen.splitlines()[-1] == "Interrupted."


def test_a_pipe_is_answered_until_its_reader_goes_away(run, animals):
    """A wrong question is told, and the next one answered; what cannot be printed ends the command."""
    result = run("similar", animals, "-n", 1, input="cta\ncat\n", code=1)
    assert result.stdout.startswith("cat\t")
