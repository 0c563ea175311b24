/* The row being filled: which word is active, where its caret stands, what has been typed. */
import { knowledge, rowCells } from "./board.js";
import { text } from "./dom.js";

/** The letters that count in a typed text, as the server reads it: no accents, no case. */
export function plain(typed) {
  return typed
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

export class Row {
  #node;
  #state;
  #words = [];
  #active = null;
  #caret = 0;
  #listeners;

  /** listeners: `onChange()` when letters changed, `onMove(index)` when another word is active. */
  constructor(node, listeners) {
    this.#node = node;
    this.#listeners = listeners;
    node.addEventListener("input", (event) => this.#read(event.target));
    node.addEventListener("focusin", (event) => {
      const word = this.#words.find(({ input }) => input === event.target);
      if (word && word !== this.#active) this.#go(word, word.value.length);
    });
    node.addEventListener("click", (event) => {
      const word = this.#words.find((one) => one.label.contains(event.target));
      if (word) this.#go(word, this.#placeOf(word, event.clientX));
    });
  }

  show(state, draft = []) {
    this.#state = state;
    this.#node.replaceChildren(...rowCells(state));
    this.#words = [...this.#node.querySelectorAll("label.word")].map((label) => {
      const index = Number(label.dataset.index);
      const input = label.querySelector("input");
      const tiles = [...label.querySelectorAll(".tile")];
      const value = plain(String(draft[index] ?? "")).slice(0, tiles.length);
      const { places } = knowledge(state, index);
      return { index, label, input, tiles, places, value, length: tiles.length };
    });
    this.#active = this.#words.find((word) => word.value.length < word.length) ?? this.#words[0];
    this.#caret = this.#active?.value.length ?? 0;
    this.#words.forEach((word) => this.#paint(word));
    if (this.#active) this.#listeners.onMove(this.#active.index);
  }

  /** One entry for each open word of the prompt; found words go as "", the server knows them. */
  get words() {
    const words = this.#state.found.map(() => "");
    for (const { index, value } of this.#words) words[index] = value;
    return words;
  }

  owns(target) {
    return this.#words.some(({ input }) => input === target);
  }

  focus() {
    this.#active?.input.focus({ preventScroll: true });
  }

  type(letter) {
    let word = this.#active;
    if (!word) return;
    if (this.#caret === word.length) {
      word = this.#after(word).find((one) => one.value.length < one.length);
      if (!word) return;
      this.#go(word, word.value.length);
    }
    const at = this.#caret;
    word.value = word.value.slice(0, at) + letter + word.value.slice(at + 1);
    this.#caret += 1;
    this.#changed(word);
  }

  erase() {
    if (!this.#active) return;
    if (this.#caret === 0) {
      const before = this.#words[this.#words.indexOf(this.#active) - 1];
      if (!before || this.#active.value) return;
      this.#go(before, before.value.length);
    }
    const word = this.#active;
    if (this.#caret === 0) return;
    word.value = word.value.slice(0, this.#caret - 1) + word.value.slice(this.#caret);
    this.#caret -= 1;
    this.#changed(word);
  }

  /** Move to the next word (1) or the one before (-1), around the end. */
  step(by) {
    if (!this.#active) return;
    const count = this.#words.length;
    const word = this.#words[(this.#words.indexOf(this.#active) + by + count) % count];
    this.#go(word, word.value.length);
  }

  /** Move the caret by a letter, over the end of a word into its neighbour. */
  nudge(by) {
    if (!this.#active) return;
    const to = this.#caret + by;
    if (to >= 0 && to <= this.#active.value.length) {
      this.#go(this.#active, to);
      return;
    }
    const word = this.#words[this.#words.indexOf(this.#active) + by];
    if (word) this.#go(word, by > 0 ? 0 : word.value.length);
  }

  /** What keeps the row from being sent, in words; null when it can go. Marks the word. */
  problem() {
    const bad = this.#words.find(({ value, length }) => value && value.length < length);
    for (const word of this.#words) word.label.classList.toggle("is-bad", word === bad);
    if (bad) {
      this.#go(bad, bad.value.length);
      const have = bad.value.length;
      return text("incomplete", { word: bad.value.toUpperCase(), have, want: bad.length });
    }
    return this.#words.some(({ value }) => value) ? null : text("nothing");
  }

  #after(word) {
    const at = this.#words.indexOf(word);
    return [...this.#words.slice(at + 1), ...this.#words.slice(0, at)];
  }

  #placeOf(word, x) {
    const place = word.tiles.findIndex((tile) => x <= tile.getBoundingClientRect().right);
    return place < 0 ? word.value.length : Math.min(place, word.value.length);
  }

  // Text can also come in by paste or dictation, past the keys.
  #read(input) {
    const word = this.#words.find((one) => one.input === input);
    if (!word) return;
    word.value = plain(input.value).slice(0, word.length);
    this.#go(word, word.value.length);
    this.#changed(word);
  }

  #changed(word) {
    word.label.classList.remove("is-bad");
    this.#paint(word);
    this.#listeners.onChange();
  }

  #go(word, caret) {
    const left = this.#active;
    this.#active = word;
    this.#caret = caret;
    if (left !== word) {
      this.#paint(left);
      this.#listeners.onMove(word.index);
      word.label.scrollIntoView({ block: "nearest" });
    }
    this.#paint(word);
    if (this.owns(document.activeElement) && document.activeElement !== word.input) this.focus();
  }

  #paint(word) {
    const isActive = word === this.#active;
    word.label.classList.toggle("is-active", isActive);
    word.tiles.forEach((tile, i) => {
      const letter = word.value[i];
      const known = letter ? undefined : word.places[i];
      tile.textContent = letter ?? known ?? "";
      tile.classList.toggle("is-typed", Boolean(letter));
      tile.classList.toggle("is-known", Boolean(known));
      tile.classList.toggle("is-caret", isActive && i === this.#caret);
    });
    if (word.input.value !== word.value) word.input.value = word.value;
    if (isActive && document.activeElement === word.input) {
      word.input.setSelectionRange(this.#caret, this.#caret);
    }
  }
}
