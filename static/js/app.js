/* Lets the site be installed; the worker is fetched once the page itself is there. */
function register() {
  // Without it everything works but the page for when there is no network.
  navigator.serviceWorker.register("/worker.js", { updateViaCache: "none" }).catch(() => {});
}

if (navigator.serviceWorker) {
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
