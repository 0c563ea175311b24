"use strict";

// Keeps percentages live, moves the focus by arrow keys and puzzles by dragging. Without it the
// calendar still works: by links, forms, and loading it again.
(() => {
  const POLL_MS = 3000;
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  function followDrawings(calendar) {
    async function look() {
      try {
        if (!document.hidden) {
          const response = await fetch(calendar.dataset.progressUrl);
          if (response.redirected || response.status === 403) {
            return;
          }
          if (response.ok) {
            await show(await response.json());
          }
        }
      } catch {
        // The server may be starting again; the next look will tell.
      }
      if (calendar.querySelector("[data-busy]")) {
        setTimeout(look, POLL_MS);
      }
    }

    async function show(statuses) {
      let isDone = false;
      for (const day of calendar.querySelectorAll("[data-busy]")) {
        const status = statuses[day.dataset.busy];
        if (status) {
          day.querySelector("progress").value = status.now;
          day.querySelector("[data-percent]").textContent = `${status.now} %`;
          const label = day.querySelector("[data-label]");
          label.className = `state state-${status.state}`;
          label.textContent = status.label;
        } else {
          isDone = true;
        }
      }
      if (isDone) {
        await renew();
      }
    }

    // Only days that something has been drawn for, so that nothing half typed is lost.
    async function renew() {
      const text = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(text, "text/html");
      for (const day of calendar.querySelectorAll("[data-busy]")) {
        const now = fresh.getElementById(day.id);
        if (now && !now.dataset.busy) {
          const hadFocus = day.contains(document.activeElement);
          day.replaceWith(now);
          if (hadFocus) {
            now.querySelector("a")?.focus();
          }
        }
      }
    }

    if (calendar.querySelector("[data-busy]")) {
      setTimeout(look, POLL_MS);
    }
  }

  function walkByArrows(calendar) {
    calendar.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
        return;
      }
      const days = [...calendar.querySelectorAll(".day")];
      let at = days.indexOf(event.target.closest(".day")) + step;
      while (days[at] && !days[at].querySelector("a")) {
        at += step;
      }
      if (days[at]) {
        event.preventDefault();
        days[at].querySelector("a").focus();
      }
    });
  }

  function moveByDragging(form) {
    let dragged = null;
    document.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.("[data-puzzle]") ?? null;
    });
    document.addEventListener("dragend", () => {
      dragged = null;
      mark(null);
    });
    document.addEventListener("dragover", (event) => {
      const day = target(event);
      mark(day);
      if (day) {
        event.preventDefault();
      }
    });
    document.addEventListener("drop", (event) => {
      const day = target(event);
      if (day) {
        event.preventDefault();
        form.elements.puzzle.value = dragged.dataset.puzzle;
        form.elements.seen.value = dragged.dataset.day ?? "";
        form.elements.day.value = day.dataset.day;
        form.submit();
      }
    });

    function target(event) {
      const day = dragged && event.target.closest?.("[data-day]");
      return day && day !== dragged && !day.matches(".is-over") ? day : null;
    }

    function mark(day) {
      document.querySelector(".is-target")?.classList.remove("is-target");
      day?.classList.add("is-target");
    }
  }

  const calendar = document.querySelector(".calendar");
  followDrawings(calendar);
  walkByArrows(calendar);
  document.querySelectorAll("[data-drop]").forEach(moveByDragging);
})();
