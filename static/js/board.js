/* Draws what is known: the marked tries, and the words of the row being filled. */
import { h, text } from "./dom.js";

const MARKS = { c: "correct", p: "present", a: "absent" };
const SIGNS = { exact: "✓", wrong: "×", empty: "" };
const RANK = { absent: 1, present: 2, correct: 3 };

function tile(letter, mark) {
  return h("span", { class: mark ? `tile is-${mark}` : "tile" }, letter);
}

function given(word) {
  return h("span", { class: "given" }, word);
}

function verdict(name) {
  const sign = name === "elsewhere" ? `⇄ ${text("elsewhere")}` : SIGNS[name];
  return h("span", { class: "verdict", "aria-hidden": "true" }, sign);
}

function markedWord(word, mark, length) {
  const tiles = Array.from({ length }, (_, i) => tile(word[i] ?? "", MARKS[mark.letters[i]]));
  return h(
    "span",
    { class: `word is-${mark.verdict}` },
    h("span", { class: "tiles" }, ...tiles),
    verdict(mark.verdict),
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

export function summary(attempt) {
  const told = attempt.words.map((word, i) => (word ? ` ${word}: ${attempt.marks[i].why}` : ""));
  return text("summary", { number: attempt.number, score: attempt.score }) + told.join("");
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
    h("div", { class: "words" }, ...words),
  );
  return h("li", { class: "try" }, h("p", { class: "visually-hidden" }, summary(attempt)), sheet);
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
    verdict("exact"),
  );
}

function openWord(length, index, place) {
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
    "aria-label": text("label", { place, length }),
  });
  const tiles = Array.from({ length }, () => tile("", null));
  return h(
    "label",
    { class: "word", "data-index": index },
    h("span", { class: "tiles", "aria-hidden": "true" }, ...tiles),
    input,
  );
}

export function rowCells(state) {
  return phrases(state.shape, (length, index, place) =>
    state.found[index] ? foundWord(state.found[index]) : openWord(length, index, place),
  );
}

/** What the marks so far tell about the letters of one open word: letter → mark, and its places. */
export function knowledge(state, index) {
  const letters = new Map();
  const places = [];
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
