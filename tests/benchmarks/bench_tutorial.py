"""TensorFlow's word2vec tutorial, its model in Keras beside ours: loss, accuracy and CPU time of each epoch.

    python tests/benchmarks/bench_tutorial.py [--keras PYTHON] [--seeds 3] [--epochs 20] [--rates 0.05 0.1] [--softmax RATE ...]

PYTHON has TensorFlow and Keras (`pip install tensorflow-cpu`). Its model gets the arrays that docs/tensorflow-tutorial.md makes,
shuffled, batched and cached as in the tutorial, and is asked at the end about examples drawn with another seed. Ours
trains the tutorial's loss over candidates, from the text; with `--softmax` over all words, which takes minutes. CPU
time of one thread: of `fit` there, here of the constructor, which reads, counts and trains.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from w2vcore import Word2Vec, datasets
from w2vcore.preprocessing import generate_training_data, lower_and_strip_punctuation, vectorize

WORDS, SIZE, NOISE, WINDOW = 4096, 128, 4, 2
KERAS = f"""
import json, sys, time
import numpy as np
import tensorflow as tf
folder, seed, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.keras.utils.set_random_seed(seed)

class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.of_target = tf.keras.layers.Embedding({WORDS}, {SIZE})
        self.of_context = tf.keras.layers.Embedding({WORDS}, {SIZE})

    def call(self, pair):
        return tf.einsum("be,bce->bc", self.of_target(pair[0]), self.of_context(pair[1]))

def examples(name):
    arrays = np.load(folder + "/" + name)
    return tf.data.Dataset.from_tensor_slices(((arrays["targets"], arrays["contexts"]), arrays["labels"]))

class Clock(tf.keras.callbacks.Callback):
    seconds = []
    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.process_time() - began)

model, clock = Model(), Clock()
loss = tf.keras.losses.CategoricalCrossentropy(from_logits=True)
model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
training = examples("training.npz").shuffle(10_000).batch(1024, drop_remainder=True).cache().prefetch(tf.data.AUTOTUNE)
began = time.process_time()
history = model.fit(training, epochs=epochs, verbose=0, callbacks=[clock]).history
unseen = model.evaluate(examples("unseen.npz").batch(1024), verbose=0)
found = {{"loss": history["loss"], "accuracy": history["accuracy"], "seconds": clock.seconds, "unseen": unseen}}
print("RESULT", json.dumps(found))
"""


def by_keras(python, folder, seed, epochs):
    """Return what the tutorial's model tells of its training."""
    command = [python, "-c", KERAS, folder, str(seed), str(epochs)]
    said = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, cwd=folder
    ).stdout
    return json.loads(said.split("RESULT ")[1])


def by_word2vec(sentences, seed, epochs, **settings):
    """Return the same of ours."""
    shape = {"sg": 1, "vector_size": SIZE, "window": WINDOW, "max_final_vocab": WORDS - 2, "min_count": 1}
    course = {"sample": 1e-4, "epochs": epochs, "compute_loss": True, "workers": 1, "seed": seed}
    began = time.process_time()
    model = Word2Vec(sentences, negative=NOISE, **shape, **course, **settings)
    seconds = time.process_time() - began
    history = model.training_history
    return {**{name: [epoch[name] for epoch in history] for name in ("loss", "accuracy")}, "seconds": [seconds]}


def show(name, seed, result):
    """Print a line, and the curves below it."""
    print(f"{name}, seed {seed}: {result['seconds'][-1]:.2f} CPU seconds")
    for curve in ("loss", "accuracy"):
        print(f"  {curve}: {' '.join(f'{value:.3f}' for value in result[curve])}")
    if "unseen" in result:
        print(f"  of unseen examples: loss {result['unseen'][0]:.3f}, accuracy {result['unseen'][1]:.3f}", flush=True)


def main():
    """Train all that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keras", metavar="PYTHON")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rates", type=float, nargs="*", default=[0.05, 0.1], help="of the loss over candidates")
    parser.add_argument("--softmax", type=float, nargs="*", default=[], metavar="RATE")
    parser.add_argument("--lines", type=int, help="take the first so many (default: all)")
    options = parser.parse_args()
    text = datasets.shakespeare().read_text(encoding="utf8")
    lines = [line for line in text.split("\n") if line][: options.lines]
    sentences = [lower_and_strip_punctuation(line).split() for line in lines]
    own = {"objective": "sampled_softmax", "candidates": "log_uniform", "subtract_log_q": False}
    with tempfile.TemporaryDirectory() as folder:
        ids, _ = vectorize(lines, max_tokens=WORDS, output_sequence_length=10)
        for name, seed in (("training", 42), ("unseen", 43)):
            arrays = generate_training_data(ids, window_size=WINDOW, num_ns=NOISE, vocab_size=WORDS, seed=seed)
            np.savez(Path(folder, name), **dict(zip(("targets", "contexts", "labels"), arrays, strict=True)))
        for seed in range(1, options.seeds + 1):
            if options.keras:
                show("Keras", seed, by_keras(options.keras, folder, seed, options.epochs))
            for rate in options.rates:
                show(
                    f"candidates, alpha={rate:g}", seed, by_word2vec(sentences, seed, options.epochs, alpha=rate, **own)
                )
            for rate in options.softmax:
                settings = {"objective": "softmax", "alpha": rate}
                show(f"softmax, alpha={rate:g}", seed, by_word2vec(sentences, seed, options.epochs, **settings))


if __name__ == "__main__":
    main()
