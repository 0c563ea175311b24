/* Draws what is known: the marked tries, and the words of the row being filled. */
import { h, text } from "./dom.js";

const MARKS = { c: "correct", p: "present", a: "absent" };
const RANK = { absent: 1, present: 2, correct: 3 };

function tile(letter, mark) {
  return h("span", { class: mark ? `tile is-${mark}` : "tile" }, letter);
}

function given(word) {
  return h("span", { class: "given", lang: "en", translate: "no" }, word);
}

/** A label, and for a warm word a bar. */
export function verdict(label, warmth = null) {
  const scale = { class: "warmth", min: 0, low: 50, high: 50, optimum: 100, max: 100 };
  const bar = warmth === null ? null : h("meter", { ...scale, value: warmth });
  const said = h("span", { class: "verdict-label" }, label);
  return h("span", { class: "verdict", "aria-hidden": "true" }, said, bar);
}

/** The tiles of a word of a try, marked. A word left empty has blank ones. */
export function markedTiles(word, mark, length) {
  const letters = word ? [...word] : Array.from({ length }, () => "");
  return letters.map((letter, i) => tile(letter, MARKS[mark.letters[i]]));
}

export function blankTiles(length) {
  return Array.from({ length }, () => tile("", null));
}

function tilesOf(nodes, attributes = {}) {
  // The words are English in whatever language the page is.
  return h("span", { class: "tiles", lang: "en", translate: "no", ...attributes }, ...nodes);
}

function markedWord(word, mark, length) {
  return h(
    "span",
    { class: `word is-${mark.verdict}` },
    tilesOf(markedTiles(word, mark, length)),
    verdict(mark.label, mark.warmth),
  );
}

/** Walk a prompt's shape: `onOpen(length, index, place)` makes its open words. Given words stand
 * together with the open word that they lead to. */
function phrases(shape, onOpen) {
  const all = [[]];
  let index = 0;
  shape.forEach((cell, at) => {
    const isOpen = cell.given === undefined;
    all.at(-1).push(isOpen ? onOpen(cell.length, index++, at + 1) : given(cell.given));
    if (isOpen) all.push([]);
  });
  const last = all.pop();
  all.at(-1).push(...last);
  return all.map((nodes) => h("span", { class: "phrase" }, ...nodes));
}

export function tryItem(state, attempt) {
  const words = phrases(state.shape, (length, i) =>
    markedWord(attempt.words[i], attempt.marks[i], length),
  );
  const score = h("meter", { class: "score", min: 0, max: 100, value: attempt.score });
  const sheet = h(
    "div",
    { class: "try-sheet", "aria-hidden": "true" },
    h(
      "p",
      { class: "try-head" },
      h("span", { class: "try-number" }, String(attempt.number)),
      score,
      h("span", { class: "try-score" }, String(attempt.score)),
    ),
    attempt.sentence && h("p", { class: "try-sentence", lang: "en" }, `“${attempt.sentence}”`),
    h("div", { class: "words" }, ...words),
    ...attempt.notes.map((note) => h("p", { class: "try-note" }, note)),
  );
  return h("li", { class: "try" }, h("p", { class: "visually-hidden" }, attempt.summary), sheet);
}

export function foundWord(word, index) {
  return h(
    "span",
    { class: "word is-exact is-locked", "data-index": index },
    h("span", { class: "visually-hidden" }, text("found", { word })),
    tilesOf([...word].map((letter) => tile(letter, "correct")), { "aria-hidden": "true" }),
    verdict("✓"),
  );
}

/** What a field is called: its place and length, and all that is known of its word. */
function nameOf(state, index, place, length) {
  const { places } = knowledge(state, index);
  const nearest = nearestGuess(state, index);
  const known = places.map((letter, i) => text("known", { at: i + 1, letter })).filter(Boolean);
  const near = nearest ? [text("nearest", { word: nearest.word, warmth: nearest.warmth })] : [];
  return [text("label", { place, length }), ...known, ...near].join(", ");
}

function openWord(state, length, index, place) {
  const input = h("input", {
    class: "letters",
    type: "text",
    name: `word-${index}`,
    // The page has its own keyboard; a screen reader and a real keyboard still use the field.
    inputmode: "none",
    autocapitalize: "none",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    "aria-label": nameOf(state, index, place, length),
  });
  return h(
    "label",
    { class: "word", "data-index": index },
    tilesOf(blankTiles(length), { "aria-hidden": "true" }),
    verdict(""),
    input,
  );
}

export function rowCells(state) {
  return phrases(state.shape, (length, index, place) =>
    state.found[index]
      ? foundWord(state.found[index], index)
      : openWord(state, length, index, place),
  );
}

/** The warmest of the wrong words that stood in a place so far. */
export function nearestGuess(state, index) {
  let nearest = null;
  for (const { words, marks } of state.tries) {
    const { warmth } = marks[index];
    if (warmth && warmth > (nearest?.warmth ?? 0)) nearest = { word: words[index], warmth };
  }
  return nearest;
}

/** What the marks so far tell about the letters of one open word: letter → mark, and its places. */
export function knowledge(state, index) {
  const letters = new Map();
  const places = [];
  if (state.hint?.index === index) {
    letters.set(state.hint.letter, "correct");
    places[0] = state.hint.letter;
  }
  for (const { words, marks } of state.tries) {
    [...marks[index].letters].forEach((code, i) => {
      const letter = words[index][i];
      const mark = MARKS[code];
      if (RANK[mark] > (RANK[letters.get(letter)] ?? 0)) letters.set(letter, mark);
      if (mark === "correct") places[i] = letter;
    });
  }
  return { letters, places };
}
