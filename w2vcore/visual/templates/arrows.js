// The map of an example: which vectors it moves, and where to. Pull and push have colours and kinds of lines of their own.

const LONGEST_STEP = 70; // pixels of the longest arrow
const MAP_MARGIN = 64;

/** Round down to 1, 2 or 5 times a power of ten, at least 1. */
function roundFactor(factor) {
  if (!(factor > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(factor));
  return [5, 2, 1].map((times) => times * power).find((times) => times <= factor);
}

const pullStyle = (pull, width) => ({ tint: colour(pull > 0 ? "--pull" : "--push"), dashed: pull <= 0, width });

class ArrowMap {
  constructor(canvas) {
    this.canvas = canvas;
  }

  /** @param grown how much of the arrows is drawn, from 0 to 1 */
  draw(course, grown) {
    const { context, width, height } = cleared(this.canvas);
    if (!width) return;
    Object.assign(this, { course, told: course.told });
    const flat = (row) => course.axes.map((axis) => dot(axis, row));
    const scene = this.scene(flat);
    const project = this.projector(scene, width, height);
    this.factor = this.magnification(scene, project);
    this.drawOthers(context, scene, project);
    this.drawHidden(context, scene, project);
    this.drawSteps(context, scene, project, grown);
    this.drawNames(context, scene, project, width, height);
  }

  /** What is on the map: all vectors before the example, those that it moves, and the mean of the inputs. */
  scene(flat) {
    const { trainer, told } = this.course;
    const inputs = [...new Set(told.inputs)].map((row) => {
      const times = told.inputs.filter((other) => other === row).length;
      return { row, at: flat(told.before.inputs.get(row)), step: flat(told.error).map((value) => times * value), name: trainer.text.words[row] };
    });
    const hidden = flat(told.hidden);
    const targets = told.rows.map((row, i) => {
      const at = flat(told.before.outputs.get(row));
      return { row, at, pull: told.pulls[i], step: hidden.map((value) => told.pulls[i] * value), name: targetName(trainer, row) };
    });
    const others = trainer.text.words.map((name, row) => ({ name, row, at: flat(trainer.inputs.row(row)) })).filter(({ row }) => !told.before.inputs.has(row));
    return { inputs, targets, others, hidden };
  }

  projector({ inputs, targets, others }, width, height) {
    const places = [...inputs, ...targets, ...others].map(({ at }) => at);
    const [xs, ys] = [0, 1].map((axis) => [...places.map((at) => at[axis]), 0]);
    const box = [xs, ys].map((values) => [Math.min(...values), Math.max(...values)]);
    const unit = Math.max((box[0][1] - box[0][0]) / (width - 2 * MAP_MARGIN), (box[1][1] - box[1][0]) / (height - 2 * MAP_MARGIN)) || 1;
    const middle = box.map(([low, high]) => (low + high) / 2);
    return ([x, y]) => [width / 2 + (x - middle[0]) / unit, height / 2 - (y - middle[1]) / unit];
  }

  /** How many times too long the arrows are, so that the longest one can be seen. */
  magnification({ inputs, targets }, project) {
    const [x0, y0] = project([0, 0]);
    const parts = targets.map(({ at, pull }) => at.map((value) => pull * value));
    const lengths = [...inputs.map(({ step }) => step), ...targets.map(({ step }) => step), ...parts].map((step) => project(step)).map(([x, y]) => Math.hypot(x - x0, y - y0));
    return roundFactor(LONGEST_STEP / Math.max(...lengths, 1e-9));
  }

  drawOthers(context, { others }, project) {
    const zero = project([0, 0]);
    Object.assign(context, { strokeStyle: colour("--line"), lineWidth: 1 });
    drawLine(context, [zero[0] - 6, zero[1]], [zero[0] + 6, zero[1]]);
    drawLine(context, [zero[0], zero[1] - 6], [zero[0], zero[1] + 6]);
    others.forEach(({ at }) => drawDot(context, project(at), 3, colour("--rare")));
  }

  /** CBOW's hidden vector: the mean, tied to the vectors that it is the mean of. */
  drawHidden(context, { inputs, hidden }, project) {
    if (!this.course.trainer.settings.cbow) return;
    Object.assign(context, { strokeStyle: colour("--soft"), lineWidth: 1 });
    const [x, y] = project(hidden);
    inputs.forEach(({ at }) => drawLine(context, project(at), [x, y]));
    Object.assign(context, { strokeStyle: colour("--ink"), lineWidth: 2 });
    drawLine(context, [x - 5, y - 5], [x + 5, y + 5]);
    drawLine(context, [x - 5, y + 5], [x + 5, y - 5]);
  }

  drawSteps(context, { inputs, targets, hidden }, project, grown) {
    const end = (at, step) => project(at.map((value, axis) => value + step[axis] * this.factor * grown));
    const from = this.course.trainer.settings.cbow ? hidden : inputs[0].at;
    for (const { at, pull } of targets) { // what each target adds to the step of the inputs
      drawVector(context, project(from), end(from, at.map((value) => pull * value)), pullStyle(pull, 1));
    }
    for (const { at, step, pull } of targets) {
      drawVector(context, project(at), end(at, step), pullStyle(pull, 2));
      drawDiamond(context, project(at), 6, colour(pull > 0 ? "--pull" : "--push"));
    }
    for (const { at, step } of inputs) {
      drawVector(context, project(at), end(at, step), { tint: colour("--frequent"), width: 2.5 });
      drawDot(context, project(at), 6, colour("--frequent"));
    }
  }

  drawNames(context, { inputs, targets, others, hidden }, project, width, height) {
    const label = ({ name, at }, tint, must) => {
      const [x, y] = project(at);
      return { row: -1, text: short(name, 20), x, y, colour: colour(tint), bold: must, must };
    };
    const mean = this.course.trainer.settings.cbow ? [label({ name: "mean", at: hidden }, "--ink", true)] : [];
    const wanted = [
      ...inputs.map((input) => label(input, "--frequent", true)), ...mean,
      ...targets.map((target) => label(target, target.pull > 0 ? "--pull" : "--push", true)),
      ...others.map((other) => label(other, "--soft", false)),
    ];
    this.labels = withRoom(wanted, width, height, 40);
    this.labels.forEach((one) => drawLabel(context, one));
  }
}

/** A row of the output matrix in words: a word, or a node of the tree. */
const targetName = (trainer, row) => (trainer.tree ? `node ${row + 1}` : trainer.text.words[row]);
