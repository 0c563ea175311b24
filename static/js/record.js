/* The player's record on a page where a play has just ended: drawn by the server, as on any other. */

/** Without an answer, the link that stands there leads to the record all the same. */
export async function showRecord(end) {
  const place = end.querySelector("[data-record]");
  const response = await fetch(place.dataset.record).catch(() => null);
  if (response?.ok) place.innerHTML = await response.text();
}
