/* On a phone the keys lie over the page. The pictures give way by themselves; where even small ones
   would leave a long prompt no room above the keys, or a phrase would not fit its line, tiles shrink. */

const SIZES = [2.5, 2.25, 2, 1.75, 1.5, 1.25];
const SMALLEST_FOR_LINES = 1.75;

export function fit(form, keyboard) {
  const stage = form.closest(".stage");
  if (!stage) return;
  stage.classList.remove("is-long");
  form.style.removeProperty("--full");
  if (getComputedStyle(keyboard).position !== "fixed") return;
  const edge = keyboard.hidden ? innerHeight : keyboard.getBoundingClientRect().top;
  const phrases = [...form.querySelectorAll(".phrase")];
  const fits = (rem) => {
    form.style.setProperty("--full", `${rem}rem`);
    return form.getBoundingClientRect().bottom + scrollY <= edge;
  };
  const isWhole = (phrase) => phrase.lastElementChild.offsetTop === phrase.firstElementChild.offsetTop;
  const inLines = SIZES.filter((rem) => rem >= SMALLEST_FOR_LINES);
  const size = inLines.find((rem) => fits(rem) && phrases.every(isWhole)) ?? SIZES.find(fits);
  // A prompt that fits at no size is scrolled: then its letters may as well be read.
  form.style.setProperty("--full", `${size ?? 2}rem`);
  stage.classList.toggle("is-long", stage.scrollHeight > stage.clientHeight);
}
