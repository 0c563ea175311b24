/* Other ways to go on than by tiles: a free sentence, the hint, and at first the mode. */
import { text } from "./dom.js";

export class Ways {
  #node = document.getElementById("ways");
  #way = document.getElementById("way");
  #form = document.getElementById("sentence");
  #field = document.getElementById("typed");
  #hint = document.getElementById("hint");
  #keyboard;

  /** listeners: `onChange()` when the sentence changed, `onSend(sentence)`. */
  constructor(keyboard, { onChange, onSend }) {
    this.#keyboard = keyboard;
    this.#way.hidden = false;
    this.#way.addEventListener("click", () => this.#open(!this.isOpen));
    this.#field.addEventListener("input", onChange);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      onSend(this.sentence);
    });
    this.#hint?.addEventListener("toggle", () => {
      if (this.#hint.open) this.#hint.scrollIntoView({ block: "nearest" });
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
    if (!this.#hint) return;
    this.#hint.hidden = !state.tries.length || Boolean(state.hint);
    for (const option of this.#hint.querySelectorAll("option")) {
      if (state.found[option.value]) option.remove();
    }
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
    if (isOpen) this.#field.focus();
  }
}
