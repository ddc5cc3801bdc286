// What was recorded, and its heat maps: a row for each word, a column for each number of its vector.

const ROW_HEIGHT = 15;
const HEADS = 26; // pixels for the names above

/** Snapshots of a matrix: small integers, and for each step the factor that restores the numbers. */
class Snapshots {
  constructor({ numbers, scales }) {
    [this.steps, this.rows, this.columns] = numbers.shape;
    this.numbers = unpacked(numbers);
    this.scales = unpacked(scales);
    this.largest = this.scales.reduce((largest, scale) => Math.max(largest, scale * 32767), 0);
  }

  vector(step, row) {
    const start = (step * this.rows + row) * this.columns;
    return Float32Array.from(this.numbers.subarray(start, start + this.columns), (number) => number * this.scales[step]);
  }

  matrix(step) {
    return Array.from({ length: this.rows }, (_, row) => this.vector(step, row));
  }

  /** Words by their cosine with a word at a step, best first. */
  nearest(step, row, count) {
    const matrix = this.matrix(step);
    const lengths = matrix.map((vector) => Math.hypot(...vector) || 1);
    const cosine = (other) => matrix[row].reduce((sum, x, i) => sum + x * matrix[other][i], 0) / lengths[row] / lengths[other];
    const answers = matrix.map((_, other) => ({ row: other, cosine: cosine(other) })).filter((answer) => answer.row !== row);
    return answers.sort((a, b) => b.cosine - a.cosine).slice(0, count);
  }
}

class WeightMaps {
  /** @param matrices [name, Snapshots] of each, side by side */
  constructor(element, words, matrices) {
    this.element = element;
    this.words = words;
    this.matrices = matrices;
    this.largest = Math.max(...matrices.map(([, matrix]) => matrix.largest));
    element.style.height = `${words.length * ROW_HEIGHT + HEADS}px`;
  }

  traces(step) {
    const colorscale = [[0, colour("--low")], [0.5, colour("--panel")], [1, colour("--high")]];
    const y = this.words.map((_, row) => row);
    return this.matrices.map(([name, matrix], place) => ({
      type: "heatmap", z: matrix.matrix(step), y, zmin: -this.largest, zmax: this.largest, colorscale, showscale: false,
      xaxis: place ? "x2" : "x", yaxis: "y",
      text: this.words.map((word) => Array(matrix.columns).fill(plain(short(word)))),
      hovertemplate: `%{text}, number %{x}: %{z:.3f}<extra>${name}</extra>`,
    }));
  }

  layout(chosen) {
    const [gap, count] = [0.04, this.matrices.length];
    const axes = this.matrices.map((_, place) => ({
      domain: [place / count + (place ? gap / 2 : 0), (place + 1) / count - (place < count - 1 ? gap / 2 : 0)],
      fixedrange: true, showticklabels: false, showgrid: false, zeroline: false, ticks: "",
    }));
    const heads = this.matrices.map(([name], place) => ({
      text: name, showarrow: false, xref: place ? "x2 domain" : "x domain", yref: "paper", x: 0, y: 1, xanchor: "left",
      yanchor: "bottom", font: { family: FONT, size: 13, color: colour("--soft") },
    }));
    const frame = { type: "rect", xref: "paper", x0: 0, x1: 1, y0: chosen - 0.5, y1: chosen + 0.5, line: { color: colour("--accent"), width: 2 } };
    return {
      ...plainLayout(), margin: { l: 84, r: 4, t: HEADS, b: 2 }, annotations: heads, shapes: chosen < 0 ? [] : [frame],
      xaxis: axes[0], ...(axes[1] ? { xaxis2: axes[1] } : {}),
      yaxis: {
        autorange: "reversed", fixedrange: true, tickmode: "array", tickvals: this.words.map((_, row) => row),
        ticktext: this.words.map((word) => plain(short(word, 11))), ticks: "", showgrid: false, zeroline: false,
        tickfont: { family: FONT, size: 11.5, color: colour("--ink") },
      },
    };
  }

  draw(step, chosen) {
    return Plotly.react(this.element, this.traces(step), this.layout(chosen), { displayModeBar: false, responsive: true });
  }
}
