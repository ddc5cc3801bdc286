// Lists of answers, and what is said of a word.

/** A cosine with two digits, zero without a sign. */
const twoDigits = (cosine) => (Math.abs(cosine) < 0.005 ? "0.00" : cosine.toFixed(2));

/** A list of words with their cosines; each chooses its word. */
function list(element, answers, chosen) {
  element.replaceChildren(...answers.map(({ row, cosine }) => {
    const level = make("span", {});
    level.style.width = `${Math.max(0, Math.min(1, cosine)) * 100}%`;
    const button = make(
      "button",
      { type: "button", title: data.words[row] },
      make("span", { class: "name" }, data.words[row]),
      make("span", { class: "bar", "aria-hidden": "true" }, level),
      make("span", { class: "number" }, twoDigits(cosine)),
    );
    button.addEventListener("click", () => chosen(row));
    return make("li", {}, button);
  }));
}

/** Words as small buttons one after the other. */
const chips = (rows, chosen) => rows.map((row) => {
  const button = make("button", { type: "button", class: "chip" }, short(data.words[row]));
  button.addEventListener("click", () => chosen(row));
  return button;
});

/** What is known of a word: its rank, its count, its cluster and the columns of metadata. */
function factsOf(row, columns) {
  const facts = [`${Noun} ${grouped(row + 1)} of ${grouped(data.words.length)}${data.counts ? " by rank" : ""}`];
  if (data.keys) facts.unshift(`Id ${data.keys[row]}`);
  if (data.counts) facts.push(`seen ${grouped(data.counts[row])} times`);
  for (const column of columns) {
    const text = column.text(row);
    if (text) facts.push(column.name === "Cluster" ? `among ${text}` : `${column.name}: ${text}`);
  }
  return `${facts.join("; ")}.`;
}
