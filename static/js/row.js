/* The row being filled. Its fields are the browser's own, laid invisibly over the tiles: caret,
   selection, paste, undo and composition are theirs, and the tiles show what the fields hold. Here is
   what fields don't do: a row of them behaves as one, and a marked try stays where it was typed. */
import { blankTiles, foundWord, knowledge, nearestGuess, rowCells, verdict } from "./board.js";
import { text } from "./dom.js";
import { lost, plain } from "./letters.js";
import { turnOver } from "./turning.js";

export class Row {
  #node;
  #state;
  #words = [];
  #active = null;
  #marked = null;
  #isChoosing = false;
  #listeners;

  /** listeners: `onChange(lost)`, `onMove(index)`, `onSettle()`, `onChoose(index)`. */
  constructor(node, listeners) {
    this.#node = node;
    this.#listeners = listeners;
    node.addEventListener("input", (event) => this.#read(event));
    node.addEventListener("compositionend", (event) => this.#read(event));
    node.addEventListener("paste", (event) => this.#paste(event));
    node.addEventListener("focusin", (event) => {
      const word = this.#wordOf(event.target);
      if (word && word !== this.#active) this.#go(word);
    });
    node.addEventListener("click", (event) => this.#press(event));
    document.addEventListener("selectionchange", () => this.#active && this.#paint(this.#active));
  }

  /** Show the row for the next try; with `marked`, the last one until somebody goes on. */
  show(state, draft = [], marked = null) {
    this.#state = state;
    this.#node.replaceChildren(...rowCells(state));
    this.#words = [...this.#node.querySelectorAll("label.word")].map((label) => {
      const index = Number(label.dataset.index);
      const input = label.querySelector("input");
      const tiles = [...label.querySelectorAll(".tile")];
      const { places } = knowledge(state, index);
      input.value = plain(String(draft[index] ?? "")).slice(0, tiles.length);
      return { index, label, input, tiles, places, length: tiles.length };
    });
    this.#active = this.#words.find((word) => !isFull(word)) ?? this.#words[0] ?? null;
    this.#marked = marked;
    for (const word of this.#words) {
      this.#paint(word);
      if (!marked) this.#remind(word);
    }
    if (this.#active) this.#listeners.onMove(this.#active.index);
    if (marked) turnOver(this.#node, state, marked);
  }

  /** A marked try makes room for the next one. Nothing is drawn anew that may hold the focus. */
  settle() {
    if (!this.#marked) return;
    this.#marked = null;
    this.#node.classList.remove("is-marked");
    for (const word of this.#words) {
      word.tiles = blankTiles(word.length);
      word.label.className = "word";
      word.label.querySelector(".tiles").replaceChildren(...word.tiles);
      this.#paint(word);
      this.#remind(word);
    }
    for (const node of this.#node.querySelectorAll(".is-locked")) {
      const index = Number(node.dataset.index);
      node.replaceWith(foundWord(this.#state.found[index], index));
    }
    this.#listeners.onSettle();
  }

  get isMarked() {
    return this.#marked !== null;
  }

  /** One for each open word of the prompt; found ones go as "", the server knows them. */
  get words() {
    const words = this.#state.found.map(() => "");
    for (const word of this.#words) words[word.index] = lettersOf(word);
    return words;
  }

  get filled() {
    return this.#words.filter((word) => lettersOf(word)).length;
  }

  get open() {
    return this.#words.length;
  }

  owns(target) {
    return this.#wordOf(target) !== undefined;
  }

  focus() {
    this.#active?.input.focus({ preventScroll: true });
  }

  /** A key of a real keyboard, before the browser does with it what it does in a field. */
  key(event) {
    const word = this.#active;
    if (!word) return;
    this.settle();
    if (!this.owns(document.activeElement)) this.focus();
    const { selectionStart: from, selectionEnd: to } = word.input;
    const isCollapsed = from === to;
    if (event.key === " ") this.step(1);
    else if (event.key === "ArrowLeft" && isCollapsed && from === 0) this.#cross(-1);
    else if (event.key === "ArrowRight" && isCollapsed && from === valueOf(word)) this.#cross(1);
    else {
      if (event.key === "Backspace" && valueOf(word) === 0) this.#cross(-1);
      else if (event.key.length === 1) this.#makeRoom();
      return; // The field does the rest.
    }
    event.preventDefault();
  }

  /** A key of the page's own keyboard. */
  type(letter) {
    if (!this.#active) return;
    this.settle();
    this.#makeRoom();
    const { selectionStart, selectionEnd } = this.#active.input;
    if (selectionStart < this.#active.length) this.#write(letter, selectionStart, selectionEnd);
  }

  erase() {
    if (!this.#active) return;
    this.settle();
    if (valueOf(this.#active) === 0) this.#cross(-1);
    const { selectionStart: from, selectionEnd: to } = this.#active.input;
    if (to > 0) this.#write("", from === to ? from - 1 : from, to);
  }

  /** Move to the next word (1) or the one before (-1), around the end. */
  step(by) {
    if (!this.#active) return;
    const count = this.#words.length;
    this.#go(this.#words[(this.#words.indexOf(this.#active) + by + count) % count]);
  }

  /** From here on a press on a word, or Enter in it, chooses that word. */
  choose(isOn) {
    if (isOn) this.settle();
    this.#isChoosing = isOn;
    this.#node.classList.toggle("is-choosing", isOn);
  }

  get chosen() {
    return this.#isChoosing && this.#active ? this.#active.index : null;
  }

  /** What keeps the row from being sent, in words, or null. Marks the word. */
  problem() {
    const bad = this.#words.find((word) => lettersOf(word) && !isFull(word));
    for (const word of this.#words) word.label.classList.toggle("is-bad", word === bad);
    if (bad) {
      this.#go(bad);
      const letters = lettersOf(bad);
      const [have, want] = [letters.length, bad.length];
      return text("incomplete", { word: letters.toUpperCase(), have, want });
    }
    return this.filled ? null : text("nothing");
  }

  #wordOf(target) {
    return this.#words.find(({ input }) => input === target);
  }

  #press(event) {
    const word = this.#words.find(({ label }) => label.contains(event.target));
    if (!word || event.target !== word.input) return;
    if (this.#isChoosing) {
      this.#listeners.onChoose(word.index);
      return;
    }
    this.settle();
    const { selectionStart, selectionEnd } = word.input;
    this.#go(word);
    if (selectionStart !== selectionEnd) word.input.setSelectionRange(selectionStart, selectionEnd);
    else this.#place(word, event.clientX);
  }

  #place(word, x) {
    const at = word.tiles.findIndex((tile) => x <= tile.getBoundingClientRect().right);
    const caret = at < 0 ? valueOf(word) : Math.min(at, valueOf(word));
    word.input.setSelectionRange(caret, caret);
    this.#paint(word);
  }

  #cross(by) {
    const word = this.#words[this.#words.indexOf(this.#active) + by];
    if (word) this.#go(word, by > 0 ? 0 : valueOf(word));
  }

  /** Before a letter comes: a full word is typed over, and behind its end the next one goes on. */
  #makeRoom() {
    const word = this.#active;
    const { selectionStart: from, selectionEnd: to } = word.input;
    if (from !== to || valueOf(word) < word.length) return;
    if (from < word.length) word.input.setSelectionRange(from, from + 1);
    else {
      const at = this.#words.indexOf(word);
      const others = [...this.#words.slice(at + 1), ...this.#words.slice(0, at)];
      const next = others.find((one) => !isFull(one));
      if (next) this.#go(next);
    }
  }

  /** As if typed: then it can be undone. */
  #write(letters, from, to) {
    const { input } = this.#active;
    input.setSelectionRange(from, to);
    const command = letters ? "insertText" : "delete";
    if (document.activeElement === input && document.execCommand(command, false, letters)) return;
    input.setRangeText(letters, from, to, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Several words that are pasted at once fall into the words from here on. */
  #paste(event) {
    const word = this.#wordOf(event.target);
    const pasted = event.clipboardData?.getData("text");
    if (!word || !pasted) return;
    event.preventDefault();
    this.settle();
    this.#go(word, word.input.selectionStart, word.input.selectionEnd);
    const parts = pasted.split(/[\s-]+/).map(plain).filter(Boolean);
    const free = this.#words.slice(this.#words.indexOf(word));
    parts.slice(0, free.length).forEach((part, i) => {
      if (i) this.#go(free[i], 0, valueOf(free[i]));
      const { selectionStart: from, selectionEnd: to } = this.#active.input;
      const room = this.#active.length - valueOf(this.#active) + to - from;
      if (room) this.#write(part.slice(0, room), from, to);
    });
    if (lost(pasted)) this.#listeners.onChange(lost(pasted));
  }

  /** While something is being composed, a field is left alone. */
  #read(event) {
    const word = this.#wordOf(event.target);
    if (!word) return;
    this.settle();
    if (word !== this.#active) this.#go(word, word.input.selectionStart);
    const raw = word.input.value;
    if (!event.isComposing || event.type === "compositionend") this.#tidy(word, raw);
    word.label.classList.remove("is-bad");
    this.#paint(word);
    this.#listeners.onChange(event.isComposing ? "" : lost(raw));
    comeBack(word);
  }

  /** Leave in a field only what counts: the field's own memory, for undoing, ends where we write. */
  #tidy(word, raw) {
    const letters = plain(raw);
    if (letters === raw.toLowerCase() && letters.length <= word.length) return;
    const caret = plain(raw.slice(0, word.input.selectionStart)).length;
    const tooMany = letters.length - word.length;
    let kept = letters.slice(0, word.length);
    let more = letters.slice(word.length);
    if (tooMany > 0 && caret < letters.length) {
      // Not by our keys, such as by dictation: typed over all the same.
      kept = (letters.slice(0, caret) + letters.slice(caret + tooMany)).slice(0, word.length);
      more = "";
    }
    word.input.value = kept;
    word.input.setSelectionRange(Math.min(caret, word.length), Math.min(caret, word.length));
    for (const letter of more) this.type(letter);
  }

  #go(word, from = valueOf(word), to = from) {
    const before = this.#active;
    this.#active = word;
    word.input.setSelectionRange(from, to);
    const isElsewhere = document.activeElement !== word.input;
    if (isElsewhere && this.owns(document.activeElement)) this.focus();
    if (before !== word) {
      if (before) this.#paint(before);
      this.#listeners.onMove(word.index);
      word.label.scrollIntoView({ block: "nearest" });
    }
    this.#paint(word);
  }

  #paint(word) {
    const isActive = word === this.#active;
    word.label.classList.toggle("is-active", isActive && !this.#marked);
    if (this.#marked) return;
    const letters = lettersOf(word);
    const { selectionStart: from, selectionEnd: to } = word.input;
    word.tiles.forEach((tile, i) => {
      const known = word.places[i];
      tile.textContent = letters[i] ?? known ?? "";
      tile.classList.toggle("is-typed", i < letters.length);
      tile.classList.toggle("is-known", i >= letters.length && Boolean(known));
      tile.classList.toggle("is-caret", isActive && from === to && i === from);
      tile.classList.toggle("is-selected", isActive && from <= i && i < to);
      // What is known stays in sight under another letter.
      if (known && letters[i] && letters[i] !== known) tile.dataset.known = known;
      else delete tile.dataset.known;
    });
  }

  /** Under a word stands the warmest of what was tried for it. */
  #remind(word) {
    const nearest = nearestGuess(this.#state, word.index);
    const [label, warmth] = nearest ? [`${nearest.word} ${nearest.warmth}`, nearest.warmth] : [""];
    word.label.querySelector(".verdict").replaceWith(verdict(label, warmth));
  }
}

function lettersOf(word) {
  return plain(word.input.value).slice(0, word.length);
}

/** How much the field holds: while something is composed, not yet letters alone. */
function valueOf(word) {
  return word.input.value.length;
}

function isFull(word) {
  return lettersOf(word).length === word.length;
}

/** Whoever types after a look at the earlier tries comes back to the row, and to the pictures. */
function comeBack({ label }) {
  const { top, bottom } = label.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) scrollTo(0, 0);
  label.scrollIntoView({ block: "nearest" });
}
