// What both pages share: the data, elements, colours, the switch between light and dark, the dialog with the keys.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const [noun, nouns] = data.nouns ?? ["word", "words"]; // what the vectors are of

const ARRAYS = {
  int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array,
};

/** An array as Python packed it: its bytes in base64, lowest byte first. */
function unpacked({ type, base64 }) {
  if (Uint8Array.fromBase64) return new ARRAYS[type](Uint8Array.fromBase64(base64).buffer);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new ARRAYS[type](bytes.buffer);
}

/** An element with attributes and children; strings become text, never markup. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A text, shortened to fit into a picture. */
const short = (text, longest = 28) => (text.length > longest ? `${[...text].slice(0, longest - 1).join("")}…` : text);

const grouped = (number) => number.toLocaleString("en");

const presentColours = new Map(); // asked for at every picture of a moving map

/** The present value of a colour of the style sheet. */
function colour(name) {
  if (!presentColours.has(name)) {
    presentColours.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return presentColours.get(name);
}

const FONT = getComputedStyle(document.body).fontFamily;

/** Follow the system's colours unless the reader has chosen others; call `changed` after each change. */
function followColours(changed) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("w2vcore-theme"); } catch { /* pages opened from disk may have no storage */ }
  const apply = () => {
    const theme = chosen || (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    presentColours.clear();
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
    byId("theme").setAttribute("aria-label", `Switch to ${theme === "dark" ? "light" : "dark"} colours`);
  };
  const toggle = () => {
    const other = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    chosen = other === (dark.matches ? "dark" : "light") ? null : other;
    try {
      if (chosen) localStorage.setItem("w2vcore-theme", chosen);
      else localStorage.removeItem("w2vcore-theme");
    } catch { /* as above */ }
    apply();
    changed();
  };
  dark.addEventListener("change", () => { apply(); changed(); });
  byId("theme").addEventListener("click", toggle);
  apply();
  return toggle;
}

const showKeys = () => byId("keys").showModal();
byId("help").addEventListener("click", showKeys);
byId("keys").querySelector("button").addEventListener("click", () => byId("keys").close());

/** Whether a key press is for the focused element or the dialog, and not for the page. */
function isTaken(event) {
  const writes = event.target.matches?.("input:not([type=range]), select, textarea");
  return event.ctrlKey || event.metaKey || event.altKey || byId("keys").open || writes;
}

/** Call `work` when no further call has come for some milliseconds. */
function later(work, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}
