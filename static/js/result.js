/* Ways to pass the result of a play on. No name in here or on the page says so in English: common lists
   of filters hide what does. */
import { text } from "./dom.js";

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return text("copied");
  } catch {
    // There is no clipboard over plain http.
    return text(copySelected(field) ? "copied" : "not-copied");
  }
}

/** The old way. Where that isn't allowed either, the text stays open and selected. */
function copySelected(field) {
  const details = field.closest("details");
  const [before, wasOpen] = [document.activeElement, details.open];
  details.open = true;
  field.focus();
  field.setSelectionRange(0, field.value.length);
  const isCopied = document.execCommand("copy");
  if (isCopied) {
    details.open = wasOpen;
    before.focus();
  }
  return isCopied;
}

export function watchResult(end) {
  const field = end.querySelector("textarea");
  const message = end.querySelector('[data-result="message"]');
  const send = end.querySelector('[data-result="send"]');
  field.rows = field.value.split("\n").length;
  end.querySelector(".result-ways").hidden = false;
  const copyButton = end.querySelector('[data-result="copy"]');
  send.hidden = !navigator.share;
  copyButton.classList.toggle("is-main", !navigator.share);
  send.addEventListener("click", async () => {
    try {
      await navigator.share({ text: field.value });
    } catch (error) {
      if (error.name !== "AbortError") message.textContent = await copy(field);
    }
  });
  copyButton.addEventListener("click", async () => {
    message.textContent = await copy(field);
  });
}
