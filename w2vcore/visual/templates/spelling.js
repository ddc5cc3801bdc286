// Words that are spelt almost as what was typed.

const MOST_EDITS = 2;

/** How many letters must be added, left out, replaced or swapped with the next to make one text of another; or `most` + 1. */
function edits(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [before, last] = [[], Array.from({ length: other.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      least = Math.min(least, row[j]);
    }
    if (least > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[other.length];
}

/** Rows of the words nearest to a text by their letters: fewest edits first, then the most frequent ones. */
function nearSpellings(text, folded, count) {
  const typed = text.toLowerCase();
  if (typed.length < 2 || typed.length > 40) return [];
  const most = typed.length < 4 ? 1 : MOST_EDITS;
  const found = [];
  for (let row = 0; row < folded.length; row += 1) {
    const distance = edits(typed, folded[row], most);
    if (distance <= most) found.push([distance, row]);
  }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, count).map(([, row]) => row);
}
