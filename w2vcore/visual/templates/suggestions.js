// A text field that suggests words: those that begin with what was typed, then those that hold it, else near spellings.

const MOST_SUGGESTED = 8;
const MOST_NEAR = 5;

/** Words in small letters, made once for all fields. */
const foldedOf = (() => {
  const known = new WeakMap();
  return (words) => {
    if (!known.has(words)) known.set(words, words.map((word) => word.toLowerCase()));
    return known.get(words);
  };
})();

class Suggestions {
  /**
   * @param input the field
   * @param words all words, in the order in which they are to be suggested
   * @param choose called with the number of the word that was chosen
   * @param keys what else the words are found by: their ids, where titles are shown
   * @param missed called with what was typed, if Enter takes no word
   */
  constructor(input, words, choose, keys = null, missed = () => {}) {
    Object.assign(this, { input, words, choose, keys, missed });
    this.folded = foldedOf(words);
    this.found = [];
    this.at = -1;
    this.list = make("ul", { class: "suggestions", role: "listbox", id: `${input.id}-suggestions`, hidden: "" });
    input.after(this.list);
    const combobox = { role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(combobox)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.suggest());
    input.addEventListener("focus", () => { input.select(); });
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    // before the field loses the focus, which closes the list
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li[data-row]");
      if (item) this.take(Number(item.dataset.row));
    });
  }

  /** The number of the word in the field: as it is written, otherwise in any case; -1 if there is none. */
  row() {
    const text = this.input.value.trim();
    const exact = this.words.indexOf(text);
    if (exact >= 0 || text === "") return exact;
    const folded = this.folded.indexOf(text.toLowerCase());
    return folded >= 0 || !this.keys ? folded : this.keys.indexOf(text);
  }

  suggest() {
    const text = this.input.value.trim().toLowerCase();
    const begins = [];
    const holds = [];
    for (let row = 0; text && row < this.folded.length && begins.length < MOST_SUGGESTED; row += 1) {
      const place = this.folded[row].indexOf(text);
      if (place === 0) begins.push(row);
      else if (place > 0 && holds.length < MOST_SUGGESTED) holds.push(row);
    }
    const exact = this.row();
    const others = [...begins, ...holds].filter((row) => row !== exact);
    this.found = [...(exact >= 0 ? [exact] : []), ...others].slice(0, MOST_SUGGESTED);
    this.at = this.found.length ? 0 : -1;
    this.near = !this.found.length;
    if (this.near) this.found = nearSpellings(text, this.folded, MOST_NEAR);
    this.show(text !== "");
  }

  show(open) {
    const items = this.found.map((row, place) => make(
      "li",
      { role: "option", id: `${this.list.id}-${place}`, "data-row": row, "aria-selected": String(place === this.at) },
      this.words[row],
    ));
    if (!items.length || this.near) {
      const none = `No such ${noun}${items.length ? "; near spellings:" : " on this page"}`;
      items.unshift(make("li", { class: "none", "aria-disabled": "true" }, none));
    }
    this.list.replaceChildren(...items);
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.input.setAttribute("aria-activedescendant", open && this.at >= 0 ? `${this.list.id}-${this.at}` : "");
  }

  close() {
    this.found = [];
    this.at = -1;
    this.show(false);
  }

  take(row) {
    this.input.value = this.words[row];
    this.close();
    this.choose(row);
  }

  key(event) {
    const open = !this.list.hidden && this.found.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = this.at < 0 && step < 0 ? this.found.length - 1 : (this.at + step + this.found.length) % this.found.length;
      this.show(true);
    } else if (event.key === "Enter" && (this.at >= 0 || this.row() >= 0)) {
      this.take(this.at >= 0 ? this.found[this.at] : this.row());
    } else if (event.key === "Enter" && this.input.value.trim()) {
      const near = this.found;
      this.close();
      this.missed(this.input.value.trim(), near);
    } else if (event.key === "Escape" && !this.list.hidden) {
      this.close();
    } else if (event.key === "Escape") {
      this.input.blur();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
