// A text field that suggests words: those that begin with what was typed, then those that hold it.

const MOST_SUGGESTED = 8;

class Suggestions {
  /**
   * @param input the field
   * @param words all words, in the order in which they are to be suggested
   * @param choose called with the number of the word that was chosen
   */
  constructor(input, words, choose) {
    this.input = input;
    this.words = words;
    this.folded = words.map((word) => word.toLowerCase());
    this.choose = choose;
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
      const item = event.target.closest("li");
      if (item) this.take(Number(item.dataset.row));
    });
  }

  /** The number of the word in the field: as it is written, otherwise in any case; -1 if there is none. */
  row() {
    const text = this.input.value.trim();
    const exact = this.words.indexOf(text);
    return exact >= 0 || text === "" ? exact : this.folded.indexOf(text.toLowerCase());
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
    this.show(text !== "");
  }

  show(open) {
    const items = this.found.map((row, place) => make(
      "li",
      { role: "option", id: `${this.list.id}-${place}`, "data-row": row, "aria-selected": String(place === this.at) },
      this.words[row],
    ));
    if (!items.length) items.push(make("li", { class: "none", "aria-disabled": "true" }, "No such word on this page"));
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
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.found.length) % this.found.length;
      this.show(true);
    } else if (event.key === "Enter" && (open || this.row() >= 0)) {
      this.take(open ? this.found[this.at] : this.row());
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
