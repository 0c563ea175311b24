/* The rules stand in a sheet over the page: Escape or a press beside it puts it away. */
export function watchHelp() {
  const help = document.querySelector("details.help");
  document.addEventListener("pointerdown", (event) => {
    if (!help.contains(event.target)) help.open = false;
  });
  help.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !help.open) return;
    help.open = false;
    help.querySelector("summary").focus();
  });
}
