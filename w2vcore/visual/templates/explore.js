// The explorer: the chosen word, and what fields, clicks and keys do.

const ANSWERS = 12;
const SOLUTIONS = 5;

const count = data.words.length;
const vectors = new Vectors(unpacked(data.vectors), unpacked(data.scales), data.dimensions);
let chosen = -1;

// ---------------------------------------------------------------- the map and its colours

/** Places as three numbers a word, from integers of two bytes in so many dimensions. */
function placesOf(numbers, dimensions) {
  const places = new Float32Array(3 * count);
  for (let row = 0; row < count; row += 1) {
    for (let axis = 0; axis < dimensions; axis += 1) places[3 * row + axis] = numbers[dimensions * row + axis] / 32767;
  }
  return places;
}

const layouts = data.layouts.map(({ name, note, dimensions, points }) => (
  { name, note, view: dimensions === 2 ? "plane" : "space", places: placesOf(unpacked(points), dimensions) }
));
let layout = null;

const map = new WordMap(byId("map"), data.words, {
  picked: (row) => choose(row),
  lassoed: (rows) => selected(rows),
});

/** A column of metadata that is only told of. */
class Texts {
  constructor(name, texts) { Object.assign(this, { name, texts }); }

  text(row) { return this.texts[row]; }
}

const columns = data.columns.map(({ name, values, labels, numbers, texts }) => {
  if (texts) return new Texts(name, texts);
  return numbers ? new Numbers(name, unpacked(numbers)) : new Categories(name, unpacked(labels), values);
});

const parts = [
  ...(data.clusters.names.length ? [new Categories("Cluster", unpacked(data.clusters.labels), data.clusters.names)] : []),
  ...columns.filter((column) => !(column instanceof Texts)),
];
parts.counts = data.counts
  ? new Numbers("Count", Float32Array.from(data.counts), true)
  : new Numbers("Rank", Float32Array.from({ length: count }, (_, row) => row + 1), true);
parts.push(parts.counts);

const colouring = new Colouring(parts, (colours, visible) => {
  map.captions = captions(colouring.part);
  map.paint(colours, visible);
});

const hasClusters = data.clusters.names.length > 0;
const MOST_CAPTIONS = 40;

/** What stands on the map: the names of the categories by which it is coloured, each where most of its words are. */
function captions(part) {
  if (!(part instanceof Categories) || part.values.length > MOST_CAPTIONS) return [];
  const members = part.values.map(() => []);
  part.labels.forEach((number, row) => members[number]?.push(row));
  return part.values.map((name, number) => ({
    text: short(part.name === "Cluster" ? name.split(", ").slice(0, data.keys ? 1 : 2).join(", ") : name),
    rows: members[number],
    colour: () => css(categoryColour(number)),
  }));
}

function sizes() {
  const usual = count > 50_000 ? 2.6 : count > 5000 ? 3.4 : count > 1000 ? 5 : 7;
  return Float32Array.from({ length: count }, (_, row) => usual * (1.6 - 0.8 * (Math.log1p(row) / Math.log1p(count))));
}

/** Show a layout: the words glide to their places. */
function view(next, glide = true) {
  const before = layout;
  layout = next;
  if (map.ends || next.ends) map.setArrows([]);
  map.ends = next.ends ?? null;
  map.show(next.view);
  map.setPlaces(next.places, glide && before?.view === next.view);
  if (before?.view !== next.view || !before) map.reset();
  for (const [button, shown] of layoutButtons) button.setAttribute("aria-pressed", String(shown === next));
  byId("caption").textContent = next.note;
  byId("leave").hidden = layouts.includes(next);
  if (layouts.includes(next)) lastPlain = next;
}

let lastPlain = layouts[0];
const layoutButtons = layouts.map((each) => {
  const button = make("button", { type: "button", title: each.note }, each.name);
  button.addEventListener("click", () => view(each));
  byId("layouts").append(button);
  return [button, each];
});
byId("leave").addEventListener("click", () => view(lastPlain));
byId("whole").addEventListener("click", () => map.reset());

function toggleLasso() {
  map.lassoing = !map.lassoing;
  byId("lasso").setAttribute("aria-pressed", String(map.lassoing));
}

byId("lasso").addEventListener("click", toggleLasso);

// ---------------------------------------------------------------- a word and its neighbours

/** Show a word and its neighbours, in the list and on the map; -1 shows none. The address keeps the word. */
function choose(row) {
  const name = row < 0 ? "" : String(data.keys ? data.keys[row] : data.words[row]);
  const address = row < 0 ? "" : `#word=${encodeURIComponent(name.toWellFormed?.() ?? name)}`;
  try {
    if (location.hash !== address) history.pushState({ row }, "", address || location.pathname);
  } catch { /* a page in the frame of a notebook has no address */ }
  show(row);
}

function show(row) {
  chosen = row;
  const near = row < 0 ? [] : vectors.similar(row, ANSWERS);
  byId("chosen").textContent = row < 0 ? `No ${noun} chosen` : data.words[row];
  byId("facts").textContent = row < 0 ? "Search, or click a point on the map, to see what is near it." : factsOf(row, hasClusters ? [parts[0], ...columns] : columns);
  byId("near").replaceChildren();
  byId("keep").hidden = row < 0;
  list(byId("neighbours"), near, choose);
  map.arrows = [];
  map.select(row < 0 ? [] : [row, ...near.map((answer) => answer.row)]);
}

/** Say that a word is not there, and what is spelt almost as it is. */
function missed(text, near) {
  show(-1);
  byId("chosen").textContent = `“${short(text)}” is not here`;
  byId("facts").textContent = near.length ? "Near spellings:" : `No ${noun} of this page is spelt like it.`;
  byId("near").replaceChildren(...chips(near, choose));
}

const search = new Suggestions(byId("search"), data.words, (row) => {
  choose(row);
  byId("search").blur();
}, data.keys, missed);

// ---------------------------------------------------------------- questions and lists

const tabs = new Tabs(["analogy", "compare", "axes", "list"]);

const analogy = new Question("analogy", ["first", "second", "third"], examples(["man", "king", "woman"], 3), (rows) => {
  const answers = rows ? vectors.analogy(...rows, SOLUTIONS) : [];
  const draw = (answer) => map.setArrows([{ from: rows[0], to: rows[1] }, { from: rows[2], to: answer, dashed: true }]);
  list(byId("solutions"), answers, (row) => { choose(row); draw(row); });
  map.select([]);
  map.setArrows([]);
  if (answers.length) draw(answers[0].row);
  byId("solutions").scrollIntoView({ block: "nearest" });
});

const comparison = new Question("compare", ["one", "other"], examples(["king", "queen"], 2), (rows) => {
  byId("compared").hidden = !rows;
  map.select([]);
  map.setArrows([]);
  if (!rows) return;
  const [one, other] = rows;
  const way = vectors.between(one, other, ON_THE_WAY);
  const common = vectors.common(one, other, ANSWERS / 2);
  byId("compared-cosine").textContent = `Cosine ${twoDigits(vectors.cosine(one, other))}`;
  byId("way").replaceChildren(...chips([one, ...way, other], choose));
  list(byId("common"), common, choose);
  const stops = [one, ...way, other];
  map.select(common.map(({ row }) => row).filter((row) => !stops.includes(row)));
  map.setArrows(stops.slice(1).map((row, at) => ({ from: stops[at], to: row, dashed: true })));
  byId("compared").scrollIntoView({ block: "nearest" });
});

const axes = new Question("axes", ["left", "right", "low", "high"], examples(["man", "woman", "poor", "rich"], 4), (rows) => {
  if (!rows) return;
  const [across, up] = [vectors.along(rows[0], rows[1]), vectors.along(rows[2], rows[3])];
  const places = new Float32Array(3 * count);
  for (let row = 0; row < count; row += 1) [places[3 * row], places[3 * row + 1]] = [across[row], up[row]];
  const [left, right, low, high] = rows.map((row) => short(data.words[row], 20));
  const note = `How far each ${noun} lies in the directions ${left} → ${right} and ${low} → ${high}`;
  map.arrows = [];
  if (chosen < 0) map.select([]);
  view({ name: "axes", note, view: "plane", places, ends: { left, right, low, high } });
});

const lists = new Lists(
  [
    ["key", (row) => (data.keys ? data.keys[row] : data.words[row])],
    ...(data.keys ? [["title", (row) => data.words[row]]] : []),
    ...(data.counts ? [["count", (row) => data.counts[row]]] : []),
    ...(hasClusters ? [["cluster", (row) => parts[0].text(row)]] : []),
    ...columns.map((column) => [column.name, (row) => column.text(row)]),
  ],
  choose,
  (rows) => map.select(rows),
);

function selected(rows) {
  if (map.lassoing) toggleLasso();
  if (!rows.length) return;
  lists.add(rows);
  tabs.show("list");
  lists.say(`${grouped(rows.length)} selected with the lasso.`);
  map.arrows = [];
  map.select(rows.slice(0, 500));
}

function keep() {
  if (chosen < 0) return;
  lists.add([chosen]);
  tabs.show("list");
}

byId("keep").addEventListener("click", keep);

// ---------------------------------------------------------------- keys

/** Move the focus through the neighbours. */
function walk(step) {
  const buttons = [...byId("neighbours").querySelectorAll("button")];
  if (!buttons.length) return;
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : (at + step + buttons.length) % buttons.length;
  buttons[next].focus();
}

function ask(tab, field) {
  tabs.show(tab);
  byId(field).focus();
}

function flat() {
  const planes = layouts.filter((each) => each.view === "plane");
  view(planes[(planes.indexOf(layout) + 1) % planes.length]);
}

const switchColours = followColours(() => colouring.apply());

const KEYS = {
  "/": () => byId("search").focus(),
  "?": showKeys,
  a: () => ask("analogy", "first"),
  c: () => ask("compare", "one"),
  x: () => ask("axes", "left"),
  l: () => ask("list", "lists"),
  k: keep,
  s: toggleLasso,
  n: () => colouring.next(),
  t: switchColours,
  2: flat,
  3: () => view(layouts.find((each) => each.view === "space")),
  "+": () => map.zoom(ZOOM),
  "=": () => map.zoom(ZOOM),
  "-": () => map.zoom(1 / ZOOM),
  0: () => map.reset(),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  Backspace: () => history.back(),
  Escape: () => {
    document.activeElement.blur();
    if (map.lassoing) toggleLasso();
    else choose(-1);
  },
};

document.addEventListener("keydown", (event) => {
  if (isTaken(event) || !Object.hasOwn(KEYS, event.key)) return;
  if (event.key.startsWith("Arrow") && event.target.matches("[role=tab]")) return;
  event.preventDefault();
  KEYS[event.key]();
});

// ---------------------------------------------------------------- the beginning

function fromAddress() {
  const word = new URLSearchParams(location.hash.slice(1)).get("word");
  if (word === null) return -1;
  return data.keys ? data.keys.findIndex((key) => String(key) === word) : data.words.indexOf(word);
}

addEventListener("popstate", () => show(fromAddress()));
new ResizeObserver(() => map.resize()).observe(byId("map"));

const part = count < data.vocabulary ? `${grouped(count)} of ` : "";
byId("about").textContent = `${part}${grouped(data.vocabulary)} ${nouns}, ${grouped(data.dimensions)} numbers each`;
byId("search").placeholder = "Type to search ( / jumps here )";
for (const element of document.querySelectorAll("[data-noun]")) {
  element.textContent = element.dataset.noun.replace("{a}", `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`).replace("{word}", noun);
}
const narrow = matchMedia("(max-width: 800px)").matches;
if (narrow) byId("legend-box").open = false;
const uncover = () => {
  const box = byId("legend-box");
  const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = box;
  map.camera.covered = narrow || !box.open ? 0 : width;
  map.covers = narrow ? [] : [[left, top, left + width, top + height]];
};
new ResizeObserver(() => { uncover(); map.render(); }).observe(byId("legend-box"));
uncover();

// The frame is painted before the map. The first picture is by PCA; from there the words glide to the first layout.
requestAnimationFrame(() => setTimeout(() => {
  map.setSizes(sizes());
  colouring.apply();
  view(layouts.find((each) => each.view === "plane" && each.name === "PCA"), false);
  map.draw();
  byId("loading").remove();
  performance.mark("w2vcore-picture");
  if (layout !== layouts[0]) view(layouts[0]);
  show(fromAddress());
  const settled = () => {
    if (map.mixed < 1) requestAnimationFrame(settled);
    else {
      map.draw();
      performance.mark("w2vcore-layout");
      document.documentElement.dataset.ready = "true";
    }
  };
  settled();
}, 0));
