"""Each command that a page shows can be given: its options exist, its values are allowed, its scripts and extras are there."""

import ast
import importlib
import re
import shlex

import click
import pytest
from docpages import PAGES, ROOT, blocks, relative

from w2vcore import cli

TOKEN_OF_SHELL = {"|", "||", "&&", ";", ">", ">>", "<", "&"}
EXTRAS = re.compile(r"(?:w2vcore|\.)\[([\w,-]+)\]")


def shell_lines(page):
    """The lines behind a prompt in the console blocks of a page, with continued lines joined."""
    code = "".join(code for _, language, code in blocks(page) if language == "console")
    return re.findall(r"^\$ (.*)$", code.replace("\\\n", " "), re.MULTILINE)


def inline_commands(page):
    """What stands between backticks in a page and begins with the command's name, or runs a script."""
    return re.findall(
        r"(?<!`)`((?:w2vcore|python -m w2vcore\.scripts\.\w+) [^`\n]+)`(?!`)", page.read_text(encoding="utf8")
    )


def simple_commands(line):
    """The commands of a shell line as lists of words, without what the shell takes for itself."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    commands = [[]]
    for word in words:
        if word in {"<", ">", ">>"}:
            next(words)  # the file
        elif word in TOKEN_OF_SHELL:
            commands.append([])
        elif commands[-1] or not re.fullmatch(r"\w+=.*", word):  # not a variable set for the command
            commands[-1].append(word)
    return [command for command in commands if command]


def read(arguments, complete):
    """Read the arguments of the command, as far as that goes without files; raise click.UsageError."""
    main = cli.main.make_context("w2vcore", list(arguments), resilient_parsing=True)
    if arguments[0].startswith("-"):
        return
    _, command, rest = cli.main.resolve_command(main, list(arguments))
    context = click.Context(command, parent=main, info_name=arguments[0])
    rest = command.arranged(rest) if hasattr(command, "arranged") else rest  # words with a sign
    values, left, _ = command.make_parser(context).parse_args(rest)
    assert not left, f"{left} is too much for w2vcore {arguments[0]}"
    helps = {"help", "version"} & values.keys()
    for parameter in command.get_params(context):
        given = values.get(parameter.name)
        if complete and parameter.required and not helps:
            assert not parameter.value_is_missing(given), f"{parameter.name} is missing"
        if isinstance(given, str) and not isinstance(parameter.type, (click.Path, click.File)):
            parameter.type_cast_value(context, given)


COMMANDS = [
    pytest.param(line, complete, id=f"{relative(page)}: {line}")
    for page in PAGES
    for lines, complete in ((shell_lines(page), True), (inline_commands(page), False))
    for line in lines
]


@pytest.mark.parametrize(("line", "complete"), COMMANDS)
def test_each_command_can_be_given(line, complete):
    for name, *arguments in simple_commands(line):
        if name.rpartition("/")[2] == "w2vcore":
            if arguments and arguments[0].isupper():
                continue  # `w2vcore COMMAND --help` stands for any
            read(arguments or ["--help"], complete)
        elif arguments[:1] == ["-m"] and arguments[1].startswith("w2vcore.scripts."):
            importlib.import_module(arguments[1]).parser().parse_args(arguments[2:])
        elif name.rpartition("/")[2].startswith("python") and arguments[0].endswith(".py"):
            check_script(*arguments)


def check_script(script, *arguments):
    file = ROOT / script
    assert file.is_file(), f"{script} is not there"
    if script == "setup.py":
        return  # its options are setuptools'
    options = {argument.partition("=")[0] for argument in arguments if argument.startswith("--")}
    strings = {
        node.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert options <= strings, f"{script} has no {options - strings}"


@pytest.mark.parametrize(
    "line", ["similar model king --topmost 5", "train text -o m --vector-size many", "info", "sing"]
)
def test_a_wrong_command_would_be_found(line):
    """Guards the test above."""
    with pytest.raises((click.ClickException, AssertionError)):
        read(line.split(), complete=True)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_files_that_a_page_names_exist(page):
    named = re.findall(r"`((?:tests|docs|\.ci|w2vcore)/[\w./-]+)`", page.read_text(encoding="utf8"))
    assert not [name for name in named if not (ROOT / name).exists()]


def extras():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf8")
    table = re.search(r"^\[project\.optional-dependencies\]\n(.*?)^\[", text, re.M | re.S)[1]
    return set(re.findall(r"^([\w-]+) = ", table, re.M))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_extras_that_a_page_names_exist(page):
    named = {name for group in EXTRAS.findall(page.read_text(encoding="utf8")) for name in group.split(",")}
    assert named <= extras()


def test_the_table_of_extras_is_complete():
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf8")
    rows = re.findall(
        r"^\| ((?:`[\w-]+`(?:, )?)+) \|", text[text.index("| extra |") : text.index("## What is active")], re.M
    )
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == extras()
