// The page: its two views, the keys, the beginning.

const replay = new Replay(data);
const lesson = new Lesson(data.lesson);
let view = "replay";

/** Show the replay, or step by step. */
function showView(name) {
  view = name;
  replay.pause();
  lesson.pause();
  for (const each of ["replay", "lesson"]) {
    byId(each).hidden = each !== name;
    byId(`${each}-bar`).hidden = each !== name;
    byId(`show-${each}`).setAttribute("aria-pressed", String(each === name));
  }
  if (name === "lesson" && !lesson.course) lesson.submit();
  redraw();
}

function redraw() {
  if (view === "replay") replay.draw();
  else lesson.draw();
}

const switchColours = followColours(redraw);

const REPLAY_KEYS = {
  " ": () => replay.play(),
  ArrowLeft: () => { replay.pause(); replay.go(replay.step - 1); },
  ArrowRight: () => { replay.pause(); replay.go(replay.step + 1); },
  Home: () => { replay.pause(); replay.go(0); },
  End: () => { replay.pause(); replay.go(replay.last); },
  ArrowUp: () => replay.follow(replay.chosen - 1),
  ArrowDown: () => replay.follow(replay.chosen + 1),
  "/": () => byId("word").focus(),
  Escape: () => replay.follow(-1),
};

const moveTo = (number) => { lesson.pause(); lesson.go(number); };

const LESSON_KEYS = {
  " ": () => lesson.play(),
  ArrowLeft: () => moveTo(lesson.number - 1),
  ArrowRight: () => { lesson.pause(); lesson.next(1); },
  Home: () => moveTo(1),
  End: () => moveTo(Infinity),
  PageUp: () => moveTo(lesson.number - 100),
  PageDown: () => moveTo(lesson.number + 100),
  1: () => lesson.show("arrows"),
  2: () => lesson.show("network"),
  3: () => { if (!byId("tree-tab").hidden) lesson.show("tree"); },
  "/": () => byId("text").focus(),
};

const KEYS = { r: () => showView("replay"), s: () => showView("lesson"), t: switchColours, "?": showKeys };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("input, select, textarea")) event.target.blur();
  const presses = event.key === " " && event.target.matches?.("button"); // the button will
  const slides = event.target.matches?.("input[type=range]") && /^(Arrow|Home|End|Page)/.test(event.key); // the slider will
  const keys = { ...KEYS, ...(view === "replay" ? REPLAY_KEYS : LESSON_KEYS) };
  if (isTaken(event) || presses || slides || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

for (const name of ["replay", "lesson"]) byId(`show-${name}`).addEventListener("click", () => showView(name));
addEventListener("resize", later(redraw, 100));

const part = data.words.length < data.vocabulary ? `${grouped(data.words.length)} of ` : "";
byId("about").textContent = `${part}${grouped(data.vocabulary)} words, ${data.dimensions} numbers each; ${data.settings}`;
const [across, up] = data.shares.map((share) => Math.round(share * 100));
byId("caption").textContent = `PCA of the last step: ${across} and ${up} % of the variance`;

showView(location.hash === "#steps" ? "lesson" : "replay");
if (view === "replay" && !isStill()) replay.play();
document.documentElement.dataset.ready = "true";
