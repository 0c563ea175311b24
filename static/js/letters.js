/* Reading what is typed as the server reads it: by the same table, which the page holds. */
const TABLE = JSON.parse(document.getElementById("letters")?.textContent ?? "{}");

function fold(typed) {
  const lower = typed.normalize("NFKD").toLowerCase();
  const mapped = [...lower].map((char) => TABLE[char] ?? char).join("");
  return mapped.normalize("NFKD").toLowerCase();
}

/** The letters that count in a typed text: no accents, no case, no punctuation. */
export function plain(typed) {
  return fold(typed).replace(/[^a-z0-9]/g, "");
}

/** What was typed and can't count, such as letters of another alphabet. */
export function lost(typed) {
  return fold(typed).replace(/[a-z0-9\p{M}\p{P}\p{Z}\p{Cf}\s'`´]/gu, "");
}
