// The explorer: the chosen word, and what fields, clicks and keys do.

const ANSWERS = 12;

const vectors = new Vectors(unpacked(data.vectors), unpacked(data.scales), data.dimensions);
const points = { plane: unpacked(data.plane), space: unpacked(data.space) };
const map = new WordMap(byId("plane"), byId("space"), data.words, points, (row) => choose(row));
let chosen = -1;

/** A list of words with their cosines; each chooses its word. */
function list(element, answers) {
  element.replaceChildren(...answers.map(({ row, cosine }) => {
    const level = make("span", {});
    level.style.width = `${Math.max(0, Math.min(1, cosine)) * 100}%`;
    const button = make(
      "button",
      { type: "button", title: data.words[row] },
      make("span", { class: "name" }, data.words[row]),
      make("span", { class: "bar", "aria-hidden": "true" }, level),
      make("span", { class: "number" }, cosine.toFixed(2)),
    );
    button.addEventListener("click", () => choose(row));
    return make("li", {}, button);
  }));
}

function facts(row) {
  const count = data.counts ? `, seen ${grouped(data.counts[row])} times` : "";
  return `Word ${grouped(row + 1)} of ${grouped(data.words.length)} by rank${count}. Nearest by cosine:`;
}

/** Show a word and its neighbours, in the list and on the map; -1 shows none. The address keeps the word. */
function choose(row) {
  const address = row < 0 ? "" : `#word=${encodeURIComponent(data.words[row].toWellFormed?.() ?? data.words[row])}`;
  if (location.hash !== address) history.pushState({ row }, "", address || location.pathname);
  show(row);
}

function show(row) {
  chosen = row;
  const near = row < 0 ? [] : vectors.similar(row, ANSWERS);
  byId("chosen").textContent = row < 0 ? "No word chosen" : data.words[row];
  byId("facts").textContent = row < 0 ? "Search one, or click a point on the map." : facts(row);
  list(byId("neighbours"), near);
  return map.select(row < 0 ? [] : [row, ...near.map((answer) => answer.row)]);
}

// ---------------------------------------------------------------- search and analogies

const search = new Suggestions(byId("search"), data.words, (row) => { choose(row); byId("search").blur(); });
const asked = ["first", "second", "third"].map((id, place, ids) => new Suggestions(byId(id), data.words, () => {
  if (place + 1 < ids.length) byId(ids[place + 1]).focus();
  else byId("ask").click();
}));

byId("analogy").addEventListener("submit", (event) => {
  event.preventDefault();
  const rows = asked.map((field) => field.row());
  const unknown = rows.indexOf(-1);
  list(byId("solutions"), unknown < 0 ? vectors.analogy(...rows, 5) : []);
  const word = unknown < 0 ? "" : asked[unknown].input.value.trim();
  const trouble = word ? `“${short(word)}” is not among the words of this page.` : "Give three words.";
  byId("solutions").scrollIntoView({ block: "nearest" });
  byId("trouble").textContent = unknown < 0 ? "" : trouble;
  if (unknown >= 0) asked[unknown].input.focus();
});

// ---------------------------------------------------------------- the map

async function view(name) {
  if (name === "space" && !hasWebGL) return;
  byId("plane-button").setAttribute("aria-pressed", String(name === "plane"));
  byId("space-button").setAttribute("aria-pressed", String(name === "space"));
  const [x, y, z] = data.shares.map((share) => Math.round(share * 100));
  const pca = name === "plane" ? `${x} and ${y} % of the variance` : `${x}, ${y} and ${z} % of the variance`;
  byId("caption").textContent = name === "plane" && data.method !== "PCA" ? data.method : `PCA: ${pca}`;
  await map.show(name);
}

byId("plane-button").addEventListener("click", () => view("plane"));
byId("space-button").addEventListener("click", () => view("space"));
if (!hasWebGL) {
  byId("space-button").disabled = true;
  byId("space-button").title = "This browser has no WebGL, which the map in three dimensions needs";
}

// ---------------------------------------------------------------- keys

/** Move the focus through the neighbours. */
function walk(step) {
  const buttons = [...byId("neighbours").querySelectorAll("button")];
  if (!buttons.length) return;
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : (at + step + buttons.length) % buttons.length;
  buttons[next].focus();
}

const switchColours = followColours(() => map.recolour());

const KEYS = {
  "/": () => byId("search").focus(),
  "?": showKeys,
  a: () => byId("first").focus(),
  t: switchColours,
  2: () => view("plane"),
  3: () => view("space"),
  "+": () => map.zoom(ZOOM),
  "=": () => map.zoom(ZOOM),
  "-": () => map.zoom(1 / ZOOM),
  0: () => map.reset(),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  Backspace: () => history.back(),
  Escape: () => { document.activeElement.blur(); choose(-1); },
};

document.addEventListener("keydown", (event) => {
  if (isTaken(event) || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

// ---------------------------------------------------------------- the beginning

function fromAddress() {
  const word = new URLSearchParams(location.hash.slice(1)).get("word");
  return word === null ? -1 : data.words.indexOf(word);
}

addEventListener("popstate", () => show(fromAddress()));
addEventListener("resize", later(() => map.resize(), 100));

const part = data.words.length < data.vocabulary ? `${grouped(data.words.length)} of ` : "";
byId("about").textContent = `${part}${grouped(data.vocabulary)} words, ${grouped(data.dimensions)} numbers each`;

// The frame is painted before the map, which takes most of the time.
requestAnimationFrame(() => setTimeout(async () => {
  await view("plane");
  byId("loading").remove();
  performance.mark("w2vcore-picture");
  if (fromAddress() >= 0) await show(fromAddress());
  document.documentElement.dataset.ready = "true";
}, 0));
