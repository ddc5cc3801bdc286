"""The command line speaks of options and commands, not of arguments and classes."""

import re

import click
import numpy as np
import pytest
from clicking import runner

from w2vcore import KeyedVectors, Phrases, Word2Vec, cli
from w2vcore.cli.wording import with_options, worded

# What only Python's users know: keyword arguments, names with underscores, calls, classes, types, literals.
PYTHON = re.compile(  # but for names of files
    r"\b[a-z_]+=|(?<![.])\b[a-z]+_[a-z_]+\b(?![.])|\w\(\)|\b(?:Word2Vec|KeyedVectors|Phrases|LineSentence|PosixPath)\b|\biterat\w+"
    r"|\b(?:None|True|False|callback|dict|ndarray)\b|\bb['\"]|\bpass (?!a part)\w|\b\w+\.load\b|\bwv\b|\ban int\b(?! at least| from)|\.py\b"
)


@pytest.fixture
def files(here, sentences):
    """One file of each kind, good and bad."""
    model = Word2Vec(sentences, vector_size=12, min_count=1, workers=1, checkpoint="c.ckpt")
    model.save("m.safetensors")
    model.wv.save("v.kv")
    model.wv.save_word2vec_format("v.txt")
    model.wv.save_word2vec_format("v.bin", binary=True)
    model.wv.save_word2vec_format("v.glove", write_header=False)
    Phrases(sentences, min_count=1, threshold=0.1).save("p.safetensors")
    Phrases(sentences, min_count=1, threshold=0.1).freeze().save("f.safetensors")
    np.save("a.npy", np.ones((3, 2)))
    np.savez("a.npz", x=np.ones(3))
    ids, spaces = KeyedVectors(1), KeyedVectors(1)
    ids.add_vectors(["1", "2"], [[1], [2]])
    ids.save("ids.kv")
    spaces.add_vectors(["new york", "b\nc"], [[1], [2]])
    spaces.save("spaces.kv")
    (here / "corpus.txt").write_text("\n".join(" ".join(words) for words in sentences) + "\n")
    (here / "empty").write_text("")
    (here / "blank").write_text("\n \n")
    (here / "single").write_text("a\nb\n" * 9)
    (here / "latin").write_bytes("für immer\n".encode("latin-1"))
    (here / "pairs").write_text("x,y,1\nz,w,2\n")
    (here / "cut.bin").write_bytes((here / "v.bin").read_bytes()[:100])
    (here / "cut.safetensors").write_bytes((here / "m.safetensors").read_bytes()[:600])
    (here / "folder").mkdir()


LINES = """
train corpus.txt -o m --negative 0
train corpus.txt -o m --epochs 0
train corpus.txt -o m --alpha 1e30 --min-count 1
train corpus.txt -o m --min-count 100000
train corpus.txt -o m --max-final-vocab 0
train corpus.txt -o m --max-vocab-size 0
train corpus.txt -o m --max-vocab-size 2 --min-count 1 -q
train corpus.txt -o m --seed -5
train corpus.txt -o m --device gpu
train corpus.txt -o m --device cuda --backend threads
train corpus.txt -o m --backend nonsense
train corpus.txt -o m --checkpoint-every 1000
train corpus.txt -o m --checkpoint c2 --checkpoint-every 0
train corpus.txt -o m --hs --min-count 1 -q
train empty -o m
train blank -o m
train single -o m --min-count 1 -q
train latin -o m
train m.safetensors -o m
train v.bin -o m
train v.txt -o m
train v.glove -o m
train folder -o m
train odd://x -o m
resume m.safetensors corpus.txt -o m
resume v.kv corpus.txt -o m
resume v.txt corpus.txt -o m
resume p.safetensors corpus.txt -o m
phrases corpus.txt --load m.safetensors
phrases corpus.txt --load v.txt
phrases corpus.txt --min-count 0
phrases corpus.txt --threshold 10 --scoring npmi
phrases corpus.txt --max-vocab-size 0
similar corpus.txt king
similar p.safetensors king
similar a.npy king
similar a.npz king
similar cut.bin king
similar cut.safetensors king
similar m.safetensors King
similar ids.kv 7
evaluate m.safetensors pairs
evaluate m.safetensors v.kv
info corpus.txt
info cut.safetensors
convert spaces.kv x.txt
convert spaces.kv x.bin
convert spaces.kv x.npy
convert spaces.kv x.tsv
convert spaces.kv x.glove
convert v.txt x.kv --keys int
convert v.txt x.kv --from word2vec-binary
convert v.bin x.kv --from word2vec-text
convert v.glove x.kv --from word2vec-text
convert v.txt x.kv --from native
convert v.txt x.kv --from numpy
convert v.txt x.kv --from projector
convert v.txt x.kv --from gensim
convert v.txt x.kv --from fasttext-binary
convert v.txt x.kv --encoding nonsense
convert a.npy x.kv
convert p.safetensors x.kv
convert p.safetensors x.txt
export-projector p.safetensors logs
watch corpus.txt -o x.html --max-tokens 10
watch empty -o x.html
watch corpus.txt -o x.html --word unknown
watch corpus.txt -o x.html --vector-size 100000
watch corpus.txt -o x.html --negative 0
watch corpus.txt -o x.html --epochs 0
watch corpus.txt -o x.html --min-count 10000
plot m.safetensors -o x.doc
plot m.safetensors king -o x.png
plot m.safetensors -o x.png --seed -1
explore m.safetensors -o x.html -n 1
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_no_line_speaks_python(files, line):
    if line.split()[0] in ("watch", "plot", "explore"):
        pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install .[viz]")
    result = runner().invoke(cli.main, line.split())
    assert result.exit_code in (0, 1, 2)
    said = result.stderr.splitlines()
    assert said
    assert said == list(dict.fromkeys(said)), "said twice"
    for one in said:
        assert one.startswith(("Error: ", "Warning: "))
        assert not PYTHON.search(one), one


def numbers():
    """The options of train that take a number."""
    command = cli.main.get_command(None, "train")
    return [
        one for one in command.params if isinstance(one.type, (click.types.IntParamType, click.types.FloatParamType))
    ]


WRONG = [(option, "-3") for option in numbers()]
WRONG += [(one, "9" * 23) for one in numbers() if one.name in ("vector_size", "negative", "workers")]


@pytest.mark.parametrize(("option", "value"), WRONG, ids=lambda one: getattr(one, "name", one))
def test_each_number_that_is_refused_is_told_by_its_option(files, option, value):
    arguments = ["train", "corpus.txt", "-o", "m", "-q", "--checkpoint", "c2", f"{option.opts[-1]}={value}"]
    result = runner().invoke(cli.main, arguments)
    if result.exit_code:
        assert option.opts[-1] in result.stderr
        assert not PYTHON.search(result.stderr), result.stderr
    else:
        assert option.name in ("ns_exponent", "workers", "max_vocab_size")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("min_count must be an int at least 0, got -1", "--min-count must be an int at least 0, got -1"),
        ("window must be an int at least 1, got 0 (window='sentence' takes the whole sentence)",
         "--window must be an int at least 1, got 0 (--window sentence takes the whole sentence)"),
        ("Raise sample, or set it to 0; lower alpha", "Raise --sample, or set it to 0; lower --alpha"),
        ("with hs=1 and sg=0, cbow_mean=1", "with --hs and --cbow, --cbow-mean"),
        ("more than max_vocab_size=1,000 words", "more than --max-vocab-size 1,000 words"),
        ("alpha=1e+30; lower alpha", "--alpha 1e+30; lower --alpha"),
        ("the sample of a window, by the workers", "the sample of a window, by the workers"),  # words, no names
        ("seed=3.txt: no such file", "seed=3.txt: no such file"),
        ("runs/window=5/m: no such file", "runs/window=5/m: no such file"),
        ("no_such_option=7", "no_such_option=7"),
    ],
)  # fmt: skip
def test_arguments_become_options(text, expected):
    assert with_options(text, cli.main.get_command(None, "train").params) == expected


def test_outside_of_a_command_only_phrases_change():
    assert worded("min_count=5; pass binary=False") == "min_count=5; give --from word2vec-text, or no --from"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch 0 read 3 words and trained nothing", "epoch 1 read 3 words and trained nothing"),
        (
            "Model of type keyedvectors can't be loaded by Word2Vec: use KeyedVectors.load(PosixPath('v.kv'))",
            "v.kv: the file holds keyedvectors, which this command does not take",
        ),
        ("v.txt: opcode b'9' at byte 0 is none that a save needs", "v.txt: this is no save of gensim's"),
    ],
)
def test_phrases(text, expected):
    assert worded(text) == expected


def test_what_is_not_utf8_is_told_by_file_and_line(files, failure):
    assert failure("train", "latin", "-o", "m") == "invalid start byte in line 1 of latin; the corpus must be UTF-8"
