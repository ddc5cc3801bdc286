// Which words of a map get a label: as many as there is room for, in the order of the list.

const LABEL_SIZE = 13;
const LABEL_GAP = 3; // pixels between two words
const LABEL_RISE = 11; // pixels from a point up to the middle of its word

const ruler = document.createElement("canvas").getContext("2d");

/**
 * The candidates whose labels touch neither each other nor the borders.
 *
 * @param candidates objects with x and y in pixels, text, and the size of its type; the most important ones first
 */
function withRoom(candidates, width, height, most) {
  const taken = [];
  const found = [];
  for (const candidate of candidates) {
    if (found.length === most) break;
    const size = candidate.size || LABEL_SIZE;
    ruler.font = `${candidate.bold ? "bold " : ""}${size}px ${FONT}`;
    const half = ruler.measureText(candidate.text).width / 2 + LABEL_GAP;
    const middle = candidate.y - LABEL_RISE;
    const box = [candidate.x - half, middle - size * 0.7, candidate.x + half, middle + size * 0.7];
    const inside = box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height;
    const free = taken.every((other) => box[2] < other[0] || other[2] < box[0] || box[3] < other[1] || other[3] < box[1]);
    if ((inside && free) || candidate.must) {
      taken.push(box);
      found.push(candidate);
    }
  }
  return found;
}

/** A word as an annotation of plotly.js, above its point. */
const annotation = (candidate, position) => ({
  ...position,
  text: candidate.bold ? `<b>${plain(candidate.text)}</b>` : plain(candidate.text),
  showarrow: false,
  yshift: LABEL_RISE,
  font: { family: FONT, size: candidate.size || LABEL_SIZE, color: candidate.colour },
});
