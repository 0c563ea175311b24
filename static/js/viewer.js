/* Pictures enlarged in a dialog, with their descriptions. Without scripts the same links open the
   picture itself, and the descriptions stand below the small ones. */
import { h } from "./dom.js";

export function watchPictures() {
  const dialog = document.getElementById("viewer");
  const large = h("img", { alt: "" });
  const caption = document.getElementById("viewer-caption");
  const links = [...document.querySelectorAll(".pictures a")];
  let shown = 0;
  dialog.querySelector(".viewer-frame").prepend(large);

  function show(index) {
    shown = (index + links.length) % links.length;
    const picture = links[shown].querySelector("img");
    large.src = picture.src;
    large.alt = picture.alt;
    caption.textContent = picture.alt;
    dialog.querySelector(".describe")?.remove();
    const described = links[shown].parentElement.querySelector(".describe")?.cloneNode(true);
    if (described) dialog.querySelector(".viewer-frame").append(described);
  }

  links.forEach((link, index) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
      dialog.showModal();
    });
  });
  dialog.addEventListener("click", (event) => {
    const action = event.target.closest("[data-viewer]")?.dataset.viewer;
    if (event.target === dialog || action === "close") dialog.close();
    else if (action) show(shown + Number(action));
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(shown + 1);
    if (event.key === "ArrowLeft") show(shown - 1);
  });
}
