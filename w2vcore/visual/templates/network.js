// The network of an example: its input words, the hidden values, and the outputs; and both matrices as heat maps.

const LISTED = 14; // words in a layer
const LINE = 22; // pixels from one to the next
const NEURON = 9; // largest radius
const MOST_ROWS = 60; // of a matrix

class Network {
  constructor(canvas, heatCanvas) {
    this.canvas = canvas;
    this.heat = new HeatMaps(heatCanvas);
  }

  draw(course) {
    this.course = course;
    this.drawLayers();
    this.drawMatrices();
  }

  get largest() {
    const { inputs, outputs } = this.course.trainer;
    return [inputs, outputs].reduce((most, { numbers }) => numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), most), 1e-6);
  }

  /** The rows of a layer: those of the example first, then the first of all, up to a number. */
  listed(own, count) {
    const rows = [...new Set([...own, ...Array.from({ length: count }, (_, row) => row)])];
    return rows.slice(0, Math.max(LISTED, own.length));
  }

  drawLayers() {
    const { trainer, told } = this.course;
    const inputs = this.listed([...new Set(told.inputs)], trainer.text.words.length);
    const targets = this.listed(told.rows, trainer.tree ? trainer.tree.children.length : trainer.text.words.length);
    const size = told.hidden.length;
    const neuronLine = Math.min(LINE, Math.max(7, 360 / size));
    const tall = Math.max(inputs.length * LINE, targets.length * LINE, size * neuronLine) + 34;
    this.canvas.style.height = `${tall}px`;
    const { context, width } = cleared(this.canvas);
    if (!width) return;
    const name = Math.min(130, width * 0.28);
    const x = { input: name, hidden: width / 2, target: width - name };
    const y = (number, count, line) => 30 + (tall - 34) / 2 + (number - (count - 1) / 2) * line;
    const places = {
      inputs: inputs.map((row, i) => [x.input, y(i, inputs.length, LINE)]),
      hidden: Array.from(told.hidden, (_, i) => [x.hidden, y(i, size, neuronLine)]),
      targets: targets.map((row, i) => [x.target, y(i, targets.length, LINE)]),
    };
    ["input words", "hidden values", trainer.tree ? "nodes" : "output words"].forEach((head, i) => {
      drawText(context, head, [[x.input, x.hidden, x.target][i], 12], { tint: colour("--soft"), size: 13, align: "center" });
    });
    this.drawWires(context, places, inputs, targets);
    this.drawNeurons(context, places, inputs, targets, Math.min(NEURON, neuronLine / 2 - 0.5), name);
  }

  /** The weights of the rows that the example uses, as lines. */
  drawWires(context, places, inputs, targets) {
    const { trainer, told } = this.course;
    const tint = divergingColours(this.largest);
    const wires = (from, to, vector) => to.forEach((place, i) => {
      const part = Math.abs(vector[i]) / this.largest;
      Object.assign(context, { strokeStyle: tint(vector[i]), lineWidth: 0.5 + 2.5 * part, globalAlpha: 0.25 + 0.75 * part });
      drawLine(context, from, place);
    });
    inputs.forEach((row, i) => { if (told.before.inputs.has(row)) wires(places.inputs[i], places.hidden, trainer.inputs.row(row)); });
    targets.forEach((row, i) => { if (told.before.outputs.has(row)) wires(places.targets[i], places.hidden, trainer.outputs.row(row)); });
    context.globalAlpha = 1;
  }

  drawNeurons(context, places, inputs, targets, radius, room) {
    const { trainer, told } = this.course;
    const largest = told.hidden.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const tint = divergingColours(largest);
    const ring = (place, size, fill) => {
      drawDot(context, place, size + 1, colour("--soft"));
      drawDot(context, place, size, fill);
    };
    inputs.forEach((row, i) => {
      const active = told.before.inputs.has(row);
      ring(places.inputs[i], 7, colour(active ? "--frequent" : "--panel"));
      drawText(context, fitted(trainer.text.words[row], room - 24), [places.inputs[i][0] - 13, places.inputs[i][1]], { tint: colour(active ? "--ink" : "--soft"), bold: active, align: "right" });
    });
    places.hidden.forEach((place, i) => {
      ring(place, radius, tint(told.hidden[i]));
      if (radius > 6) drawText(context, told.hidden[i].toFixed(2), [place[0] + radius + 5, place[1]], { tint: colour("--soft"), size: 11, halo: true });
    });
    targets.forEach((row, i) => {
      const own = told.rows.indexOf(row);
      ring(places.targets[i], 7, own < 0 ? colour("--panel") : colour(told.labels[own] ? "--pull" : "--push"));
      const chance = own < 0 ? "" : ` ${told.chances[own].toFixed(2)}`;
      drawText(context, fitted(targetName(trainer, row), room - 58) + chance, [places.targets[i][0] + 13, places.targets[i][1]], { tint: colour(own < 0 ? "--soft" : "--ink"), bold: own >= 0 });
    });
  }

  drawMatrices() {
    const { trainer, told } = this.course;
    const { words } = trainer.text;
    const shown = (own, count) => [...new Set([...own, ...Array.from({ length: count }, (_, row) => row)])].slice(0, MOST_ROWS).sort((a, b) => a - b);
    const map = (name, matrix, rows, own, named) => ({
      name, names: named ?? rows.map((row) => words[row]), rows: rows.map((row) => matrix.row(row)),
      marked: own.map((row) => rows.indexOf(row)),
    });
    const both = [...new Set(trainer.tree ? told.inputs : [...told.inputs, ...told.rows])];
    const rows = shown(both, words.length);
    const first = map("Input vectors", trainer.inputs, rows, [...new Set(told.inputs)]);
    const nodes = trainer.tree ? shown(told.rows, trainer.tree.children.length) : rows;
    const names = trainer.tree ? nodes.map((row) => targetName(trainer, row)) : first.names;
    this.heat.draw([first, map(trainer.tree ? "Nodes of the tree" : "Output vectors", trainer.outputs, nodes, told.rows, names)], this.largest);
    showScale(byId("lesson-lowest"), byId("lesson-highest"), this.largest);
  }
}
