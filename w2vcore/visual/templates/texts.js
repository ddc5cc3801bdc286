// Texts to train with, and how a text that is typed becomes sentences.

const MOST_WORDS = 5000;

const FRUIT = `drink apple juice
drink orange juice
drink milk
drink water
eat apple
eat orange
eat bread
eat rice
apple juice is sweet
orange juice is sweet
milk is white
rice is white
bread and milk
rice and water`;

const COURT = `the king rules the land
the queen rules the land
the king is a man
the queen is a woman
the prince is a boy
the princess is a girl
the boy will be a man
the girl will be a woman
the prince will be king
the princess will be queen
the man works the field
the woman works the field
the boy plays in the field
the girl plays in the field`;

const TEXTS = { own: { name: "Beginning of the corpus" }, fruit: { name: "Eat and drink", text: FRUIT }, court: { name: "King and queen", text: COURT } };

/** The lines of a text as lists of words; empty ones are left out. */
const linesOf = (text) => text.split("\n").map((line) => line.split(/\s+/u).filter(Boolean)).filter((line) => line.length);

/** What is wrong with the lines of a text, or nothing. */
function troubleWith(lines) {
  const count = lines.reduce((sum, line) => sum + line.length, 0);
  if (count > MOST_WORDS) return `The text has ${grouped(count)} words, and ${grouped(MOST_WORDS)} are allowed here.`;
  if (lines.every((line) => line.length < 2)) return "Some line must have two words or more: a word is learnt from those beside it.";
  return new Set(lines.flat()).size < 3 ? "The text must have at least three different words." : "";
}
