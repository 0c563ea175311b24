/* What a play ends with: how its pictures were painted, and what everyone tried. */

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

/** Fetch it once a play has ended here. Without it, the end's own link still leads there. */
export async function reveal(end) {
  const response = await fetch(end.dataset.reveal).catch(() => null);
  if (!response?.ok) return;
  const section = document.createRange().createContextualFragment(await response.text());
  document.getElementById("play").after(section);
  end.querySelector('[data-end="more"]').href = "#reveal";
  watchFilm();
}
