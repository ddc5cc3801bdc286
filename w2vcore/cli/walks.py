"""The command that draws random walks: a file of edges in, a text of walks out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from w2vcore.cli.common import command, option, say
from w2vcore.cli.corpora import opened_corpus
from w2vcore.cli.paths import CorpusName, LocalPath, check_output, opened_output
from w2vcore.cli.waiting import waiting

if TYPE_CHECKING:
    from w2vcore.walks import RandomWalks

GRAPH, WALKS = "Graph", "Walks"


@command()
@click.argument("edges", type=CorpusName())
@option(
    "-o",
    "--output",
    type=LocalPath(),
    section="Result",
    help="File for the walks; default: stdout. A name that ends in .gz, .bz2, .xz or .zst compresses it.",
)
@option("--directed", is_flag=True, section=GRAPH, help="Walk an edge from its first node to its second only.")
@option("--no-weights", is_flag=True, section=GRAPH, help="Take all edges alike, whatever the third column says.")
@option("--comments", metavar="TEXT", default="#", section=GRAPH, help="Pass over lines that begin with this.")
@option("--num-walks", type=int, default=10, section=WALKS, help="Walks from each node.")
@option("--walk-length", type=int, default=80, section=WALKS, help="Nodes of a walk.")
@option("--p", type=float, default=1.0, section=WALKS, help="Above 1, walks seldom go back where they came from.")
@option("--q", type=float, default=1.0, section=WALKS, help="Above 1, walks keep near; below 1, they go away.")
@option("--seed", type=int, default=1, section=WALKS, help="Other walks with another one.")
@option("-q", "--quiet", is_flag=True, help="Print nothing but the walks and failures.")
def walks(edges: str, output: Path | None, no_weights: bool, quiet: bool, **options: Any) -> None:
    """Draw random walks on a graph, to train on.

    The walks are those of DeepWalk, or with --p and --q those of node2vec, a walk a line.

    EDGES: a file with an edge a line, source and target and perhaps a weight, separated by blanks or tabs; an address;
    or - for stdin. A line with one name is a node without edges.

    For example:
      w2vcore walks edges.tsv -o walks.txt --p 0.5 --q 2
      w2vcore train walks.txt -o nodes.safetensors --min-count 1 --sample 0
      w2vcore walks edges.tsv | w2vcore train - -o nodes.safetensors --min-count 1 --sample 0
    """
    from w2vcore.walks import RandomWalks

    if output is not None:
        check_output(output)
    with opened_corpus([edges], written=[("--output", output)], argument="EDGES") as sources:
        if len(sources) > 1:
            raise click.UsageError(f"{edges} has {len(sources)} files, and EDGES is one; join them first")
        with waiting(f"Reading {edges}", quiet or output is None):
            drawn = RandomWalks(sources[0], weights=not no_weights, **options)
        with opened_output(output) as stream:
            steps = _write(drawn, stream)
    if not quiet:
        graph = drawn.graph
        say(f"Nodes: {len(graph):,}; walks: {len(drawn):,}, of {steps:,} nodes in all")


def _write(drawn: RandomWalks, stream: IO[bytes]) -> int:
    """Write the walks and return how many nodes they have."""
    names, steps = [name.encode("utf8") for name in drawn.number_to_key], 0
    for batch in drawn.batches(0):
        words = list(map(names.__getitem__, batch.ids.tolist()))
        stream.writelines(b" ".join(words[start:stop]) + b"\n" for start, stop in pairwise(batch.offsets.tolist()))
        steps += len(words)
    return steps
