// The replay: the map, the curve and the weights at one step of a training, and the movement between steps.

const FRAME = 160; // milliseconds between two steps while it plays
const TAIL = 5; // steps of every word that are drawn behind it
const SMOOTH = 2; // steps before and after, over which a path is averaged
const MAP_REACH = 14; // pixels

class Replay {
  constructor(recorded) {
    Object.assign(this, { recorded, at: 0, chosen: -1, hovered: -1, playing: 0 });
    this.words = recorded.words;
    this.last = recorded.steps.length - 1;
    this.points = unpacked(recorded.points); // x and y of each word at each step
    this.inputs = new Snapshots(recorded.inputs);
    this.outputs = recorded.outputs ? new Snapshots(recorded.outputs) : null;
    this.largest = Math.max(this.inputs.largest, this.outputs?.largest ?? 0);
    this.heat = new HeatMaps(byId("weights"));
    this.curve = new LossCurve(byId("loss"), (epoch) => { this.pause(); this.go(this.stepOf(epoch)); });
    this.extents = [0, 1].map((axis) => this.extentOf(axis));
    this.setCurve();
    this.listen();
  }

  // ------------------------------------------------------------- places

  extentOf(axis) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < this.points.length; i += 2) [low, high] = [Math.min(low, this.points[i]), Math.max(high, this.points[i])];
    return [low, high];
  }

  /** x and y of a word at a step, or between two steps. */
  place(at, row) {
    const [before, part] = [Math.floor(at), at % 1];
    const value = (step, axis) => this.points[(Math.min(step, this.last) * this.words.length + row) * 2 + axis];
    return [0, 1].map((axis) => value(before, axis) * (1 - part) + value(before + 1, axis) * part);
  }

  /** A function that gives a place in pixels; all words are in view at every step. */
  projector(width, height) {
    const [middle, length] = [0, 1].map((part) => this.extents.map(([low, high]) => (part ? high - low : (low + high) / 2)));
    const unit = Math.max(length[0] / Math.max(1, width - 90), length[1] / Math.max(1, height - 96)) || 1;
    return ([x, y]) => [width / 2 + (x - middle[0]) / unit, height / 2 - (y - middle[1]) / unit];
  }

  /** The mean of a word's places around a step: a path, not a scribble. */
  smoothed(step, row) {
    const steps = Array.from({ length: 2 * SMOOTH + 1 }, (_, i) => Math.max(0, Math.min(this.last, step + i - SMOOTH)));
    const places = steps.map((near) => this.place(near, row));
    return [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  }

  stepOf(epoch) {
    const { steps } = this.recorded;
    return steps.reduce((best, step, i) => (Math.abs(step.epoch - epoch) < Math.abs(steps[best].epoch - epoch) ? i : best), 0);
  }

  // ------------------------------------------------------------- drawing

  drawMap() {
    const { context, width, height } = cleared(byId("map"));
    if (!width) return;
    const project = this.projector(width, height);
    this.shown = this.words.map((_, row) => project(this.place(this.at, row)));
    this.words.forEach((_, row) => this.drawTail(context, project, row));
    if (this.chosen >= 0) this.drawPath(context, project);
    this.shown.forEach((place, row) => drawDot(context, place, row === this.chosen ? 6 : 4, colour(row === this.chosen ? "--accent" : "--frequent")));
    this.labels = withRoom(this.candidates(), width, height, this.words.length);
    this.labels.forEach((label) => drawLabel(context, label));
  }

  drawTail(context, project, row) {
    Object.assign(context, { lineWidth: 1.5, strokeStyle: colour("--rare") });
    context.beginPath();
    for (let back = TAIL; back >= 0; back -= 1) context.lineTo(...project(this.place(Math.max(0, this.at - back), row)));
    context.stroke();
  }

  drawPath(context, project) {
    const steps = Array.from({ length: Math.floor(this.at) + 1 }, (_, step) => step);
    const path = [...steps.map((step) => project(this.smoothed(step, this.chosen))), this.shown[this.chosen]];
    Object.assign(context, { lineWidth: 2, strokeStyle: colour("--accent") });
    path.slice(1).forEach((place, i) => {
      context.globalAlpha = 0.15 + (0.85 * (i + 1)) / path.length;
      drawLine(context, path[i], place);
    });
    context.globalAlpha = 1;
  }

  candidates() {
    const marked = [this.hovered, this.chosen].filter((row) => row >= 0);
    const order = [...new Set([...marked, ...this.words.keys()])];
    return order.map((row) => {
      const is = marked.includes(row);
      const tint = colour(row === this.chosen ? "--accent" : "--ink");
      return { row, text: short(this.words[row]), x: this.shown[row][0], y: this.shown[row][1], colour: tint, bold: is, must: is, around: true };
    });
  }

  setCurve() {
    const known = this.recorded.steps.filter(({ loss }) => loss !== null);
    this.curve.setCurve({ xs: known.map(({ epoch }) => epoch), ys: known.map(({ loss }) => loss), last: this.recorded.epochs, unit: "loss by epoch" });
  }

  drawWeights() {
    const marked = this.chosen < 0 ? [] : [this.chosen];
    const map = (name, matrix) => ({ name, names: this.words, rows: matrix.matrix(this.step), marked });
    this.heat.draw([map("Input vectors", this.inputs), ...(this.outputs ? [map("Output vectors", this.outputs)] : [])], this.largest);
    showScale(byId("lowest"), byId("highest"), this.largest);
  }

  get step() {
    return Math.round(this.at);
  }

  /** The epoch at a step, or between two. */
  get epoch() {
    const { steps } = this.recorded;
    const before = Math.floor(this.at);
    const after = Math.min(before + 1, this.last);
    return steps[before].epoch + (steps[after].epoch - steps[before].epoch) * (this.at % 1);
  }

  writeStep() {
    const { epoch, words, alpha, loss } = this.recorded.steps[this.step];
    const whole = this.recorded.steps.every((other) => Number.isInteger(other.epoch));
    byId("step").value = this.step;
    byId("where").textContent = `epoch ${whole ? epoch : epoch.toFixed(2)} of ${this.recorded.epochs}, ${grouped(words)} words, rate ${alpha.toFixed(4)}`;
    byId("loss-now").textContent = loss === null ? "" : loss.toFixed(4);
    const near = this.chosen < 0 ? [] : nearestRows(this.inputs.matrix(this.step), this.chosen, 5);
    byId("near").textContent = this.chosen < 0
      ? "Its path is drawn on the map, and its row is marked below."
      : `Nearest now: ${near.map(({ row, cosine }) => `${this.words[row]} ${cosine.toFixed(2)}`).join(", ")}`;
  }

  draw() {
    this.drawMap();
    this.curve.setNow(this.epoch);
    this.writeStep();
    this.drawWeights();
  }

  // ------------------------------------------------------------- moving

  go(step) {
    this.at = Math.max(0, Math.min(this.last, step));
    this.draw();
  }

  follow(row) {
    this.chosen = Math.max(-1, Math.min(this.words.length - 1, row));
    byId("word").value = String(this.chosen);
    this.draw();
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    showPlaying(byId("play"), false);
  }

  play() {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.at >= this.last) this.go(0);
    showPlaying(byId("play"), true);
    let before = performance.now();
    const advance = (now) => {
      const at = this.at + Math.max(0, now - before) / FRAME;
      before = now;
      const changes = Math.round(at) !== this.step; // the map moves between steps, the rest does not
      this.at = Math.min(this.last, at);
      if (changes || this.at === this.last) this.draw();
      else this.drawMap();
      if (this.at < this.last) this.playing = requestAnimationFrame(advance);
      else this.pause();
    };
    this.playing = requestAnimationFrame(advance);
  }

  listen() {
    byId("play").addEventListener("click", () => this.play());
    byId("step").max = this.last;
    byId("step").addEventListener("input", (event) => { this.pause(); this.go(Number(event.target.value)); });
    byId("word").append(...this.words.map((word, row) => make("option", { value: row }, short(word, 40))));
    byId("word").addEventListener("change", (event) => this.follow(Number(event.target.value)));
    const map = byId("map");
    const rowAt = (event) => nearestPlace(this.shown ?? [], pointOn(map, event), MAP_REACH);
    map.addEventListener("click", (event) => this.follow(rowAt(event)));
    map.addEventListener("pointermove", (event) => {
      const row = rowAt(event);
      map.style.cursor = row >= 0 ? "pointer" : "default";
      if (row !== this.hovered) {
        this.hovered = row;
        this.drawMap();
      }
    });
  }
}

function showPlaying(button, plays) {
  button.textContent = plays ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(plays));
}
