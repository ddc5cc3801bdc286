// By what the words are coloured and filtered: clusters, frequency, and the columns of metadata; the legend is both.

const HUES = 12;
const MISSING = 255; // bytes of a category: no value

const isDark = () => document.documentElement.dataset.theme === "dark";

/** Red, green and blue, each from 0 to 255, of a colour in Oklch (Ottosson 2020), whose lightness is as seen. */
function oklch(lightness, chroma, hue) {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const [l, m, s] = [
    lightness + 0.3963377774 * a + 0.2158037573 * b, lightness - 0.1055613458 * a - 0.0638541728 * b,
    lightness - 0.0894841775 * a - 1.291485548 * b,
  ].map((root) => root ** 3);
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((light) => {
    const shown = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.max(0, Math.min(1, shown)));
  });
}

/** The colour of a category: hues far apart one after the other, and after a round of them darker or lighter ones. */
function categoryColour(number) {
  const round = Math.floor(number / HUES) % 3;
  const hue = ((number * 5) % HUES) * (360 / HUES) + 25 + 15 * round;
  const lightness = (isDark() ? [0.74, 0.62, 0.84] : [0.6, 0.46, 0.7])[round];
  return oklch(lightness, round === 1 ? 0.13 : 0.15, hue);
}

/** The colour of a number from 0 to 1. */
const scaleColour = (share) => (isDark()
  ? oklch(0.42 + 0.45 * share, 0.06 + 0.1 * share, 260 - 190 * share)
  : oklch(0.82 - 0.47 * share, 0.07 + 0.09 * share, 90 + 190 * share));

const NOTHING = () => (isDark() ? [84, 90, 98] : [186, 188, 190]);
const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

/** Categories of the words, the filter on them, and its part of the legend. */
class Categories {
  /** @param labels the number of each word's value; @param values their names */
  constructor(name, labels, values) {
    Object.assign(this, { name, labels, values, kept: new Set() });
    this.sizes = new Uint32Array(values.length);
    for (const label of labels) if (label < values.length) this.sizes[label] += 1;
  }

  get filters() { return this.kept.size > 0; }

  keeps(row) { return this.kept.has(this.labels[row]); }

  colours() {
    const known = this.values.map((_, number) => categoryColour(number));
    const nothing = NOTHING();
    return (row) => known[this.labels[row]] ?? nothing;
  }

  clear() { this.kept.clear(); }

  text(row) { return this.values[this.labels[row]] ?? ""; }

  legend(changed) {
    return this.values.map((value, number) => {
      const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.background = css(categoryColour(number));
      const button = make(
        "button", { type: "button", "aria-pressed": String(this.kept.has(number)), title: `Show only: ${value}` },
        swatch, make("span", { class: "name" }, value), make("span", { class: "number" }, grouped(this.sizes[number])),
      );
      button.addEventListener("click", () => {
        if (!this.kept.delete(number)) this.kept.add(number);
        changed();
      });
      return make("li", {}, button);
    });
  }
}

/** Numbers of the words, the range that is kept, and its part of the legend. */
class Numbers {
  constructor(name, values, logarithmic = false) {
    Object.assign(this, { name, values, logarithmic });
    const known = [...values].filter(Number.isFinite).sort((a, b) => a - b);
    this.low = known[0] ?? 0;
    this.high = known.at(-1) ?? 0;
    this.clear();
  }

  get filters() { return this.from > 0 || this.to < 1; }

  /** Where a number is between the lowest and the highest. */
  share(value) {
    const scaled = this.logarithmic ? Math.log1p : (number) => number;
    const [low, high] = [scaled(this.low), scaled(this.high)];
    return high > low ? (scaled(value) - low) / (high - low) : 0.5;
  }

  value(share) {
    if (!this.logarithmic) return this.low + share * (this.high - this.low);
    return Math.expm1(Math.log1p(this.low) + share * (Math.log1p(this.high) - Math.log1p(this.low)));
  }

  keeps(row) {
    const share = this.share(this.values[row]);
    return share >= this.from - 1e-9 && share <= this.to + 1e-9;
  }

  colours() {
    const nothing = NOTHING();
    const steps = Array.from({ length: 65 }, (_, i) => scaleColour(i / 64));
    return (row) => (Number.isFinite(this.values[row]) ? steps[Math.round(64 * this.share(this.values[row]))] : nothing);
  }

  clear() { [this.from, this.to] = [0, 1]; }

  text(row) { return Number.isFinite(this.values[row]) ? readable(this.values[row]) : ""; }

  legend(changed) {
    const bar = make("span", { class: "scale", "aria-hidden": "true" });
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => css(scaleColour(share)));
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    const ends = make("span", { class: "ends number" });
    const sliders = ["from", "to"].map((end) => {
      const slider = make("input", { type: "range", min: "0", max: "100", "aria-label": `${this.name}, ${end}` });
      slider.value = String(Math.round(this[end] * 100));
      slider.addEventListener("input", () => {
        this[end] = Number(slider.value) / 100;
        tell();
        changed(false);
      });
      return slider;
    });
    const tell = () => { ends.textContent = `${readable(this.value(this.from))} to ${readable(this.value(this.to))}`; };
    tell();
    return [make("li", { class: "range" }, bar, ...sliders, ends)];
  }
}

const readable = (number) => (Math.abs(number) >= 100 || Number.isInteger(number)
  ? grouped(Math.round(number)) : Number(number.toPrecision(3)).toLocaleString("en"));

/** Everything by which words are coloured: the select, the legend, and which words are visible. */
class Colouring {
  /** @param changed called with (colours: three bytes a word, visible: one byte a word) */
  constructor(parts, changed) {
    this.parts = parts;
    this.changed = changed;
    this.select = byId("colour-by");
    this.select.replaceChildren(...parts.map(({ name }, number) => make("option", { value: number }, name)));
    this.select.addEventListener("change", () => this.apply());
    byId("show-all").addEventListener("click", () => {
      for (const part of parts) part.clear();
      this.apply();
    });
  }

  get part() {
    return this.parts[Number(this.select.value)];
  }

  /** Colour by the next part, as the key does. */
  next() {
    this.select.value = String((Number(this.select.value) + 1) % this.parts.length);
    this.apply();
  }

  apply(legend = true) {
    const focused = [...byId("legend").querySelectorAll("button")].indexOf(document.activeElement);
    if (legend) byId("legend").replaceChildren(...this.part.legend((again = true) => this.apply(again)));
    if (focused >= 0) byId("legend").querySelectorAll("button")[focused]?.focus();
    const count = data.words.length;
    const filters = this.parts.filter((part) => part.filters);
    const visible = new Uint8Array(count);
    const colours = new Uint8Array(3 * count);
    const tint = this.part.colours();
    let shown = 0;
    for (let row = 0; row < count; row += 1) {
      visible[row] = Number(filters.every((part) => part.keeps(row)));
      shown += visible[row];
      const [red, green, blue] = tint(row);
      colours[3 * row] = red;
      colours[3 * row + 1] = green;
      colours[3 * row + 2] = blue;
    }
    const names = filters.map(({ name }) => name.toLowerCase()).join(", ");
    byId("filtered").hidden = !filters.length;
    byId("filtered-text").textContent = `${grouped(shown)} of ${grouped(count)}, by ${names}`;
    byId("legend").classList.toggle("filtering", this.part.filters);
    this.changed(colours, visible);
  }
}
