// A trainer of word2vec in plain arithmetic: what the reference backend computes (backends/reference.py), example by example.
// An example is a pair of an input word and the centre that it is to predict (skip-gram), or a whole window (CBOW).

/** Sentences as numbers of words: frequent words have the first ones, and of equally frequent words the last to come. */
function encodedText(lines) {
  const counts = new Map();
  for (const word of lines.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts.keys()].reverse().sort((a, b) => counts.get(b) - counts.get(a)); // equal ones keep their order
  const ids = new Map(words.map((word, id) => [word, id]));
  return { words, counts: words.map((word) => counts.get(word)), sentences: lines.map((line) => line.map((word) => ids.get(word))) };
}

const sigmoid = (score) => 1 / (1 + Math.exp(-score));
const softplus = (score) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));

/** A matrix of numbers of 32 bits. */
class Matrix {
  constructor(rows, columns) {
    Object.assign(this, { rows, columns, numbers: new Float32Array(rows * columns) });
  }

  row(number) {
    return this.numbers.subarray(number * this.columns, (number + 1) * this.columns);
  }
}

/** Numbers of 24 bits, uniform in [-1, 1) / columns. */
function startingVectors(rows, columns, seed) {
  const matrix = new Matrix(rows, columns);
  const [key, scratch] = [randomKey(seed, 0, PURPOSE.start), new Uint32Array(4)];
  for (let i = 0; i < matrix.numbers.length; i += 1) {
    const block = drawBlock(key, 0, i >>> 2, scratch);
    matrix.numbers[i] = ((block[i & 3] >>> 8) / 2 ** 23 - 1) / columns;
  }
  return matrix;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

function addTimes(row, factor, other) {
  for (let i = 0; i < row.length; i += 1) row[i] += factor * other[i];
}

class Trainer {
  /**
   * @param text {words, counts, sentences}, as `encodedText` returns it
   * @param settings {cbow, tree, negative, exponent, window, size, alpha, minAlpha, epochs, seed}
   */
  constructor(text, settings) {
    Object.assign(this, { text, settings, done: 0 });
    this.tokens = text.sentences.flatMap((sentence, number) => sentence.map((word, place) => ({ word, sentence: number, place })));
    this.inputs = startingVectors(text.words.length, settings.size, settings.seed);
    this.outputs = new Matrix(text.words.length, settings.size); // zeros; with a tree, the vectors of its nodes
    if (settings.tree) this.tree = new CodeTree(text.counts);
    else this.noise = new NoiseWords(text.counts, settings.exponent);
    this.hidden = new Float64Array(settings.size);
    this.error = new Float64Array(settings.size);
    this.scratch = new Uint32Array(4);
    this.starts = this.countExamples();
    this.listed = { epoch: -1 };
  }

  /** The number of the first example of each epoch, and behind the last epoch that of all. */
  countExamples() {
    const starts = [0];
    for (let epoch = 0; epoch < this.settings.epochs; epoch += 1) starts.push(starts[epoch] + this.listExamples(epoch).length);
    return starts;
  }

  get total() {
    return this.starts[this.settings.epochs];
  }

  /** How many words on each side are in the window of a token, which is drawn anew in each epoch. */
  reach(key, position) {
    const [, second] = drawPair(key, 0, position, this.scratch);
    return this.settings.window - below(second, this.settings.window);
  }

  /** Where each example of an epoch is: the token in the centre, the reach of its window, which of its words it is. */
  listExamples(epoch) {
    const key = randomKey(this.settings.seed, epoch, PURPOSE.token);
    return this.tokens.flatMap(({ sentence, place }, position) => {
      const reach = this.reach(key, position);
      const last = this.text.sentences[sentence].length - 1;
      const contexts = Math.min(reach, place) + Math.min(reach, last - place);
      const examples = this.settings.cbow ? Math.min(1, contexts) : contexts;
      return Array.from({ length: examples }, (_, ordinal) => ({ position, reach, ordinal }));
    });
  }

  /** An example by its number: its epoch, the tokens of its window, its input words, and the word to predict. */
  example(number) {
    const epoch = this.starts.findIndex((start) => start > number) - 1;
    if (this.listed.epoch !== epoch) this.listed = { epoch, examples: this.listExamples(epoch), noiseKey: randomKey(this.settings.seed, epoch, PURPOSE.noise) };
    const { position, reach, ordinal } = this.listed.examples[number - this.starts[epoch]];
    const { sentence, place, word } = this.tokens[position];
    const line = this.text.sentences[sentence];
    const [first, last] = [Math.max(0, place - reach), Math.min(line.length - 1, place + reach)];
    const window = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((other) => other !== place);
    const places = this.settings.cbow ? window : [window[ordinal]];
    return { number, epoch, position, sentence, place, window, places, ordinal, centre: word, inputs: places.map((at) => line[at]) };
  }

  /** The rows of the output matrix that an example trains, the label of each, and how often it was drawn. */
  targets({ centre, position, ordinal }) {
    if (this.tree) {
      const { nodes, turns } = this.tree.paths[centre];
      return { rows: nodes, labels: turns.map((turn) => 1 - turn), times: nodes.map(() => 1) };
    }
    const times = new Map([[centre, 1]]);
    for (let draw = 0; draw < this.settings.negative; draw += 1) {
      const row = this.noise.draw(this.listed.noiseKey, position, ordinal * this.settings.negative + draw);
      if (row !== centre) times.set(row, (times.get(row) ?? 0) + 1);
    }
    return { rows: [...times.keys()], labels: [...times.keys()].map((row) => Number(row === centre)), times: [...times.values()] };
  }

  /** The learning rate, which falls from epoch to epoch. */
  rate(epoch) {
    const { alpha, minAlpha, epochs } = this.settings;
    return alpha - (alpha - minAlpha) * (epoch / epochs);
  }

  /** Write the mean of the vectors of the input words into `hidden`. */
  fillHidden(inputs) {
    this.hidden.fill(0);
    for (const row of inputs) addTimes(this.hidden, 1 / inputs.length, this.inputs.row(row));
    return this.hidden;
  }

  /** Train an example: all scores come from the vectors before it. Returns its loss. */
  update(example, { rows, labels, times } = this.targets(example)) {
    const [hidden, error, rate] = [this.fillHidden(example.inputs), this.error.fill(0), this.rate(example.epoch)];
    let loss = 0;
    rows.forEach((row, i) => {
      const output = this.outputs.row(row);
      const score = dot(hidden, output);
      const gradient = rate * (labels[i] - sigmoid(score)) * times[i];
      loss += times[i] * softplus(labels[i] ? -score : score);
      addTimes(error, gradient, output);
      addTimes(output, gradient, hidden);
    });
    for (const row of example.inputs) addTimes(this.inputs.row(row), 1, error);
    return loss;
  }

  /** Train the next example, and return its loss. */
  next() {
    const loss = this.update(this.example(this.done));
    this.done += 1;
    return loss;
  }

  /** What a score says: the chance that a word is the true one, or that the path turns left at a node. */
  chances(example, rows) {
    const hidden = this.fillHidden(example.inputs);
    return rows.map((row) => sigmoid(dot(hidden, this.outputs.row(row))));
  }

  /** Train the next example, and return all there is to say of it. */
  explain() {
    const example = this.example(this.done);
    const targets = this.targets(example);
    const copies = (matrix, rows) => new Map(rows.map((row) => [row, Float32Array.from(matrix.row(row))]));
    const before = { inputs: copies(this.inputs, example.inputs), outputs: copies(this.outputs, targets.rows) };
    const chances = this.chances(example, targets.rows);
    const hidden = Float32Array.from(this.hidden);
    const rate = this.rate(example.epoch);
    const pulls = targets.rows.map((_, i) => rate * (targets.labels[i] - chances[i]) * targets.times[i]);
    const loss = this.update(example, targets);
    const error = Float32Array.from(this.error);
    this.done += 1;
    return { ...example, ...targets, before, hidden, error, rate, pulls, loss, chances, after: this.chances(example, targets.rows) };
  }
}
