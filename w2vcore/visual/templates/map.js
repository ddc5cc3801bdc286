// The map: points, and above them words, names of clusters, arrows and the lasso; how it is moved and what is clicked.

const CANDIDATES = 3000; // so many of the most frequent words in view are tried for a place
const MOST_LABELS = { plane: 90, space: 40 };
const NAMED_UP_TO = 2.6; // times nearer than the whole map: so far, clusters have their names on it
const REACH = 12; // pixels from a point in which a click is for it
const GLIDE = 800; // milliseconds from one layout to the next
const ROUND_WORDS = 110; // pixels around words that fill the view
const NEAREST_FILLED = 6; // times nearer than the whole map
const CLICK = 5; // pixels that a click may move

class WordMap {
  /**
   * @param element holds the canvases
   * @param words how they are shown, most frequent first
   * @param heard {picked(row), lassoed(rows)}
   */
  constructor(element, words, heard) {
    Object.assign(this, { element, words, heard });
    this.count = words.length;
    this.shown = words.map((word) => short(word));
    this.camera = new Camera();
    [this.back, this.front] = ["points", "words"].map((name) => make("canvas", { class: name }));
    element.append(this.back, this.front);
    this.front.setAttribute("role", "img");
    this.scatter = scatterOn(this.back, this.count);
    this.context = this.front.getContext("2d");
    this.places = this.before = new Float32Array(3 * this.count);
    this.mixed = 1;
    this.visible = new Uint8Array(this.count).fill(1);
    this.tint = new Uint8Array(4 * this.count).fill(200);
    this.sizes = this.scatter.arrays.size;
    this.selected = []; // a word and its neighbours
    this.captions = []; // {text, row: [rows of a cluster], colour}
    this.arrows = []; // {from, to, dashed}
    this.ends = null; // names of the ends of two axes
    this.labels = [];
    this.covers = []; // boxes that something else covers
    this.hovered = -1;
    this.lasso = null;
    this.lassoing = false;
    this.waiting = false;
    this.listen();
    this.resize();
  }

  // ------------------------------------------------------------- what is shown

  /** Put every word in its place, gliding there from where it was. */
  setPlaces(places, glide = true) {
    const still = !glide || this.camera.view === "space" || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.before = this.mixed < 1 ? this.now() : this.places;
    this.places = places;
    this.scatter.fill("before", this.before);
    this.scatter.fill("after", places);
    this.mixed = still ? 1 : 0;
    this.began = performance.now();
    this.captionPlaces = null;
    this.box = this.whole();
    if (this.camera.view === "plane") {
      const { unit, middle } = this.camera.framed(this.box);
      this.glide = { from: { unit: this.camera.unit, middle: this.camera.middle }, to: { unit, middle } };
      this.camera.wholeUnit = unit;
      if (still) Object.assign(this.camera, this.glide.to);
    }
    this.render();
  }

  /** The places between two layouts. */
  now() {
    return this.places.map((value, i) => this.before[i] * (1 - this.mixed) + value * this.mixed);
  }

  whole() {
    const box = [[Infinity, -Infinity], [Infinity, -Infinity]];
    for (let row = 0; row < this.count; row += 1) {
      for (let axis = 0; axis < 2; axis += 1) {
        const value = this.places[3 * row + axis];
        if (value < box[axis][0]) box[axis][0] = value;
        if (value > box[axis][1]) box[axis][1] = value;
      }
    }
    return box;
  }

  setSizes(sizes) {
    this.sizes = sizes;
    this.scatter.fill("size", sizes);
  }

  /** @param colours three bytes a word; @param visible one byte a word */
  paint(colours, visible) {
    this.visible = visible;
    const opacity = this.count > 5000 ? 190 : 225;
    for (let row = 0; row < this.count; row += 1) {
      for (let i = 0; i < 3; i += 1) this.tint[4 * row + i] = colours[3 * row + i];
      this.tint[4 * row + 3] = visible[row] ? opacity : 0;
    }
    this.scatter.fill("tint", this.tint);
    this.captionPlaces = null;
    this.render();
  }

  /** Mark a word and its neighbours, the word first. */
  select(rows) {
    this.selected = rows;
    if (rows.length) this.bringIntoView(rows.slice(0, 1));
    this.render();
  }

  setArrows(arrows) {
    this.arrows = arrows;
    if (arrows.length) this.bringIntoView(arrows.flatMap(({ from, to }) => [from, to]), true);
    this.render();
  }

  // ------------------------------------------------------------- the view

  show(view) {
    this.camera.view = view;
    this.render();
  }

  get view() {
    return this.camera.view;
  }

  get ranges() {
    return this.camera.ranges;
  }

  zoom(factor, across, down) {
    const [chosen] = this.selected;
    if (across === undefined && chosen !== undefined && this.view === "plane") {
      const [x, y] = this.pixel(chosen); // stays where it is, if it is in view
      if (x > 0 && x < this.camera.width && y > 0 && y < this.camera.height) [across, down] = [x, y];
    }
    this.camera.zoom(factor, across, down);
    this.render();
  }

  reset() {
    if (this.view === "plane") this.camera.frame(this.box);
    else Object.assign(this.camera, { nearness: 1, yaw: 0.6, pitch: 0.4 });
    this.render();
  }

  /** Move, and go farther where it must be, until all of some words are in view; or so near that they fill it. */
  bringIntoView(rows, filling = false) {
    if (this.view !== "plane" || !rows.length) return;
    const { camera } = this;
    const inside = rows.every((row) => {
      const [x, y] = this.pixel(row);
      return x > 30 + camera.covered && x < camera.width - 30 && y > 24 && y < camera.height - 10;
    });
    if (inside && !filling) return;
    const box = [0, 1].map((axis) => {
      const values = rows.map((row) => this.places[3 * row + axis]);
      return [Math.min(...values), Math.max(...values)];
    });
    const least = filling ? camera.wholeUnit / NEAREST_FILLED : camera.unit;
    const { unit } = camera.framed(box, ROUND_WORDS);
    Object.assign(camera, { unit: rows.length > 1 ? Math.max(unit, least) : camera.unit });
    camera.middle = camera.middleOf(box);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    this.ratio = Math.min(3, devicePixelRatio || 1);
    for (const canvas of [this.back, this.front]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    const whole = this.camera.magnification;
    this.camera.resize(width, height);
    if (this.box) {
      this.camera.wholeUnit = this.camera.framed(this.box).unit;
      if (this.view === "plane") this.camera.unit = this.camera.wholeUnit / whole;
    }
    this.render();
  }

  /** A function that gives x and y of a word in pixels. */
  projector() {
    const [a, b, , w] = this.camera.rows();
    const { width, height } = this.camera;
    const { places, before, mixed } = this;
    return (row, result) => {
      let [x, y, z] = [places[3 * row], places[3 * row + 1], places[3 * row + 2]];
      if (mixed < 1) {
        x = before[3 * row] * (1 - mixed) + x * mixed;
        y = before[3 * row + 1] * (1 - mixed) + y * mixed;
        z = before[3 * row + 2] * (1 - mixed) + z * mixed;
      }
      const over = w[0] * x + w[1] * y + w[2] * z + w[3];
      result[0] = ((a[0] * x + a[1] * y + a[2] * z + a[3]) / over / 2 + 0.5) * width;
      result[1] = (0.5 - (b[0] * x + b[1] * y + b[2] * z + b[3]) / over / 2) * height;
      return result;
    };
  }

  pixel(row) {
    return this.projector()(row, [0, 0]);
  }

  /** The visible word nearest to a point of the picture, or -1. */
  at(across, down) {
    const label = this.labels.find(({ row, box }) => row >= 0 && box[0] <= across && across <= box[2] && box[1] <= down && down <= box[3]);
    if (label) return label.row;
    const project = this.projector();
    const place = [0, 0];
    let [best, found] = [REACH * REACH, -1];
    for (let row = 0; row < this.scatter.limit; row += 1) {
      if (!this.visible[row]) continue;
      project(row, place);
      const distance = (place[0] - across) ** 2 + (place[1] - down) ** 2;
      if (distance < best) [best, found] = [distance, row];
    }
    return found;
  }

  // ------------------------------------------------------------- drawing

  /** Draw with the next picture of the screen, once for any number of changes. */
  render() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    if (!this.box) return; // no layout yet
    if (this.mixed < 1) {
      const part = Math.min(1, (performance.now() - this.began) / GLIDE);
      this.mixed = part < 1 ? part * part * (3 - 2 * part) : 1;
      if (this.glide && this.view === "plane") {
        const { from, to } = this.glide;
        this.camera.unit = from.unit * (1 - this.mixed) + to.unit * this.mixed;
        this.camera.middle = [0, 1].map((axis) => from.middle[axis] * (1 - this.mixed) + to.middle[axis] * this.mixed);
      }
      if (this.mixed < 1) this.render();
    }
    const scale = Math.min(2.2, this.camera.magnification ** 0.35) * this.ratio;
    this.scatter.draw(this.camera.rows(), this.mixed, scale);
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.camera.width, this.camera.height);
    const project = this.projector();
    if (this.ends) drawAxes(context, this.camera, this.ends);
    drawSelection(context, this.selected.map((row) => project(row, [0, 0])));
    for (const arrow of this.arrows) drawArrow(context, project(arrow.from, [0, 0]), project(arrow.to, [0, 0]), arrow.dashed);
    this.labels = withRoom(this.candidates(project), this.camera.width, this.camera.height, this.room(), this.covers);
    this.labels.forEach((label) => drawLabel(context, label));
    if (this.lasso) drawLasso(context, this.lasso);
  }

  room() {
    return MOST_LABELS[this.view] * Math.min(1, this.camera.width / 900) + 10;
  }

  /** What is to be written on the map, the most important first. */
  candidates(project) {
    const { width, height } = this.camera;
    const [ink, accent] = [colour("--ink"), colour("--accent")];
    const found = [];
    const place = [0, 0];
    const add = (row, style) => {
      project(row, place);
      const [x, y] = place;
      if (x >= 0 && x <= width && y >= 0 && y <= height) found.push({ row, text: this.shown[row], x, y, ...style });
    };
    if (this.hovered >= 0) add(this.hovered, { colour: ink, bold: true, size: LABEL_SIZE + 1, must: true });
    const marked = new Set([this.hovered, ...this.selected]);
    this.selected.forEach((row, at) => {
      if (row !== this.hovered) add(row, { colour: accent, size: LABEL_SIZE + 1, bold: at === 0, must: at === 0 });
    });
    for (const { from, to } of this.arrows) {
      for (const row of [from, to]) {
        if (!marked.has(row)) add(row, { colour: accent, bold: true, size: LABEL_SIZE + 1, must: true });
        marked.add(row);
      }
    }
    if (this.mixed < 1) return found;
    if (this.view === "plane" && this.camera.magnification < NAMED_UP_TO && !this.ends) found.push(...this.captionsInView(width, height));
    for (let row = 0; row < this.scatter.limit && found.length < CANDIDATES; row += 1) {
      if (this.visible[row] && !marked.has(row)) add(row, { colour: ink });
    }
    return found;
  }

  captionsInView(width, height) {
    const project = this.projector();
    this.captionPlaces ??= this.captions.map(({ rows }) => this.densest(rows));
    return this.captions.flatMap(({ text, colour: tint }, number) => {
      const row = this.captionPlaces[number];
      if (row < 0) return [];
      const [x, y] = project(row, [0, 0]);
      const inside = x > 0 && x < width && y > 0 && y < height;
      return inside ? [{ row: -1, cluster: number, text, x, y, colour: tint(), bold: true, size: 15, centred: true, around: true }] : [];
    });
  }

  /** The word of a cluster that has most of the others around it; -1 where none is visible. */
  densest(rows) {
    const shown = rows.filter((row) => this.visible[row]).slice(0, 400);
    const reach = 0.06 * Math.max(...this.box.map(([low, high]) => high - low));
    let [most, found] = [-1, -1];
    for (const row of shown) {
      const [x, y] = [this.places[3 * row], this.places[3 * row + 1]];
      const near = shown.reduce((sum, other) => sum + (Math.hypot(this.places[3 * other] - x, this.places[3 * other + 1] - y) < reach), 0);
      if (near > most) [most, found] = [near, row];
    }
    return found;
  }

  // ------------------------------------------------------------- pointers

  listen() {
    const pointers = new Map();
    const where = (event) => {
      const box = this.front.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    let moved = 0;
    this.front.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.front.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, where(event));
      moved = 0;
      if ((this.lassoing || event.shiftKey) && pointers.size === 1) this.lasso = [where(event)];
      else if (pointers.size > 1) this.lasso = null;
    });
    this.front.addEventListener("pointermove", (event) => {
      const place = where(event);
      const last = pointers.get(event.pointerId);
      if (!last) {
        const row = event.pointerType === "touch" ? -1 : this.at(...place);
        if (row !== this.hovered) this.hovered = row;
        this.front.style.cursor = this.lassoing ? "crosshair" : row >= 0 ? "pointer" : "grab";
        this.render();
        return;
      }
      const [across, down] = [place[0] - last[0], place[1] - last[1]];
      moved += Math.hypot(across, down);
      if (this.lasso) {
        this.lasso.push(place);
      } else if (pointers.size === 2) {
        const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        const distance = (at) => Math.max(1, Math.hypot(at[0] - other[0], at[1] - other[1]));
        this.camera.drag(across / 2, down / 2);
        this.camera.zoom(distance(place) / distance(last), (place[0] + other[0]) / 2, (place[1] + other[1]) / 2);
      } else if (moved > CLICK) {
        this.camera.drag(across, down);
      }
      pointers.set(event.pointerId, place);
      this.render();
    });
    const ended = (event) => {
      if (!pointers.delete(event.pointerId)) return;
      const polygon = this.lasso;
      this.lasso = null;
      this.render();
      if (event.type === "pointercancel") return;
      if (polygon && moved > CLICK) {
        this.heard.lassoed(this.within(polygon));
      } else if (moved <= CLICK) {
        const row = this.at(...where(event));
        if (row >= 0) this.heard.picked(row);
      }
    };
    this.front.addEventListener("pointerup", ended);
    this.front.addEventListener("pointercancel", ended);
    this.front.addEventListener("pointerleave", () => {
      this.hovered = -1;
      this.render();
    });
    this.front.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.camera.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...where(event));
      this.render();
    }, { passive: false });
    this.front.addEventListener("dblclick", () => this.reset());
  }

  /** The visible words inside of a polygon of the picture. */
  within(polygon) {
    const project = this.projector();
    const place = [0, 0];
    const found = [];
    for (let row = 0; row < this.scatter.limit; row += 1) {
      if (this.visible[row] && isInside(polygon, project(row, place))) found.push(row);
    }
    return found;
  }
}
