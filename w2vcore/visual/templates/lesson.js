// Step by step: one example after the other of a training that the page itself does, and what each one changes.

const SLICE = 12; // milliseconds of training between two pictures
const GROW = 450; // milliseconds in which the arrows grow
const PAUSE = 900; // milliseconds between two examples while it plays
const AROUND = 9; // words on each side of the centre that are shown
const FIELDS = ["cbow", "tree", "alpha", "window", "negative", "size", "epochs", "seed"];

class Lesson {
  constructor({ lines, settings, differs }) {
    Object.assign(this, { own: lines, settings, course: null, number: 1, view: "arrows", playing: 0, run: 0 });
    this.arrows = new ArrowMap(byId("arrows"));
    this.network = new Network(byId("network"), byId("matrices"));
    this.tree = new TreePicture(byId("tree"));
    this.curve = new LossCurve(byId("lesson-loss"), (place) => { this.pause(); this.go(place); });
    byId("differs").textContent = differs;
    byId("differs").hidden = !differs;
    this.fillForm();
    this.listen();
  }

  // ------------------------------------------------------------- training

  /** Train a text from the beginning, piece by piece so that the page goes on; shows the first example at the end. */
  async train(lines, settings) {
    this.pause();
    this.run += 1;
    const { run } = this;
    const course = new Course(encodedText(lines), settings);
    if (course.total > MOST_EXAMPLES) {
      this.say(`This is a training of ${grouped(course.total)} examples, and ${grouped(MOST_EXAMPLES)} are allowed here: take fewer epochs, or a shorter text.`);
      return;
    }
    this.allow(false);
    let share = 0;
    while (share < 1 && run === this.run) {
      share = course.runAhead(SLICE);
      this.say(`Training … ${Math.floor(100 * share)} %`);
      await new Promise((done) => setTimeout(done, 0));
    }
    if (run !== this.run) return; // another one has begun
    this.say("");
    this.settings = settings;
    this.course = course;
    this.allow(true);
    byId("tree-tab").hidden = !settings.tree;
    if (!settings.tree && this.view === "tree") this.show("arrows");
    byId("example").max = course.total;
    this.curve.setCurve(course.curve);
    this.go(1);
  }

  say(text) {
    byId("trouble").textContent = text;
  }

  allow(allowed) {
    document.querySelectorAll("#lesson-bar button, #lesson-bar input").forEach((element) => { element.disabled = !allowed; });
  }

  // ------------------------------------------------------------- one example

  go(number, animated = false) {
    if (!this.course) return;
    this.number = Math.max(1, Math.min(this.course.total, Math.round(number)));
    this.course.goTo(this.number);
    this.write();
    this.draw(animated);
  }

  /** Train some examples, and show the last of them. */
  next(count) {
    this.go(this.number + count, count === 1);
  }

  write() {
    const { told, total, trainer } = this.course;
    byId("example").value = this.number;
    byId("lesson-where").textContent = `example ${grouped(this.number)} of ${grouped(total)}, epoch ${told.epoch + 1} of ${trainer.settings.epochs}, rate ${told.rate.toFixed(4)}`;
    byId("lesson-loss-now").textContent = told.loss.toFixed(4);
    byId("sentence").replaceChildren(...sentenceOf(this.course));
    byId("what").replaceChildren(...explanationOf(this.course));
    byId("changes").replaceChildren(...told.rows.map((_, i) => changeOf(this.course, i)));
    byId("target-head").textContent = trainer.tree ? "node of the tree" : "output word";
    byId("chance-head").textContent = trainer.tree ? "chance to turn up" : "chance to be the true word";
    byId("moves").textContent = movesOf(this.course);
  }

  draw(animated = false) {
    if (!this.course?.told || byId("lesson").hidden) return;
    this.curve.setNow(this.number);
    cancelAnimationFrame(this.growing);
    if (this.view === "network") this.network.draw(this.course);
    else if (this.view === "tree") this.tree.draw(this.course);
    else this.drawArrows(animated && !isStill() ? performance.now() : -Infinity);
  }

  drawArrows(began) {
    const part = Math.min(1, (performance.now() - began) / GROW);
    this.arrows.draw(this.course, part * (2 - part));
    byId("factor").textContent = this.arrows.factor > 1 ? `Arrows are ${grouped(this.arrows.factor)} times as long as the steps.` : "";
    if (part < 1) this.growing = requestAnimationFrame(() => this.drawArrows(began));
  }

  /** Choose a picture: the arrows, the network, the tree. */
  show(view) {
    this.view = view;
    for (const name of ["arrows", "network", "tree"]) {
      byId(`${name}-tab`).setAttribute("aria-selected", String(name === view));
      byId(`${name}-panel`).hidden = name !== view;
    }
    this.draw();
  }

  // ------------------------------------------------------------- playing

  pause() {
    clearTimeout(this.playing);
    this.playing = 0;
    showPlaying(byId("lesson-play"), false);
  }

  play() {
    if (this.playing) {
      this.pause();
      return;
    }
    if (!this.course) return;
    showPlaying(byId("lesson-play"), true);
    const advance = () => {
      this.next(1);
      if (this.number < this.course.total) this.playing = setTimeout(advance, PAUSE);
      else this.pause();
    };
    this.playing = setTimeout(advance, 0);
  }

  // ------------------------------------------------------------- the form

  fillForm() {
    byId("preset").append(...Object.entries(TEXTS).map(([key, { name }]) => make("option", { value: key }, name)));
    this.choose("own");
    for (const name of FIELDS) byId(`field-${name}`).value = String(Number(this.settings[name]));
  }

  choose(preset) {
    byId("text").value = TEXTS[preset].text ?? this.own.map((line) => line.join(" ")).join("\n");
  }

  /** The settings that the form says; what it does not ask for is as it was. */
  formSettings() {
    const settings = { ...this.settings };
    for (const name of FIELDS) settings[name] = Number(byId(`field-${name}`).value);
    return { ...settings, cbow: Boolean(settings.cbow), tree: Boolean(settings.tree), minAlpha: Math.min(this.settings.minAlpha, settings.alpha) };
  }

  submit() {
    const lines = linesOf(byId("text").value);
    const trouble = troubleWith(lines);
    if (trouble) this.say(trouble);
    else if (byId("form").reportValidity()) return this.train(lines, this.formSettings());
    return Promise.resolve();
  }

  listen() {
    for (const count of [1, 20, 100, 500]) byId(`next-${count}`).addEventListener("click", () => { this.pause(); this.next(count); });
    byId("back").addEventListener("click", () => { this.pause(); this.go(this.number - 1); });
    byId("first").addEventListener("click", () => { this.pause(); this.go(1); });
    byId("lesson-play").addEventListener("click", () => this.play());
    byId("example").addEventListener("input", (event) => { this.pause(); this.go(Number(event.target.value)); });
    byId("preset").addEventListener("change", (event) => { this.choose(event.target.value); this.submit(); });
    byId("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    byId("field-tree").addEventListener("change", () => this.showFields());
    for (const name of ["arrows", "network", "tree"]) byId(`${name}-tab`).addEventListener("click", () => this.show(name));
    this.showFields();
  }

  /** A tree has no noise words. */
  showFields() {
    byId("field-negative").disabled = byId("field-tree").value === "1";
  }
}

// ---------------------------------------------------------------- an example in words

const bold = (word, kind) => make("b", { class: kind }, short(word, 24));

/** Words, as a list in a sentence: "a, b and c". */
function listed(nodes) {
  return nodes.flatMap((node, i) => (i === 0 ? [node] : [i === nodes.length - 1 ? " and " : ", ", node]));
}

/** The sentence of an example: its window is marked, and in it the input words and the centre. */
function sentenceOf({ trainer, told }) {
  const line = trainer.text.sentences[told.sentence];
  const [first, last] = [Math.max(0, told.place - AROUND), Math.min(line.length - 1, told.place + AROUND)];
  const kind = (place) => {
    if (place === told.place) return "centre";
    if (told.places.includes(place)) return "input";
    return told.window.includes(place) ? "window" : "outside";
  };
  const words = Array.from({ length: last - first + 1 }, (_, i) => make("span", { class: kind(first + i) }, short(trainer.text.words[line[first + i]], 24)));
  const spaced = words.flatMap((word, i) => (i ? [" ", word] : [word]));
  return [...(first > 0 ? ["… "] : []), ...spaced, ...(last < line.length - 1 ? [" …"] : [])];
}

/** What the example asks, in two sentences. */
function explanationOf({ trainer, told }) {
  const name = (row) => trainer.text.words[row];
  const centre = bold(name(told.centre), "pull");
  const inputs = listed([...new Set(told.inputs)].map((row) => bold(name(row), "input")));
  const asked = told.inputs.length > 1 ? ["The mean of the words around it, ", ...inputs, ", is to predict ", centre, "."] : [...inputs, " is near ", centre, ", and is to predict it."];
  if (trainer.tree) {
    if (!told.rows.length) return asked;
    return [...asked, ` The path down the tree to it has ${told.rows.length} turn${told.rows.length === 1 ? "" : "s"}, each a question of its own.`];
  }
  const noise = listed(told.rows.slice(1).map((row) => bold(name(row), "push")));
  if (!noise.length) return [...asked, " All noise words that were drawn are the true word itself, and are left out."];
  return [...asked, " Drawn at random as noise: ", ...noise, "."];
}

/** A line of the table: what is wanted, the chance before and after, pull or push. */
function changeOf({ trainer, told }, i) {
  const [wanted, before, after] = [told.labels[i], told.chances[i], told.after[i]];
  const pulls = told.pulls[i] > 0;
  const times = told.times[i] > 1 ? ` ×${told.times[i]}` : "";
  const bar = make("span", { class: "chance", "aria-hidden": "true" }, make("i", { style: `width:${100 * after}%` }), make("s", { style: `left:${100 * before}%` }));
  return make(
    "tr", { class: pulls ? "pull" : "push" },
    make("th", { scope: "row" }, short(targetName(trainer, told.rows[i]), 24) + times),
    make("td", { class: "number" }, String(wanted)),
    make("td", { class: "number" }, bar, ` ${before.toFixed(4)} → ${after.toFixed(4)}`),
    make("td", {}, pulls ? "→← pull" : "←→ push"),
  );
}

/** What the step does to the vectors, and why it may be none. */
function movesOf({ trainer, told }) {
  const [whose, hidden] = trainer.settings.cbow ? ["All input vectors move", "the mean"] : ["The input vector moves", "the input vector"];
  if (told.error.every((value) => value === 0)) {
    return `Each output vector moves along ${hidden}. ${trainer.settings.cbow ? "The input vectors stay" : "The input vector stays"}: all these output vectors were still zero.`;
  }
  const wrong = told.rows.some((_, i) => (told.after[i] - told.chances[i]) * told.pulls[i] < 0);
  const why = wrong ? " A chance may go the wrong way for once, as all targets move the same input." : "";
  return `Each output vector moves along ${hidden}, towards it (pull) or away (push). ${whose} by the sum of the thin arrows. The farther a chance is from what is wanted, the longer its arrow.${why}`;
}
