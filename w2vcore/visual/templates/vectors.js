// Questions to the vectors: neighbours by cosine, and analogies.

class Vectors {
  constructor(numbers, scales, dimensions) {
    this.numbers = numbers; // a row of small integers for each word,
    this.scales = scales; // and what to multiply it with for a vector of length 1
    this.dimensions = dimensions;
    this.count = scales.length;
  }

  /** The vector of a word; its length is 1 up to rounding. */
  unit(row) {
    const start = row * this.dimensions;
    return Float32Array.from(this.numbers.subarray(start, start + this.dimensions), (number) => number * this.scales[row]);
  }

  /** The cosine of each word with a query. */
  cosines(query) {
    const length = Math.hypot(...query) || 1;
    const { numbers, scales, dimensions } = this;
    const result = new Float32Array(this.count);
    for (let row = 0, place = 0; row < this.count; row += 1) {
      let sum = 0;
      for (let i = 0; i < dimensions; i += 1, place += 1) sum += numbers[place] * query[i];
      result[row] = (sum * scales[row]) / length;
    }
    return result;
  }

  /** The words with the largest cosines, best first, without some of them. */
  nearest(query, count, without) {
    return best(this.cosines(query), count, without);
  }

  similar(row, count) {
    return this.nearest(this.unit(row), count, [row]);
  }

  /** The words that are to c as b is to a: near b and c, and far from a. */
  analogy(a, b, c, count) {
    const [from, to, other] = [a, b, c].map((row) => this.unit(row));
    return this.nearest(to.map((number, i) => number - from[i] + other[i]), count, [a, b, c]);
  }

  /** A few words from one to another: each is nearest to a place on the straight way between both. */
  between(a, b, steps) {
    const [from, to] = [this.unit(a), this.unit(b)];
    const found = [];
    for (let step = 1; step <= steps; step += 1) {
      const part = step / (steps + 1);
      const [near] = this.nearest(from.map((number, i) => number * (1 - part) + to[i] * part), 1, [a, b, ...found]);
      if (near) found.push(near.row);
    }
    return found;
  }

  /** The words that are near two others: those whose smaller cosine is largest. */
  common(a, b, count) {
    const [one, other] = [this.cosines(this.unit(a)), this.cosines(this.unit(b))];
    return best(one.map((cosine, row) => Math.min(cosine, other[row])), count, [a, b]);
  }

  cosine(a, b) {
    return this.unit(a).reduce((sum, number, i) => sum + number * this.scales[b] * this.numbers[b * this.dimensions + i], 0);
  }

  /** How far each word lies in the direction from one to another: the cosine with the difference of both. */
  along(a, b) {
    const from = this.unit(a);
    return this.cosines(this.unit(b).map((number, i) => number - from[i]));
  }
}

/** The rows with the largest values, best first, without some of them. */
function best(values, count, without) {
  const found = [];
  for (let row = 0; row < values.length; row += 1) {
    const cosine = values[row];
    if (found.length === count && cosine <= found[count - 1].cosine) continue;
    if (without.includes(row)) continue;
    let place = found.length;
    while (place > 0 && found[place - 1].cosine < cosine) place -= 1;
    found.splice(place, 0, { row, cosine });
    if (found.length > count) found.pop();
  }
  return found;
}
