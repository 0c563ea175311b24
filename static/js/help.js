/* The rules stand in a sheet over the page: Escape or a press beside it puts it away. On a first visit
   it comes by itself, and however it is put away, that is remembered. */
export function watchHelp() {
  const help = document.querySelector("details.help");
  const done = help.querySelector("form");

  help.addEventListener("toggle", () => {
    if (help.open || !done?.isConnected) return;
    const body = new FormData(done);
    done.remove();
    // If it doesn't arrive, the rules are shown once more: no harm.
    fetch(done.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  });
  done?.addEventListener("submit", (event) => {
    event.preventDefault();
    help.open = false;
    document.querySelector("#row input")?.focus({ preventScroll: true });
  });
  document.addEventListener("pointerdown", (event) => {
    if (!help.contains(event.target)) help.open = false;
  });
  help.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !help.open) return;
    help.open = false;
    help.querySelector("summary").focus();
  });
}
