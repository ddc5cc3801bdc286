// Pictures on a canvas: its size in pixels of the screen, numbers as colours, arrows, and what the pointer is over.

/** Fit a canvas to its box and clear it; what is drawn is measured in CSS pixels. */
function cleared(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = Math.min(3, devicePixelRatio || 1);
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Red, green and blue of a colour of the style sheet, which has six digits. */
const channels = (name) => [1, 3, 5].map((start) => parseInt(colour(name).slice(start, start + 2), 16));

/** A function that gives numbers from -largest to largest their colours: one for negative ones, another for positive ones. */
function divergingColours(largest) {
  const [low, middle, high] = ["--low", "--panel", "--high"].map(channels);
  return (value) => {
    const part = Math.min(1, Math.abs(value) / (largest || 1));
    const end = value < 0 ? low : high;
    return `rgb(${middle.map((channel, i) => Math.round(channel + (end[i] - channel) * part)).join(" ")})`;
  };
}

function drawDot(context, [x, y], radius, tint) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = tint;
  context.fill();
}

function drawDiamond(context, [x, y], radius, tint) {
  context.beginPath();
  for (const [dx, dy] of [[0, -radius], [radius, 0], [0, radius], [-radius, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = tint;
  context.fill();
}

function drawLine(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** An arrow whose tip is at its end; those too short for a tip are left out. */
function drawVector(context, from, to, { tint, width, dashed }) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const tip = Math.min(3 + 3 * width, length);
  if (length < 3) return;
  const [dx, dy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  Object.assign(context, { strokeStyle: tint, fillStyle: tint, lineWidth: width });
  context.setLineDash(dashed ? [5, 4] : []);
  drawLine(context, from, [to[0] - tip * dx, to[1] - tip * dy]);
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(to[0] - tip * dx - (tip / 2) * dy, to[1] - tip * dy + (tip / 2) * dx);
  context.lineTo(to[0] - tip * dx + (tip / 2) * dy, to[1] - tip * dy - (tip / 2) * dx);
  context.fill();
}

/** A line of text; `align` and `baseline` are those of the canvas. */
function drawText(context, text, [x, y], { tint, size = 12, bold = false, align = "left", baseline = "middle", halo = false }) {
  context.font = labelFont({ bold, size });
  context.textAlign = align;
  context.textBaseline = baseline;
  if (halo) {
    Object.assign(context, { lineJoin: "round", lineWidth: 4, strokeStyle: colour("--paper") });
    context.strokeText(text, x, y);
  }
  context.fillStyle = tint;
  context.fillText(text, x, y);
}

/** A text, cut where it would be wider than there is room for. */
function fitted(text, room, size = 12) {
  const font = labelFont({ bold: false, size });
  const letters = [...text];
  let cut = text;
  while (letters.length > 1 && widthOf(cut, font) > room) {
    letters.pop();
    cut = `${letters.join("")}…`;
  }
  return cut;
}

/** Where the pointer is on an element, in CSS pixels. */
function pointOn(element, event) {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/** The place nearest to a point, or -1 where none is within reach. */
function nearestPlace(places, [x, y], reach) {
  let [best, found] = [reach * reach, -1];
  places.forEach(([left, top], number) => {
    const distance = (left - x) ** 2 + (top - y) ** 2;
    if (distance < best) [best, found] = [distance, number];
  });
  return found;
}

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
