// Noise words, drawn in proportion to count ** exponent: the alias table of Walker (1977), built as by Vose (1991).

/** Chances of the words, scaled to a mean of 1. */
function noiseChances(counts, exponent) {
  const logs = counts.map((count) => exponent * Math.log(count));
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (weight * counts.length) / sum);
}

/** Slots of two halves: a draw takes slot i, and there i itself below the threshold, else its alias. */
function aliasTable(chances) {
  const rest = Float64Array.from(chances);
  const threshold = new Uint32Array(rest.length).fill(0xffffffff);
  const alias = Uint32Array.from(rest, (_, row) => row);
  const [poor, rich] = [[], []];
  for (let row = rest.length - 1; row >= 0; row -= 1) (rest[row] < 1 ? poor : rich).push(row);
  while (poor.length && rich.length) {
    const [small, large] = [poor.pop(), rich[rich.length - 1]];
    threshold[small] = Math.floor(rest[small] * 4294967296);
    alias[small] = large;
    rest[large] -= 1 - rest[small];
    if (rest[large] < 1) poor.push(rich.pop());
  }
  return { threshold, alias };
}

class NoiseWords {
  constructor(counts, exponent) {
    this.chances = noiseChances(counts, exponent).map((chance) => chance / counts.length);
    Object.assign(this, aliasTable(noiseChances(counts, exponent)), { scratch: new Uint32Array(4) });
  }

  /** The noise word of a draw for the token at a place of the epoch. */
  draw(key, position, number) {
    const [first, second] = drawPair(key, position, number, this.scratch);
    const slot = below(first, this.alias.length);
    return second < this.threshold[slot] ? slot : this.alias[slot];
  }
}
