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
    const cosines = this.cosines(query);
    const best = [];
    for (let row = 0; row < this.count; row += 1) {
      const cosine = cosines[row];
      if (best.length === count && cosine <= best[count - 1].cosine) continue;
      if (without.includes(row)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1].cosine < cosine) place -= 1;
      best.splice(place, 0, { row, cosine });
      if (best.length > count) best.pop();
    }
    return best;
  }

  similar(row, count) {
    return this.nearest(this.unit(row), count, [row]);
  }

  /** The words that are to c as b is to a: near b and c, and far from a. */
  analogy(a, b, c, count) {
    const [from, to, other] = [a, b, c].map((row) => this.unit(row));
    return this.nearest(to.map((number, i) => number - from[i] + other[i]), count, [a, b, c]);
  }
}
