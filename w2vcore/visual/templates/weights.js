// Matrices as heat maps: a row for each word, a column for each number of its vector. And what was recorded of them.

const ROW_HEIGHT = 16;
const HEADS = 24; // pixels for the names above
const NAME_ROOM = 88; // and for the words at the left

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
}

/** Rows of a matrix by their cosine with one of them, best first. */
function nearestRows(matrix, row, count) {
  const lengths = matrix.map((vector) => Math.hypot(...vector) || 1);
  const cosine = (other) => matrix[row].reduce((sum, x, i) => sum + x * matrix[other][i], 0) / lengths[row] / lengths[other];
  const answers = matrix.map((_, other) => ({ row: other, cosine: cosine(other) })).filter((answer) => answer.row !== row);
  return answers.sort((a, b) => b.cosine - a.cosine).slice(0, count);
}

/** Heat maps side by side on a canvas, which say a number where the pointer is. */
class HeatMaps {
  constructor(canvas) {
    Object.assign(this, { canvas, maps: [] });
    canvas.addEventListener("pointermove", (event) => { canvas.title = this.told(pointOn(canvas, event)); });
  }

  /**
   * @param maps {name, names: of the rows, rows: their vectors, marked: numbers of rows} of each
   * @param largest the number that has the full colour
   */
  draw(maps, largest) {
    this.maps = maps;
    this.canvas.style.height = `${Math.max(...maps.map(({ rows }) => rows.length)) * ROW_HEIGHT + HEADS}px`;
    const { context, width } = cleared(this.canvas);
    const tint = divergingColours(largest);
    this.boxes = maps.map((map, number) => this.box(number, width));
    maps.forEach((map, number) => this.drawMap(context, map, this.boxes[number], tint));
  }

  /** Where the cells of a map are; maps with the same words have their names once, at the left. */
  box(number, width) {
    const { maps } = this;
    const named = maps.map(({ names }, i) => i === 0 || names !== maps[i - 1].names);
    const room = (width - named.filter(Boolean).length * NAME_ROOM - 12 * (maps.length - 1)) / maps.length;
    const names = named.slice(0, number + 1).filter(Boolean).length;
    return { left: names * NAME_ROOM + number * (room + 12), width: Math.max(20, room), named: named[number] };
  }

  drawMap(context, { name, names, rows, marked }, { left, width, named }, tint) {
    drawText(context, fitted(name, width, 13), [left, HEADS / 2], { tint: colour("--soft"), size: 13 });
    const isMarked = new Set(marked);
    rows.forEach((vector, row) => {
      const top = HEADS + row * ROW_HEIGHT;
      if (named) {
        const style = { tint: colour(isMarked.has(row) ? "--accent" : "--ink"), align: "right", bold: isMarked.has(row) };
        drawText(context, fitted(names[row], NAME_ROOM - 14), [left - 8, top + ROW_HEIGHT / 2], style);
      }
      const cell = width / vector.length;
      vector.forEach((value, column) => {
        context.fillStyle = tint(value);
        context.fillRect(left + column * cell, top, cell + 0.5, ROW_HEIGHT + 0.5);
      });
    });
    Object.assign(context, { strokeStyle: colour("--accent"), lineWidth: 2 });
    for (const row of isMarked) context.strokeRect(left, HEADS + row * ROW_HEIGHT, width, ROW_HEIGHT);
    Object.assign(context, { strokeStyle: colour("--line"), lineWidth: 1 });
    context.strokeRect(left, HEADS, width, rows.length * ROW_HEIGHT);
  }

  /** The word and the number at a point, or nothing. */
  told([x, y]) {
    const row = Math.floor((y - HEADS) / ROW_HEIGHT);
    for (const [number, { name, names, rows }] of this.maps.entries()) {
      const { left, width } = this.boxes[number];
      const column = Math.floor(((x - left) / width) * (rows[0]?.length ?? 0));
      if (row >= 0 && row < rows.length && x >= left && x < left + width) return `${names[row]}, number ${column + 1}: ${rows[row][column].toFixed(3)} (${name})`;
    }
    return "";
  }
}

/** Write the ends of the colours of heat maps. */
function showScale(low, high, largest) {
  low.textContent = `−${largest.toFixed(2)}`;
  high.textContent = `+${largest.toFixed(2)}`;
}
