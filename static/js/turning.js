/* A try that was just marked: its tiles turn over one after another where they were typed, and what
   they say comes under them. */
import { markedTiles, verdict } from "./board.js";

const [STEP_MS, LONGEST_MS, TURN_MS] = [60, 1200, 450];

/** Lay the marks of a try over the row. Words found before it stay as they are. */
export function turnOver(row, state, attempt) {
  const before = state.tries.slice(0, -1);
  const isOld = (i) => before.some(({ marks }) => marks[i].verdict === "exact");
  const nodes = [...row.querySelectorAll("[data-index]")].filter(
    ({ dataset }) => !isOld(dataset.index) && attempt.words[dataset.index],
  );
  const count = nodes.reduce((sum, { dataset }) => sum + attempt.words[dataset.index].length, 0);
  const step = Math.min(STEP_MS, LONGEST_MS / count);
  let turned = 0;
  row.classList.add("is-marked");
  for (const node of nodes) {
    const mark = attempt.marks[node.dataset.index];
    const tiles = markedTiles(attempt.words[node.dataset.index], mark, 0);
    for (const tile of tiles) tile.style.animationDelay = `${turned++ * step}ms`;
    node.classList.add("is-new", `is-${mark.verdict}`);
    node.querySelector(".tiles").replaceChildren(...tiles);
    const said = verdict(mark.label, mark.warmth);
    said.style.animationDelay = `${turned * step + TURN_MS / 2}ms`;
    node.querySelector(".verdict").replaceWith(said);
  }
}

/** How long it takes until all of a row is told. */
export function turningTime(attempt) {
  const count = attempt.words.join("").length;
  return Math.min(STEP_MS * count, LONGEST_MS) + TURN_MS;
}
