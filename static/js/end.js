/* What follows the end of a play, drawn by the server as on any other page: the player's record, how
   the pictures were painted, what everyone tried. Without an answer, links lead to the same. */
import { h, text } from "./dom.js";
import { watchResult } from "./result.js";

async function fetchPart(address) {
  const response = await fetch(address).catch(() => null);
  return response?.ok ? response.text() : null;
}

/** The film starts when it is asked for, plays once, and starts over when it is asked again. */
export function watchFilm() {
  const link = document.querySelector("[data-film]");
  const screen = link?.closest("figure").querySelector("img");
  let times = 0;
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Another address each time: the same one goes on from where it stands.
    screen.src = `${link.href}?${++times}`;
  });
}

async function showReveal(end) {
  const section = await fetchPart(end.dataset.reveal);
  const more = end.querySelector('[data-end="more"]');
  if (section === null) return;
  document.querySelector(".stage").insertAdjacentHTML("afterend", section);
  more.href = "#reveal";
  if (document.querySelector("#reveal .everyone")) more.textContent = more.dataset.everyone;
  watchFilm();
}

async function showRecord(end) {
  const place = end.querySelector("[data-record]");
  const section = await fetchPart(place.dataset.record);
  if (section !== null) place.innerHTML = section;
}

function endSheet(state) {
  const end = document.getElementById("end-sheet").content.cloneNode(true).firstElementChild;
  const number = state.tries.length;
  const told = {
    result: state.solved ? text("solved", { number }) : text("lost-play"),
    outcome: state.outcome,
    prompt: state.prompt,
    share: state.share,
  };
  for (const [name, value] of Object.entries(told)) {
    end.querySelector(`[data-end="${name}"]`).textContent = value;
  }
  const squares = ({ marks }) => marks.map(({ square }) => h("i", { class: `is-${square}` }));
  const rows = state.tries.map((one) => h("p", {}, ...squares(one)));
  // The server drew the tries that there were when the page was loaded.
  end.querySelector('[data-end="mosaic"]').replaceChildren(...rows);
  end.classList.add("is-new", state.solved ? "is-solved" : "is-lost");
  return end;
}

/** The row makes way for the result; what follows comes when it is there. */
export function showEnd(state, form) {
  const end = endSheet(state);
  document.querySelector(".turn").remove();
  form.replaceWith(end);
  document.getElementById("main").classList.add("is-finished");
  watchResult(end);
  showReveal(end);
  showRecord(end);
  end.querySelector("h2").focus({ preventScroll: true });
  const { top } = end.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) end.scrollIntoView();
}
