// The replay: the map, the curve and the weights at one step of the training, and the animation between steps.

const FRAME = 160; // milliseconds between two steps while it plays
const STATIC = { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false };

const inputs = new Snapshots(data.inputs);
const matrices = [["Input vectors", inputs], ...(data.outputs ? [["Output vectors", new Snapshots(data.outputs)]] : [])];
const weights = new WeightMaps(byId("weights"), data.words, matrices);
const points = unpacked(data.points); // x and y of each word at each step
const last = data.steps.length - 1;
const count = data.words.length;
const names = data.words.map((word) => plain(short(word, 60)));

let step = last;
let chosen = -1;
let timer = 0;

function plainLayout() {
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "closest", dragmode: false,
    hoverlabel: { bgcolor: colour("--panel"), bordercolor: colour("--line"), font: { family: FONT, size: 13, color: colour("--ink") } },
  };
}

const place = (at, row, axis) => points[(at * count + row) * 2 + axis];
const everyRow = (work) => Array.from({ length: count }, (_, row) => work(row));

// ---------------------------------------------------------------- the map

/** Ranges that hold every word at every step, one unit being as long in x as in y. */
function ranges() {
  const { clientWidth: width, clientHeight: height } = byId("map");
  const extents = [0, 1].map((axis) => points.reduce(
    ([low, high], value, i) => (i % 2 === axis ? [Math.min(low, value), Math.max(high, value)] : [low, high]),
    [Infinity, -Infinity],
  ));
  const room = [width - 90, height - 90];
  const unit = Math.max(...extents.map(([low, high], axis) => (high - low) / Math.max(1, room[axis]))) || 1 / width;
  return extents.map(([low, high], axis) => {
    const [middle, half] = [(low + high) / 2, (unit * (axis ? height : width)) / 2];
    return [middle - half, middle + half];
  });
}

function mapLabels([[left, right], [low, high]]) {
  const { clientWidth: width, clientHeight: height } = byId("map");
  const order = [...(chosen < 0 ? [] : [chosen]), ...everyRow((row) => row).filter((row) => row !== chosen)];
  const candidates = order.map((row) => ({
    row, text: short(data.words[row]), bold: row === chosen, must: row === chosen,
    colour: colour(row === chosen ? "--accent" : "--ink"),
    x: ((place(step, row, 0) - left) / (right - left)) * width,
    y: ((high - place(step, row, 1)) / (high - low)) * height,
  }));
  const free = withRoom(candidates, width, height, count);
  return free.map((label) => annotation(label, { x: place(step, label.row, 0), y: place(step, label.row, 1) }));
}

function drawMap() {
  const path = chosen < 0 ? [] : Array.from({ length: step + 1 }, (_, at) => at);
  const trail = {
    type: "scatter", mode: "lines", hoverinfo: "skip", line: { color: colour("--accent"), width: 1.5 },
    x: path.map((at) => place(at, chosen, 0)), y: path.map((at) => place(at, chosen, 1)),
  };
  const words = {
    type: "scatter", mode: "markers", text: names, hovertemplate: "%{text}<extra></extra>",
    x: everyRow((row) => place(step, row, 0)), y: everyRow((row) => place(step, row, 1)),
    marker: {
      size: everyRow((row) => (row === chosen ? 11 : 7)), opacity: 1, line: { width: 1, color: colour("--paper") },
      color: everyRow((row) => colour(row === chosen ? "--accent" : "--frequent")),
    },
  };
  const [x, y] = ranges();
  const axis = { visible: false, fixedrange: true };
  const layout = {
    ...plainLayout(), margin: { l: 0, r: 0, t: 0, b: 0 }, xaxis: { ...axis, range: x }, yaxis: { ...axis, range: y },
    annotations: mapLabels([x, y]),
  };
  return Plotly.react(byId("map"), [trail, words], layout, STATIC);
}

// ---------------------------------------------------------------- the curve

function drawLoss() {
  const known = data.steps.filter(({ loss }) => loss !== null);
  const axis = { fixedrange: true, zeroline: false, gridcolor: colour("--line"), tickfont: { family: FONT, size: 12, color: colour("--soft") } };
  const now = data.steps[step].epoch;
  const layout = {
    ...plainLayout(), margin: { l: 38, r: 8, t: 6, b: 34 },
    xaxis: { ...axis, range: [0, data.epochs], showgrid: false, title: { text: "epoch", standoff: 4, font: { family: FONT, size: 12, color: colour("--soft") } } },
    yaxis: { ...axis, rangemode: "normal", nticks: 4 },
    shapes: [{ type: "line", x0: now, x1: now, yref: "paper", y0: 0, y1: 1, line: { color: colour("--accent"), width: 2 } }],
  };
  const curve = {
    type: "scatter", mode: "lines", x: known.map(({ epoch }) => epoch), y: known.map(({ loss }) => loss),
    line: { color: colour("--frequent"), width: 2 }, hovertemplate: "epoch %{x:.2f}: %{y:.4f}<extra></extra>",
  };
  return Plotly.react(byId("loss"), [curve], layout, STATIC);
}

// ---------------------------------------------------------------- one step

async function draw() {
  const { epoch, words, alpha, loss } = data.steps[step];
  const whole = data.steps.every((other) => Number.isInteger(other.epoch));
  byId("step").value = step;
  byId("where").textContent = `epoch ${whole ? epoch : epoch.toFixed(2)} of ${data.epochs}, ${grouped(words)} words, `
    + `rate ${alpha.toFixed(4)}`;
  byId("loss-now").textContent = loss === null ? "" : loss.toFixed(4);
  byId("near").textContent = chosen < 0
    ? "Its path is drawn on the map, and its row is marked below."
    : `Nearest now: ${inputs.nearest(step, chosen, 5).map((near) => `${data.words[near.row]} ${near.cosine.toFixed(2)}`).join(", ")}`;
  await Promise.all([drawMap(), drawLoss(), weights.draw(step, chosen)]);
}

function go(to) {
  step = Math.max(0, Math.min(last, to));
  return draw();
}

function follow(row) {
  chosen = Math.max(-1, Math.min(count - 1, row));
  byId("word").value = String(chosen);
  return draw();
}

// ---------------------------------------------------------------- playing

function pause() {
  clearTimeout(timer);
  timer = 0;
  byId("play").textContent = "Play";
  byId("play").setAttribute("aria-pressed", "false");
}

async function advance() {
  const began = performance.now();
  await go(step + 1);
  if (!timer) return;
  if (step === last) pause();
  else timer = setTimeout(advance, Math.max(0, FRAME - (performance.now() - began)));
}

async function play() {
  if (timer) {
    pause();
    return;
  }
  byId("play").textContent = "Pause";
  byId("play").setAttribute("aria-pressed", "true");
  timer = setTimeout(advance, FRAME);
  if (step === last) await go(0);
}

// ---------------------------------------------------------------- what the reader does

byId("play").addEventListener("click", play);
byId("step").max = last;
byId("step").addEventListener("input", (event) => { pause(); go(Number(event.target.value)); });
byId("word").append(...data.words.map((word, row) => make("option", { value: row }, short(word, 40))));
byId("word").addEventListener("change", (event) => follow(Number(event.target.value)));

const switchColours = followColours(draw);

const KEYS = {
  " ": play,
  ArrowLeft: () => { pause(); go(step - 1); },
  ArrowRight: () => { pause(); go(step + 1); },
  Home: () => { pause(); go(0); },
  End: () => { pause(); go(last); },
  ArrowUp: () => follow(chosen - 1),
  ArrowDown: () => follow(chosen + 1),
  "/": () => byId("word").focus(),
  Escape: () => follow(-1),
  t: switchColours,
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target === byId("word")) byId("word").blur();
  const presses = event.key === " " && event.target.matches?.("button"); // the button will
  if (isTaken(event) || presses || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

addEventListener("resize", later(draw, 100));

// ---------------------------------------------------------------- the beginning

const part = count < data.vocabulary ? `${grouped(count)} of ` : "";
byId("about").textContent = `${part}${grouped(data.vocabulary)} words, ${data.dimensions} numbers each; ${data.settings}`;
const [across, up] = data.shares.map((share) => Math.round(share * 100));
byId("caption").textContent = `PCA of the last step: ${across} and ${up} % of the variance`;
byId("lowest").textContent = `−${weights.largest.toFixed(2)}`;
byId("highest").textContent = weights.largest.toFixed(2);

draw().then(() => {
  byId("map").on("plotly_click", ({ points: [point] }) => follow(point.pointNumber));
  byId("loss").on("plotly_click", ({ points: [point] }) => {
    pause();
    go(data.steps.findIndex(({ epoch }) => epoch >= point.x));
  });
  document.documentElement.dataset.ready = "true";
});
