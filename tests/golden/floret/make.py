"""Write this folder: `python make.py` in it, with the package floret (0.10.5 wrote these files)."""

import json
import random
from pathlib import Path

import floret

WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "naïve", "東京", "cat", "café", "unforeseeable", "runs"]
NEW = ["unseenword", "東京都", "a", "", "caféteria", "x" * 40]

draw = random.Random(1)
Path("corpus.txt").write_text("".join(" ".join(draw.choices(WORDS, k=8)) + "\n" for _ in range(400)), encoding="utf8")
for hashes, lengths in {1: (3, 5), 2: (2, 4), 4: (1, 3)}.items():
    model = floret.train_unsupervised(
        "corpus.txt",
        model="cbow",
        mode="floret",
        hashCount=hashes,
        bucket=60,
        minn=lengths[0],
        maxn=lengths[1],
        dim=5,
        minCount=1,
        epoch=1,
        lr=1e-4,
        thread=10,  # each draws a tenth of the rows, and the others stay zero
        verbose=0,
    )
    model.save_floret_vectors(f"hashes{hashes}.floret")
    vectors = {word: [float(number) for number in model.get_word_vector(word)] for word in [*WORDS, *NEW]}
    Path(f"hashes{hashes}.json").write_text(json.dumps(vectors, ensure_ascii=False, indent=0), encoding="utf8")
Path("corpus.txt").unlink()
