// The map in two and in three dimensions, drawn by plotly.js, and the words written on it.

const CANDIDATES = 3000; // so many of the most frequent words in view are tried for a place
const MOST_LABELS = { plane: 90, space: 24 };
const CONFIG = { scrollZoom: true, displayModeBar: false, responsive: true, doubleClick: false };
const FEWER_WITHOUT_WEBGL = 3000;
const ZOOM = 1.6;
const EYE = { x: 0.95, y: 0.95, z: 0.75 }; // where the camera stands, in lengths of the cloud

const extent = (axis) => axis.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

class WordMap {
  /**
   * @param plane,space elements to draw in
   * @param words all words, most frequent first
   * @param points their places: {plane: [x, y, ...], space: [x, y, z, ...]}
   * @param picked called with the number of a word that was clicked
   */
  constructor(plane, space, words, points, picked) {
    this.elements = { plane, space };
    this.words = words;
    this.hover = words.map((word) => plain(short(word, 60)));
    this.count = words.length;
    // The most frequent words are drawn last, so they are on top. Without WebGL, only a few thousand words move fluently.
    this.drawnWords = [...Array(hasWebGL ? this.count : Math.min(this.count, FEWER_WITHOUT_WEBGL)).keys()].reverse();
    this.places = {
      plane: [0, 1].map((axis) => points.plane.filter((_, i) => i % 2 === axis)),
      space: [0, 1, 2].map((axis) => points.space.filter((_, i) => i % 3 === axis)),
    };
    this.picked = picked;
    this.selected = []; // a word and its neighbours
    this.drawn = { plane: false, space: false };
    this.view = "plane";
    this.relabel = later(() => this.label(), 60);
    this.thinLater = later(() => this.thin(), 120);
  }

  async show(view) {
    this.view = view;
    for (const [name, element] of Object.entries(this.elements)) element.hidden = name !== view;
    if (!this.drawn[view]) await this.draw();
    else await this.highlight();
  }

  get element() {
    return this.elements[this.view];
  }

  async draw() {
    const view = this.view;
    const element = this.element;
    const layout = {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      hovermode: "closest",
      showlegend: false,
      ...(view === "plane" ? this.planeLayout() : this.spaceLayout()),
      ...this.hoverStyle(),
    };
    await Plotly.newPlot(element, [this.everyWord(), this.selectedWords()], layout, CONFIG);
    if (!this.drawn[view]) {
      this.drawn[view] = true;
      element.on("plotly_click", ({ points: [point] }) => {
        const row = (point.curveNumber === 0 ? this.drawnWords : this.selected)[point.pointNumber];
        // In three dimensions plotly.js reports a click in every frame that it draws while the button is held.
        if (row !== this.selected[0]) this.picked(row);
      });
      element.on("plotly_relayout", (change) => { if (!Object.keys(change).some((name) => name.endsWith("annotations"))) this.relabel(); });
      if (view === "space") element.on("plotly_afterplot", () => this.thinLater());
      element.on("plotly_doubleclick", () => this.reset());
    }
    await this.label();
  }

  /** Draw again in the colours of the page. */
  async recolour() {
    this.drawn[this.view === "plane" ? "space" : "plane"] = false;
    const element = this.element;
    const [all, chosen] = [this.everyWord().marker, this.selectedWords().marker];
    await Plotly.update(element, { marker: [all, chosen] }, this.hoverStyle());
    await this.label();
  }

  hoverStyle() {
    const font = { family: FONT, size: 14, color: colour("--ink") };
    return { hoverlabel: { bgcolor: colour("--panel"), bordercolor: colour("--line"), font } };
  }

  coordinates(rows) {
    const [x, y, z] = this.places[this.view].map((axis) => rows.map((row) => axis[row]));
    return this.view === "plane" ? { x, y } : { x, y, z };
  }

  get type() {
    if (this.view === "space") return "scatter3d";
    return hasWebGL ? "scattergl" : "scatter";
  }

  everyWord() {
    const many = this.count > 2000;
    const size = this.view === "plane" ? (many ? 4 : 6) : (many ? 2 : 3.5);
    const rows = this.drawnWords;
    return {
      type: this.type,
      mode: "markers",
      ...this.coordinates(rows),
      text: rows.map((row) => this.hover[row]),
      hovertemplate: "%{text}<extra></extra>",
      marker: {
        size,
        opacity: many ? 0.8 : 0.9,
        color: rows.map((row) => Math.log1p(row) / Math.log1p(this.count)),
        cmin: 0,
        cmax: 1,
        colorscale: [[0, colour("--frequent")], [1, colour("--rare")]],
        line: { width: 0 },
      },
    };
  }

  selectedWords() {
    const size = this.view === "plane" ? [11, 8] : [7, 5];
    return {
      type: this.type,
      mode: "markers",
      ...this.coordinates(this.selected),
      text: this.selected.map((row) => this.hover[row]),
      hovertemplate: "%{text}<extra></extra>",
      marker: {
        size: this.selected.map((_, place) => size[Math.min(place, 1)]),
        color: colour("--accent"),
        opacity: 1,
        line: { width: 1, color: colour("--paper") },
      },
    };
  }

  /** Mark a word and its neighbours, the word first. */
  async select(rows) {
    this.selected = rows;
    await this.highlight();
  }

  async highlight() {
    const { x, y, z, text, marker } = this.selectedWords();
    const values = { x: [x], y: [y], text: [text], marker: [marker], ...(z ? { z: [z] } : {}) };
    await Plotly.restyle(this.element, values, [1]);
    if (this.view === "plane" && this.selected.length) await this.bringIntoView(this.selected[0]);
    await this.label();
  }

  // ------------------------------------------------------------- the view

  planeLayout() {
    const [xaxis, yaxis] = this.whole().map((range) => ({ visible: false, range, fixedrange: false }));
    return { dragmode: "pan", xaxis, yaxis };
  }

  spaceLayout() {
    const axis = {
      title: { text: "" }, showticklabels: false, showspikes: false, showbackground: false, zeroline: false, showgrid: false,
      showline: false,
    };
    return {
      dragmode: "orbit",
      scene: { xaxis: { ...axis }, yaxis: { ...axis }, zaxis: { ...axis }, aspectmode: "data", camera: { eye: EYE } },
    };
  }

  get size() {
    return [this.element.clientWidth, this.element.clientHeight];
  }

  /** Ranges of both axes that hold all words, one unit being as long in x as in y. */
  whole() {
    const spans = this.places.plane.map((axis) => {
      const [low, high] = extent(axis);
      return [(low + high) / 2, high - low];
    });
    const unit = Math.max(...spans.map(([, span], axis) => span / Math.max(1, this.size[axis] - 70))) || 1 / this.size[0];
    return spans.map(([middle], axis) => [middle - (unit * this.size[axis]) / 2, middle + (unit * this.size[axis]) / 2]);
  }

  get ranges() {
    return [this.elements.plane.layout.xaxis.range, this.elements.plane.layout.yaxis.range].map((range) => range.map(Number));
  }

  setRanges([x, y]) {
    return Plotly.relayout(this.elements.plane, { "xaxis.range": x, "yaxis.range": y });
  }

  zoom(factor) {
    if (this.view === "space") {
      const { eye } = this.element.layout.scene.camera;
      const moved = Object.fromEntries(Object.entries(eye).map(([axis, value]) => [axis, value / factor]));
      return Plotly.relayout(this.element, { "scene.camera.eye": moved });
    }
    const [chosen] = this.selected; // stays where it is, if it is in view
    const ranges = this.ranges;
    const places = this.places.plane.map((axis) => axis[chosen]);
    const inView = chosen !== undefined && ranges.every(([low, high], axis) => low < places[axis] && places[axis] < high);
    return this.setRanges(ranges.map(([low, high], axis) => {
      const fixed = inView ? places[axis] : (low + high) / 2;
      return [low, high].map((end) => fixed + (end - fixed) / factor);
    }));
  }

  reset() {
    if (this.view === "plane") return this.setRanges(this.whole());
    return Plotly.relayout(this.element, { "scene.camera.eye": EYE });
  }

  async bringIntoView(row) {
    const [inner, outer] = [0.02, 0.98];
    const ranges = this.ranges;
    const inside = ranges.every(([low, high], axis) => {
      const share = (this.places.plane[axis][row] - low) / (high - low);
      return share > inner && share < outer;
    });
    if (inside) return;
    await this.setRanges(ranges.map(([low, high], axis) => {
      const [middle, half] = [this.places.plane[axis][row], (high - low) / 2];
      return [middle - half, middle + half];
    }));
  }

  /** Keep the middle and the width of the view after the window has changed its size. */
  async resize() {
    if (!this.drawn.plane || this.view !== "plane") return;
    await Plotly.Plots.resize(this.element);
    const [[left, right], [low, high]] = this.ranges;
    const half = ((right - left) * this.size[1]) / this.size[0] / 2;
    await this.setRanges([[left, right], [(low + high) / 2 - half, (low + high) / 2 + half]]);
  }

  // ------------------------------------------------------------- words

  async label() {
    if (this.view === "plane") await this.labelPlane();
    else await this.labelSpace();
  }

  styled(row, place) {
    const chosen = place >= 0;
    return {
      row, text: short(this.words[row]), bold: place === 0, must: place === 0,
      colour: chosen ? colour("--accent") : colour("--ink"), size: chosen ? LABEL_SIZE + 1 : LABEL_SIZE,
    };
  }

  async labelPlane() {
    const [width, height] = this.size;
    const [x, y] = this.places.plane;
    const [[left, right], [low, high]] = this.ranges;
    const candidates = [];
    const add = (row, place) => {
      const across = ((x[row] - left) / (right - left)) * width;
      const down = ((high - y[row]) / (high - low)) * height;
      if (across >= 0 && across <= width && down >= 0 && down <= height) {
        candidates.push({ ...this.styled(row, place), x: across, y: down });
      }
    };
    this.selected.forEach(add);
    for (let row = 0; row < this.count && candidates.length < CANDIDATES; row += 1) {
      if (!this.selected.includes(row)) add(row, -1);
    }
    const labels = withRoom(candidates, width, height, MOST_LABELS.plane * Math.min(1, width / 900) + 10);
    const annotations = labels.map((label) => annotation(label, { x: x[label.row], y: y[label.row] }));
    await Plotly.relayout(this.element, { annotations });
  }

  /** In three dimensions words move with the camera, so they are only kept well apart; neighbours may be nearer. */
  async labelSpace() {
    const [x, y, z] = this.places.space;
    const spread = Math.max(...this.places.space.map((axis) => {
      const [low, high] = extent(axis);
      return high - low;
    }));
    const rows = [];
    const add = (row, distance) => {
      const near = (other) => Math.hypot(x[row] - x[other], y[row] - y[other], z[row] - z[other]) < distance * spread;
      if (rows.length < MOST_LABELS.space && !rows.some(near)) rows.push(row);
    };
    this.selected.forEach((row) => add(row, 0.05));
    for (let row = 0; row < Math.min(this.count, CANDIDATES); row += 1) add(row, 0.12);
    const annotations = rows.map((row) => annotation(
      this.styled(row, this.selected.indexOf(row)), { x: x[row], y: y[row], z: z[row] },
    ));
    await Plotly.relayout(this.element, { "scene.annotations": annotations });
    this.thinLater(); // plotly.js places them with the next picture
  }

  /** In three dimensions, hide the words that touch an earlier one as the camera sees them. */
  thin() {
    const seen = [];
    for (const label of this.elements.space.querySelectorAll(".annotation-scene")) {
      const box = label.getBoundingClientRect();
      const apart = (other) => (
        box.right < other.left || other.right < box.left || box.bottom < other.top || other.bottom < box.top
      );
      const free = seen.every(apart);
      label.style.visibility = free ? "" : "hidden";
      if (free) seen.push(box);
    }
  }
}
