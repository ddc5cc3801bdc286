// The forms below the neighbours: analogies, two words compared, and axes that the reader names.

const ON_THE_WAY = 3;
const PLAIN_FIELD = { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false" };

/** Fields that ask for words, and a button; calls `ask` with their rows once all are known. */
class Question {
  constructor(form, ids, examples, ask) {
    Object.assign(this, { form: byId(form), ask });
    this.trouble = this.form.parentElement.querySelector(".trouble");
    this.fields = ids.map((id, place) => {
      const input = byId(id);
      for (const [name, value] of Object.entries({ ...PLAIN_FIELD, placeholder: short(examples[place] ?? "", 14) })) input.setAttribute(name, value);
      const next = () => {
        const empty = this.fields.find((field) => !field.input.value.trim());
        if (empty) empty.input.focus();
        else this.form.requestSubmit();
      };
      return new Suggestions(input, data.words, next, data.keys, (text, near) => this.missed(place, text, near));
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Fill the fields and ask. */
  fill(rows) {
    rows.forEach((row, place) => { this.fields[place].input.value = data.words[row]; });
    this.submit();
  }

  submit() {
    const rows = this.fields.map((field) => field.row());
    const unknown = rows.indexOf(-1);
    this.trouble.textContent = "";
    if (unknown < 0) {
      this.ask(rows);
      return;
    }
    this.ask(null);
    const word = this.fields[unknown].input.value.trim();
    if (word) this.missed(unknown, word);
    else this.trouble.textContent = `Give ${["no", "one", "two", "three", "four"][rows.length]} ${nouns}.`;
    this.fields[unknown].input.focus();
  }

  /** Say that a word is not there, with those that are spelt almost as it is. */
  missed(place, text, near = []) {
    const field = this.fields[place];
    const rows = near.length ? near : nearSpellings(text, field.folded, MOST_NEAR);
    this.trouble.replaceChildren(
      `“${short(text)}” is not among the ${nouns} of this page. `,
      ...chips(rows, (row) => {
        this.trouble.textContent = "";
        field.take(row);
      }),
    );
  }
}

/** The first examples of which the page has all words, else its own most frequent ones. */
function examples(usual, count) {
  const known = noun === "word" && usual.every((word) => data.words.includes(word));
  return known ? usual : data.words.slice(0, count);
}

/** The tabs above the forms. */
class Tabs {
  constructor(names) {
    this.names = names;
    names.forEach((name, place) => {
      const tab = byId(`${name}-tab`);
      tab.addEventListener("click", () => this.show(name));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = names[(place + step + names.length) % names.length];
        this.show(next);
        byId(`${next}-tab`).focus();
      });
    });
    this.show(names[0]);
  }

  show(shown) {
    for (const name of this.names) {
      byId(`${name}-tab`).setAttribute("aria-selected", String(name === shown));
      byId(`${name}-tab`).tabIndex = name === shown ? 0 : -1;
      byId(`${name}-panel`).hidden = name !== shown;
    }
  }
}
