"use strict";

// On a phone a list's rows are cards (look.css), and each value there needs its column's name.
// Without it the table can be moved sideways. Puzzles speak for themselves (studio.css).
document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector("body:not(.model-puzzle) #result_list");
  if (!list) {
    return;
  }
  const names = [...list.tHead.rows[0].cells].map((cell) =>
    cell.querySelector(".text").textContent.trim(),
  );
  for (const row of list.tBodies[0].rows) {
    [...row.cells].forEach((cell, column) => {
      cell.dataset.label = names[column];
    });
  }
  list.classList.add("is-labelled");
});
