/* What follows the end of a play, drawn by the server as on any other page: the player's record, how
   the pictures were painted, what everyone tried. Without an answer, links lead to the same. */

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

export async function showReveal(end) {
  const section = await fetchPart(end.dataset.reveal);
  if (section === null) return;
  document.getElementById("play").insertAdjacentHTML("afterend", section);
  end.querySelector('[data-end="more"]').href = "#reveal";
  watchFilm();
}

export async function showRecord(end) {
  const place = end.querySelector("[data-record]");
  const section = await fetchPart(place.dataset.record);
  if (section !== null) place.innerHTML = section;
}
