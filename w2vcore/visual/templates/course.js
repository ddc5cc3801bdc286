// A whole training of the page: trained once to its end, so that the curve is known, and then shown from any example on.

const KEPT = 100; // copies of the matrices,
const KEPT_NUMBERS = 12_000_000; // unless they have more numbers than this together
const CURVE_POINTS = 150;
const MOST_EXAMPLES = 500_000;

class Course {
  constructor(text, settings) {
    this.trainer = new Trainer(text, settings);
    this.total = this.trainer.total;
    const numbers = this.trainer.inputs.numbers.length * 2;
    this.every = Math.ceil(this.total / Math.max(2, Math.min(KEPT, Math.floor(KEPT_NUMBERS / numbers))));
    this.bucket = Math.ceil(this.total / CURVE_POINTS);
    this.sums = []; // of the losses of each bucket of examples
    this.kept = [];
    this.told = null;
  }

  /** Train on towards the end for some milliseconds; returns the share that is done. */
  runAhead(milliseconds) {
    const { trainer } = this;
    const end = performance.now() + milliseconds;
    while (trainer.done < this.total && performance.now() < end) {
      if (trainer.done % this.every === 0) this.keep();
      const place = Math.floor(trainer.done / this.bucket);
      this.sums[place] = (this.sums[place] ?? 0) + trainer.next();
    }
    if (trainer.done === this.total) this.axes ??= this.principalAxes();
    return trainer.done / this.total;
  }

  keep() {
    const { inputs, outputs, done } = this.trainer;
    this.kept.push({ done, inputs: inputs.numbers.slice(), outputs: outputs.numbers.slice() });
  }

  /** Show an example, the first one being 1: train all before it, and explain it. */
  goTo(number) {
    const before = Math.max(0, Math.min(this.total, Math.round(number)) - 1);
    const { trainer } = this;
    if (before < trainer.done || before - trainer.done > this.every) this.restore(before);
    while (trainer.done < before) trainer.next();
    this.told = trainer.explain();
    return this.told;
  }

  restore(before) {
    const { done, inputs, outputs } = this.kept[Math.floor(before / this.every)];
    this.trainer.inputs.numbers.set(inputs);
    this.trainer.outputs.numbers.set(outputs);
    this.trainer.done = done;
  }

  /** The mean loss of the examples of each bucket, at its middle. */
  get curve() {
    const size = (place) => Math.min(this.bucket, this.total - place * this.bucket);
    return {
      xs: this.sums.map((_, place) => place * this.bucket + size(place) / 2),
      ys: this.sums.map((sum, place) => sum / size(place)), last: this.total, unit: "loss by example",
    };
  }

  /** The two directions in which input and output vectors differ most at the end: the axes of the map. */
  principalAxes() {
    const { inputs, outputs } = this.trainer;
    const used = this.trainer.tree ? outputs.rows - 1 : outputs.rows;
    const rows = [...Array.from({ length: inputs.rows }, (_, i) => inputs.row(i)), ...Array.from({ length: used }, (_, i) => outputs.row(i))];
    return principalAxes(rows);
  }
}

/** The two principal axes of some vectors, by the power method. */
function principalAxes(rows) {
  const size = rows[0].length;
  const mean = rows.reduce((sum, row) => sum.map((value, i) => value + row[i] / rows.length), Array(size).fill(0));
  const centred = rows.map((row) => Array.from(row, (value, i) => value - mean[i]));
  const axes = [];
  for (let number = 0; number < Math.min(2, size); number += 1) {
    let axis = Array.from({ length: size }, (_, i) => 1 + ((i * 7 + number * 3) % 5) / 5);
    for (let turn = 0; turn < 60; turn += 1) {
      const next = new Float64Array(size);
      for (const row of centred) addTimes(next, dot(row, axis), row);
      for (const other of axes) addTimes(next, -dot(next, other), other);
      const length = Math.hypot(...next);
      if (length < 1e-12) break;
      axis = Array.from(next, (value) => value / length);
    }
    axes.push(axis);
  }
  if (axes.length < 2) axes.push(Array(size).fill(0));
  return axes;
}
