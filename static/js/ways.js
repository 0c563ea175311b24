/* Other ways to go on than by tiles: a free sentence, the hint, and at first the mode. */
import { text } from "./dom.js";

export class Ways {
  #node = document.getElementById("ways");
  #way = document.getElementById("way");
  #hint = document.getElementById("hint-way");
  #form = document.getElementById("sentence");
  #field = document.getElementById("typed");
  #keyboard;
  #onOpen;

  /** listeners: `onChange()`, `onSend(sentence)`, `onHint()`; `onOpen()` when tiles and sentence have
   * changed places. */
  constructor(keyboard, { onChange, onSend, onHint, onOpen }) {
    this.#keyboard = keyboard;
    this.#onOpen = onOpen;
    this.hintForm = document.querySelector("#hint form");
    // It chooses from a list; here the word itself is pressed.
    document.getElementById("hint")?.remove();
    this.#way.hidden = false;
    this.#way.addEventListener("click", () => this.#open(!this.isOpen));
    this.#hint.addEventListener("click", onHint);
    this.#field.addEventListener("input", onChange);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      onSend(this.sentence);
    });
    if (this.sentence) this.#open(true);
  }

  get sentence() {
    return this.#field.value;
  }

  get isOpen() {
    return this.#form.classList.contains("is-open");
  }

  owns(target) {
    return this.#node.contains(target);
  }

  show(state, sentence = "") {
    this.#form.elements.try.value = state.next_try;
    if (sentence && !this.sentence) {
      this.#field.value = sentence;
      this.#open(true);
    } else if (state.tries.length && !sentence) this.#field.value = "";
    if (state.tries.length) document.getElementById("mode")?.remove();
    this.#hint.hidden = !state.tries.length || Boolean(state.hint) || state.finished;
  }

  remove() {
    this.#node.remove();
  }

  // The site's own keys fill tiles; a sentence is typed with the device's.
  #open(isOpen) {
    this.#form.classList.toggle("is-open", isOpen);
    this.#way.setAttribute("aria-expanded", isOpen);
    this.#way.textContent = text(isOpen ? "tiles" : "sentence");
    this.#keyboard.hidden = isOpen;
    this.#onOpen();
    if (isOpen) this.#field.focus();
  }
}
