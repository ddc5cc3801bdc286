// Which words of a map get a label: as many as there is room for, in the order of the list.

const LABEL_SIZE = 13;
const LABEL_GAP = 3; // pixels between two words
const LABEL_RISE = 11; // pixels from a point up to the middle of its word

// Places farther from a point, nearest first, for a word that has a line to it.
const RINGS = [26, 40, 56, 74, 94].flatMap((radius) => Array.from({ length: 12 }, (_, i) => (
  [Math.cos, Math.sin].map((turn) => radius * turn((i * Math.PI) / 6 + 0.3))
)));

const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();

const labelFont = ({ bold, size }) => `${bold ? "bold " : ""}${size || LABEL_SIZE}px ${FONT}`;

/** The width of a text in pixels, which browsers take long to find. */
function widthOf(text, font) {
  const key = `${font}\n${text}`;
  if (!widths.has(key)) {
    ruler.font = font;
    widths.set(key, ruler.measureText(text).width);
  }
  return widths.get(key);
}

/**
 * The candidates whose labels touch neither each other nor the borders, each with the box of its label.
 *
 * @param candidates objects with x and y in pixels, text, the size of its type, whether it stands on its place instead of
 *   above, and whether it must be there or may be around its place: below, right or left, and far from it; the most
 *   important ones first
 * @param covers boxes that something else covers
 */
function withRoom(candidates, width, height, most, covers = []) {
  const taken = [...covers];
  const found = [];
  const isFree = (box) => (
    box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height
    && taken.every((other) => box[2] < other[0] || other[2] < box[0] || box[3] < other[1] || other[3] < box[1])
  );
  for (const candidate of candidates) {
    if (found.length >= most && !candidate.must) break;
    const size = candidate.size || LABEL_SIZE;
    const half = widthOf(candidate.text, labelFont(candidate)) / 2 + LABEL_GAP;
    const at = (x, y) => [x - half, y - size * 0.7, x + half, y + size * 0.7];
    const { x, y } = candidate;
    const usual = at(x, y - (candidate.centred ? 0 : LABEL_RISE));
    const beside = [usual, at(x, y + LABEL_RISE + 3), at(x + half + 8, y), at(x - half - 8, y)];
    const farther = candidate.far ? RINGS.map(([dx, dy]) => at(x + dx + Math.sign(dx) * half, y + dy)) : [];
    const places = candidate.must || candidate.around ? [...beside, ...farther] : [usual];
    const box = places.find(isFree) ?? (candidate.must ? usual : null);
    if (box) {
      taken.push(box);
      found.push(Object.assign(candidate, { box }));
    }
  }
  return found;
}
