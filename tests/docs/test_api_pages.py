"""Each public name is on an API page, and its docstring says what a caller must know."""

import importlib
import inspect
import re

import pytest
from docpages import shown_names

# Modules whose __all__ is public; w2vcore.__version__ is in the package's own
MODULES = ("w2vcore", *(
    f"w2vcore.{name}"
    for name in ("word2vec", "phrases", "presets", "recommend", "callbacks", "visual", "preprocessing", "walks", "datasets", "utils", "matutils")
))  # fmt: skip
BESIDE = (  # public, in modules without __all__
    "w2vcore.keyedvectors.load_word2vec_format",
    "w2vcore.keyedvectors.prep_vectors",
    "w2vcore.keyedvectors.pseudorandom_weak_vector",
    "w2vcore.keyedvectors.CompatVocab",
    "w2vcore.diagnostics.config",
    "w2vcore.scripts.word2vec2tensor.word2vec2tensor",
    "w2vcore.scripts.glove2word2vec.glove2word2vec",
    "w2vcore.objectives.registry.OBJECTIVES",
    "w2vcore.backends.registry.BACKENDS",
    "w2vcore.architectures.registry.ARCHITECTURES",
    "w2vcore.formats.registry.FORMATS",
    "w2vcore.formats.registry.get",
)
# numpydoc's sections, in its order
SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns", "Notes", "References", "Examples")
SHOWN = shown_names()


def look_up(name):
    """What stands under a dotted name."""
    module, parts = name, []
    while True:
        try:
            found = importlib.import_module(module)
            break
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            parts.insert(0, last)
    for part in parts:
        found = getattr(found, part)
    return found


def public_names():
    names = list(BESIDE)
    for module in MODULES:
        for name in importlib.import_module(module).__all__:
            if not inspect.ismodule(look_up(f"{module}.{name}")):
                names.append(f"{module}.{name}")
    return sorted(names)


@pytest.mark.parametrize("name", public_names())
def test_is_on_an_api_page(name):
    shown = [look_up(other) for other in SHOWN if other.rpartition(".")[2] == name.rpartition(".")[2]]
    found = look_up(name)
    assert name in SHOWN or any(found is other for other in shown), f"no page in docs/api shows {name}"


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_what_a_page_shows_is_there(name):
    look_up(name)


def documented():
    """(name, object) of each class, function and public method that a page shows, each once."""
    seen = {}
    for name, with_members in SHOWN.items():
        found = look_up(name)
        if not callable(found):
            continue
        seen.setdefault(id(found), (name, found))
        if not (inspect.isclass(found) and with_members):
            continue
        for member in dir(found):
            method = inspect.getattr_static(found, member)
            method = getattr(method, "__func__", method)
            if not member.startswith("_") and (inspect.isfunction(method) or isinstance(method, property)):
                seen.setdefault(id(method), (f"{name}.{member}", method))
    return sorted(seen.values(), key=lambda pair: pair[0])


def parameters(found):
    """The names of the arguments that a caller gives."""
    if isinstance(found, property):
        return []
    signature = inspect.signature(found)
    return [
        name
        for name, parameter in signature.parameters.items()
        if name not in ("self", "cls", "unknown")
        and not name.startswith("_")
        and parameter.kind != parameter.VAR_KEYWORD
    ]


def sections(text):
    """Title -> text of the underlined sections of a docstring, in their order."""
    parts = re.split(r"^([A-Z]\w+(?: \w+)*)\n(-+)$", text, flags=re.M)
    for title, line in zip(parts[1::3], parts[2::3], strict=True):
        assert len(title) == len(line), f"the line under {title} has not its length"
    return dict(zip(parts[1::3], parts[3::3], strict=True))


@pytest.mark.parametrize("found", [pytest.param(found, id=name) for name, found in documented()])
def test_docstring(found):
    text = inspect.getdoc(found)
    assert text, "no docstring"
    assert text.partition("\n")[0].endswith((".", ":", "?")), "the first line is no sentence"
    there = sections(text)
    assert list(there) == [title for title in SECTIONS if title in there], "not numpydoc's sections in their order"
    if told := "".join(there.get(title, "") for title in ("Parameters", "Attributes")):
        heads = re.findall(r"^(\*{0,2}\w[\w*, ]*?)(?: : .*)?$", told, re.M)
        named = {name.strip().lstrip("*") for head in heads for name in head.split(",")}
        assert set(parameters(found)) <= named, f"no word about {set(parameters(found)) - named}"
    else:  # a line will do where it names what is passed, or where there is nothing to say about it
        assert len(parameters(found)) <= 3, f"a section Parameters is needed for {parameters(found)}"


@pytest.mark.parametrize("name", [name for name in sorted(SHOWN) if callable(look_up(name))])
def test_has_an_example(name):
    found = look_up(name)
    if inspect.isabstract(found) or found.__module__.endswith(".base") or getattr(found, "_is_protocol", False):
        pytest.skip("made to be subclassed")
    assert ">>>" in inspect.getdoc(found)
