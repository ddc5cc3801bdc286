// Lists of words that the reader keeps: by hand, by the lasso; copied, and saved as TSV.

const SHOWN = 200; // lines of a list that are drawn

class Lists {
  /** @param columns [[name, (row) => text], ...] of the table that is copied or saved */
  constructor(columns, chosen, marked) {
    Object.assign(this, { columns, chosen, marked });
    this.all = this.restored() ?? [{ name: "List 1", rows: [] }];
    this.at = 0;
    this.select = byId("lists");
    this.select.addEventListener("change", () => { this.at = Number(this.select.value); this.show(); });
    byId("new-list").addEventListener("click", () => this.begin());
    byId("empty-list").addEventListener("click", () => { this.present.rows = []; this.changed(); });
    byId("copy").addEventListener("click", () => this.copy());
    byId("download").addEventListener("click", () => this.download());
    byId("mark").addEventListener("click", () => marked(this.present.rows));
    this.show();
  }

  get present() {
    return this.all[this.at];
  }

  get place() {
    return `w2vcore-lists ${data.title} ${data.words.length}`;
  }

  /** The lists of an earlier visit, if this browser keeps any for pages opened from disk. */
  restored() {
    try {
      const found = JSON.parse(localStorage.getItem(this.place));
      const whole = (list) => list.rows.length && list.rows.every((row) => row < data.words.length);
      const lists = found?.filter(whole);
      return lists?.length ? lists : null;
    } catch {
      return null;
    }
  }

  begin(rows = []) {
    this.all.push({ name: `List ${this.all.length + 1}`, rows });
    this.at = this.all.length - 1;
    this.changed();
  }

  /** Add words to the present list; a selection of several goes to a new one, unless the present one is empty. */
  add(rows) {
    if (rows.length > 1 && this.present.rows.length) {
      this.begin(rows);
      return;
    }
    const known = new Set(this.present.rows);
    this.present.rows.push(...rows.filter((row) => !known.has(row)));
    this.changed();
  }

  remove(row) {
    this.present.rows = this.present.rows.filter((other) => other !== row);
    this.changed();
  }

  changed() {
    try {
      localStorage.setItem(this.place, JSON.stringify(this.all));
    } catch { /* pages opened from disk may have no storage */ }
    this.show();
  }

  show() {
    this.select.replaceChildren(...this.all.map(({ name, rows }, number) => (
      make("option", { value: number }, `${name} (${grouped(rows.length)})`)
    )));
    this.select.value = String(this.at);
    const { rows } = this.present;
    this.say(rows.length ? "" : `Keep a ${noun} with its button or the key k; select many with the lasso.`);
    byId("kept").replaceChildren(...rows.slice(0, SHOWN).map((row) => {
      const [name] = chips([row], this.chosen);
      const remove = make("button", { type: "button", class: "remove", "aria-label": `Remove ${data.words[row]}` }, "×");
      remove.addEventListener("click", () => this.remove(row));
      return make("li", {}, name, remove);
    }));
    if (rows.length > SHOWN) byId("kept").append(make("li", { class: "hint" }, `and ${grouped(rows.length - SHOWN)} more`));
    for (const id of ["copy", "download", "mark", "empty-list"]) byId(id).disabled = !rows.length;
  }

  say(text) {
    byId("list-facts").textContent = text;
  }

  /** The present list as a table: a line of names, then a line a word, columns between tabs. */
  table() {
    const line = (cells) => cells.map((cell) => String(cell).replace(/[\t\r\n]/g, " ")).join("\t");
    const lines = this.present.rows.map((row) => line(this.columns.map(([, text]) => text(row))));
    return `${[line(this.columns.map(([name]) => name)), ...lines].join("\n")}\n`;
  }

  async copy() {
    const text = this.table();
    try {
      await navigator.clipboard.writeText(text);
    } catch { // where the browser forbids it, the old way: select a text and copy it
      const field = make("textarea", { class: "hidden" });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    this.say(`Copied ${grouped(this.present.rows.length)} lines.`);
  }

  download() {
    const address = URL.createObjectURL(new Blob([this.table()], { type: "text/tab-separated-values" }));
    const link = make("a", { href: address, download: `${this.present.name.toLowerCase().replace(/\W+/g, "-")}.tsv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    this.say(`Saved ${grouped(this.present.rows.length)} lines.`);
  }
}
