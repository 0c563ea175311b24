/* Sends a try, or a wish for the hint. Resolves to the new state, or throws a Refusal that says why
   not, in words. */
import { text } from "./dom.js";

const PATIENCE_MS = 15000;

export class Refusal extends Error {
  constructor(message, { needsReload = false } = {}) {
    super(message);
    this.needsReload = needsReload;
  }
}

async function explain(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const told = isJson ? (await response.json().catch(() => null))?.error?.message : null;
  if (response.status === 403) return new Refusal(told ?? text("expired"), { needsReload: true });
  if (response.status === 409) {
    return new Refusal(told ?? text("elsewhere-played"), { needsReload: true });
  }
  if (response.status === 429) return new Refusal(text("busy"));
  if (response.status >= 500) return new Refusal(text("broken"));
  return new Refusal(told ?? text("gone"));
}

async function post(address, options) {
  // AbortSignal.timeout is younger than the oldest browsers that are meant.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const request = { method: "POST", signal: patience.signal, ...options };
  try {
    // Nothing else stands in here: a fault of ours is no fault of the network.
    const response = await fetch(address, request).catch(() => null);
    // Sending the same try again is safe: the server records a try number once.
    if (!response) throw new Refusal(text("offline"));
    if (!response.ok) throw await explain(response);
    return await response.json().catch(() => {
      throw new Refusal(text("broken"));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** A try is its number with its words or its sentence, and the mode that the page is in. */
export function sendTry(form, attempt) {
  return post(form.action, {
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
    },
    body: JSON.stringify(attempt),
  });
}

/** Ask for the first letter of an open word. */
export function askHint(form, index) {
  const body = new URLSearchParams(new FormData(form));
  body.set("word", index);
  return post(form.action, { headers: { Accept: "application/json" }, body });
}
