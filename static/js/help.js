/* The rules stand in a dialog over everything but the pictures: no key gets past it. On a first visit it
   comes by itself, and however it is put away, that is remembered. Without scripts they unfold. */
export function watchHelp() {
  const details = document.querySelector("details.help");
  const sheet = details.querySelector("dialog");
  const done = sheet.querySelector("form");
  if (!sheet.showModal) return;
  const isFirst = details.open;
  details.open = false;
  sheet.open = false;
  document.body.append(sheet);

  details.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    sheet.showModal();
  });
  done.addEventListener("submit", (event) => {
    event.preventDefault();
    sheet.close();
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  sheet.addEventListener("close", () => {
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) {
      document.querySelector("#row input")?.focus({ preventScroll: true });
    }
  });
  if (!isFirst) return;
  sheet.showModal();
  const remember = () => {
    const body = new FormData(done);
    // If it doesn't arrive, the rules are shown once more: no harm.
    fetch(done.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  };
  sheet.addEventListener("close", remember, { once: true });
}
