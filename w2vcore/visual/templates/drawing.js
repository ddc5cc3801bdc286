// What is drawn above the points of a map.

/** Whether a place is inside of a polygon: a ray from it crosses the border an odd number of times. */
function isInside(polygon, [x, y]) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [[x1, y1], [x2, y2]] = [polygon[i], polygon[j]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function drawLabel(context, { text, box, colour: tint, bold, size, centred }) {
  context.font = labelFont({ bold, size });
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = centred ? 5 : 3;
  context.strokeStyle = colour("--paper");
  context.fillStyle = tint;
  const place = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  context.strokeText(text, ...place);
  context.fillText(text, ...place);
}

/** Points of a word, the first, and of its neighbours. */
function drawSelection(context, places) {
  context.fillStyle = colour("--accent");
  context.strokeStyle = colour("--paper");
  context.lineWidth = 1.5;
  places.toReversed().forEach(([x, y], place) => {
    context.beginPath();
    context.arc(x, y, place === places.length - 1 ? 6 : 4, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  });
}

const SHORTEST_ARROW = 14; // pixels: between nearer points a dot is all there is to see

function drawArrow(context, [x1, y1], [x2, y2], dashed) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  context.fillStyle = context.strokeStyle = colour("--accent");
  for (const [x, y] of [[x1, y1], [x2, y2]]) {
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fill();
  }
  if (length < SHORTEST_ARROW) return;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const tip = [x2 - 5 * dx, y2 - 5 * dy];
  context.lineWidth = 2;
  context.setLineDash(dashed ? [5, 4] : []);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(tip[0] - 7 * dx, tip[1] - 7 * dy);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(...tip);
  context.lineTo(tip[0] - 10 * dx - 5 * dy, tip[1] - 10 * dy + 5 * dx);
  context.lineTo(tip[0] - 10 * dx + 5 * dy, tip[1] - 10 * dy - 5 * dx);
  context.fill();
}

/** Two axes through zero, with the words at their ends. */
function drawAxes(context, camera, { left, right, low, high }) {
  const { width, height, unit, middle, covered } = camera;
  const zero = [width / 2 - middle[0] / unit, height / 2 + middle[1] / unit];
  context.strokeStyle = colour("--soft");
  context.lineWidth = 1;
  for (const line of [[[0, zero[1]], [width, zero[1]]], [[zero[0], 0], [zero[0], height]]]) {
    context.beginPath();
    context.moveTo(...line[0]);
    context.lineTo(...line[1]);
    context.stroke();
  }
  const keep = (value, most) => Math.max(14, Math.min(most - 14, value));
  const ends = [
    [`← ${left}`, covered + 24, keep(zero[1], height) - 10, "left"], [`${right} →`, width - 10, keep(zero[1], height) - 10, "right"],
    [`↑ ${high}`, keep(zero[0], width) + 8, 60, "left"], [`↓ ${low}`, keep(zero[0], width) + 8, height - 40, "left"],
  ];
  context.font = `bold 14px ${FONT}`;
  context.textBaseline = "middle";
  context.lineWidth = 4;
  for (const [text, x, y, side] of ends) {
    context.textAlign = side;
    context.strokeStyle = colour("--paper");
    context.strokeText(text, x, y);
    context.fillStyle = colour("--soft");
    context.fillText(text, x, y);
  }
}

function drawLasso(context, polygon) {
  context.beginPath();
  polygon.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  context.fillStyle = colour("--lasso");
  context.fill();
  context.strokeStyle = colour("--accent");
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}
