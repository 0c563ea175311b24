"use strict";

// Follows a drawing, and lets editors choose pictures by click. Without it the page still works:
// places are typed, and the page is loaded again by hand.
(() => {
  const POLL_MS = 1500;

  function followDrawing(status) {
    const bar = status.querySelector("progress");
    const percent = status.querySelector("[data-percent]");
    const label = status.querySelector("[data-label]");
    const announce = status.querySelector("[data-announce]");
    const ready = status.querySelector("[data-ready]");
    let isTyping = false;
    document.getElementById("puzzle_form")?.addEventListener("input", () => {
      isTyping = true;
    });

    async function look() {
      try {
        const response = await fetch(status.dataset.progressUrl);
        if (response.redirected || response.status === 403 || response.status === 404) {
          return;
        }
        if (response.ok && show(await response.json())) {
          return;
        }
      } catch {
        // The server may be starting again; the next look will tell.
      }
      setTimeout(look, POLL_MS);
    }

    function show(now) {
      if (!now.is_busy) {
        if (isTyping) {
          ready.hidden = false;
        } else {
          location.reload();
        }
        return true;
      }
      bar.value = now.progress;
      percent.textContent = `${now.progress} %`;
      if (label.textContent !== now.label) {
        label.className = `state state-${now.state}`;
        label.textContent = now.label;
        announce.textContent = now.label;
      }
      return false;
    }

    setTimeout(look, POLL_MS);
  }

  function chooseByClick(form) {
    const wanted = Number(form.dataset.choice);
    const count = form.querySelector("[data-count]");
    const buttons = form.querySelectorAll("[data-needs-six]");
    const picks = [...form.querySelectorAll(".candidate")].map((item) => {
      const image = item.querySelector("img");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "candidate-pick";
      image.replaceWith(button);
      button.append(image);
      return { item, button, input: item.querySelector("input") };
    });

    const chosen = () =>
      picks
        .filter(({ input }) => input.value !== "")
        .sort((a, b) => Number(a.input.value) - Number(b.input.value));

    function refresh() {
      const places = chosen().map(({ input }) => Number(input.value));
      for (const { item, button, input } of picks) {
        button.dataset.place = input.value;
        button.setAttribute("aria-pressed", String(input.value !== ""));
        item.classList.toggle("is-chosen", input.value !== "");
      }
      const isReady = places.length === wanted && places.every((place, i) => place === i + 1);
      for (const button of buttons) {
        button.disabled = !isReady;
      }
      count.textContent = `${places.length} ${count.dataset.of} ${wanted}`;
    }

    for (const { button, input } of picks) {
      button.addEventListener("click", () => {
        const before = chosen();
        if (input.value !== "") {
          input.value = "";
          chosen().forEach((pick, i) => {
            pick.input.value = i + 1;
          });
        } else if (before.length < wanted) {
          input.value = before.length + 1;
        } else {
          count.textContent = count.dataset.full;
          return;
        }
        refresh();
      });
      input.addEventListener("input", refresh);
    }
    refresh();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-progress-url]").forEach(followDrawing);
    document.querySelectorAll("[data-choice]").forEach((form) => {
      if (form.querySelector("input[type=number]")) {
        chooseByClick(form);
      }
    });
  });
})();
