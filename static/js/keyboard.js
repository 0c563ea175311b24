/* The on-screen keyboard: one tab stop, arrows inside it, keys coloured for the active word. It has
   digits only where the board has one. */
import { h, text } from "./dom.js";

const DIGITS = "1234567890";
const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

export class Keyboard {
  #keys = new Map();
  #all = [];

  /** actions: `onLetter(letter)`, `onErase()`, `onEnter()`. */
  constructor(node, { onLetter, onErase, onEnter }) {
    const hasDigits = "digits" in node.dataset;
    const rows = [...(hasDigits ? [DIGITS] : []), ...LETTERS].map((letters) =>
      [...letters].map((letter) => this.#key(letter, letter, "key", () => onLetter(letter))),
    );
    for (const row of rows) for (const key of row) this.#keys.set(key.textContent, key);
    rows.at(-1).unshift(this.#key(text("enter"), null, "key is-wide is-enter", onEnter));
    rows.at(-1).push(this.#key("⌫", text("backspace"), "key is-wide", onErase));
    node.append(...rows.map((row) => h("div", { class: "key-row" }, ...row)));
    this.#all = rows.flat();
    this.#all[0].tabIndex = 0;
    node.addEventListener("keydown", (event) => this.#roam(event));
    // A press must not take the focus, and with it the caret, from the word being filled.
    node.addEventListener("mousedown", (event) => event.preventDefault());
    node.hidden = false;
  }

  #key(face, label, name, action) {
    const attributes = { type: "button", class: name, tabindex: -1, "aria-label": label };
    const key = h("button", attributes, face);
    key.addEventListener("click", action);
    return key;
  }

  #roam(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    const at = this.#all.indexOf(event.target);
    if (!by || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.min(Math.max(at + by, 0), this.#all.length - 1);
    this.#all[at].tabIndex = -1;
    this.#all[to].tabIndex = 0;
    this.#all[to].focus();
  }

  /** Colour the keys by what is known of the active word's letters. */
  show(letters) {
    for (const [letter, key] of this.#keys) {
      const mark = letters.get(letter);
      key.className = mark ? `key is-${mark}` : "key";
      key.setAttribute("aria-label", mark ? text(`key-${mark}`, { letter }) : letter);
    }
  }
}
