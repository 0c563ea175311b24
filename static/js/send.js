/* Sends a try. Resolves to the new state, or throws a Refusal that says why not, in words. */
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
  if (response.status === 403) return new Refusal(text("expired"), { needsReload: true });
  if (response.status === 409) {
    return new Refusal(told ?? text("elsewhere-played"), { needsReload: true });
  }
  if (response.status === 429) return new Refusal(text("busy"));
  if (response.status >= 500) return new Refusal(text("broken"));
  return new Refusal(told ?? text("gone"));
}

/** A try is its number with its words or its sentence, and the mode that the page is in. */
export async function sendTry(form, attempt) {
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify(attempt),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    // Sending the same try again is safe: the server records a try number once.
    throw new Refusal(text("offline"));
  }
  if (!response.ok) throw await explain(response);
  return response.json().catch(() => {
    throw new Refusal(text("broken"));
  });
}
