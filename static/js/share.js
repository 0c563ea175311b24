/* The end of a play: what it shows, and ways to pass the result on. */
import { h, text } from "./dom.js";

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

export function watchShare(end) {
  const field = end.querySelector("textarea");
  const message = end.querySelector('[data-share="message"]');
  const send = end.querySelector('[data-share="send"]');
  field.rows = field.value.split("\n").length;
  end.querySelector(".share-buttons").hidden = false;
  const copyButton = end.querySelector('[data-share="copy"]');
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

export function endSheet(state) {
  const end = document.getElementById("end-sheet").content.cloneNode(true).firstElementChild;
  const number = state.tries.length;
  const told = {
    result: state.solved ? text("solved", { number }) : text("lost"),
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
  end.classList.add("is-new");
  return end;
}
