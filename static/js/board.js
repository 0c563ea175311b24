/* Draws what is known: the marked tries, and the words of the row being filled. */
import { h, text } from "./dom.js";

const MARKS = { c: "correct", p: "present", a: "absent" };
const RANK = { absent: 1, present: 2, correct: 3 };

function tile(letter, mark) {
  return h("span", { class: mark ? `tile is-${mark}` : "tile" }, letter);
}

function given(word) {
  return h("span", { class: "given" }, word);
}

/** A label, and for a warm word a bar: its length says the same as its colour. */
function verdict({ label, warmth }) {
  const scale = { class: "warmth", min: 0, low: 50, high: 65, optimum: 100, max: 100 };
  const bar = warmth === null ? null : h("meter", { ...scale, value: warmth });
  return h("span", { class: "verdict", "aria-hidden": "true" }, label, bar);
}

function markedWord(word, mark, length) {
  const letters = word ? [...word] : Array.from({ length }, () => "");
  const tiles = letters.map((letter, i) => tile(letter, MARKS[mark.letters[i]]));
  return h(
    "span",
    { class: `word is-${mark.verdict}` },
    h("span", { class: "tiles" }, ...tiles),
    verdict(mark),
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

/** Let the tiles of a try that was just marked turn over one after another. */
export function turnOver(item) {
  item.classList.add("is-new");
  item.querySelectorAll(".tile").forEach((node, i) => {
    node.style.animationDelay = `${i * 35}ms`;
  });
}

function foundWord(word) {
  return h(
    "span",
    { class: "word is-exact is-locked" },
    h("span", { class: "visually-hidden" }, text("found", { word })),
    h("span", { class: "tiles", "aria-hidden": "true" }, ...[...word].map((l) => tile(l, "correct"))),
    verdict({ label: "✓", warmth: null }),
  );
}

function openWord(length, index, place, letter) {
  const input = h("input", {
    class: "letters",
    type: "text",
    name: `word-${index}`,
    maxlength: length,
    // The page has its own keyboard; a screen reader and a real keyboard still use the field.
    inputmode: "none",
    autocapitalize: "none",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    "aria-label": text(letter ? "hinted" : "label", { place, length, letter }),
  });
  const tiles = Array.from({ length }, () => tile("", null));
  return h(
    "label",
    { class: "word", "data-index": index },
    h("span", { class: "tiles", "aria-hidden": "true" }, ...tiles),
    input,
  );
}

function hintFor(state, index) {
  return state.hint?.index === index ? state.hint.letter : null;
}

export function rowCells(state) {
  return phrases(state.shape, (length, index, place) =>
    state.found[index]
      ? foundWord(state.found[index])
      : openWord(length, index, place, hintFor(state, index)),
  );
}

/** What the marks so far tell about the letters of one open word: letter → mark, and its places. */
export function knowledge(state, index) {
  const letters = new Map();
  const places = [];
  const first = hintFor(state, index);
  if (first) {
    letters.set(first, "correct");
    places[0] = first;
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
