/* The puzzle page: ties row, keyboard, earlier tries and the server together. */
import "./day.js";
import { knowledge, tryItem } from "./board.js";
import { keepDraft, readDraft, wasAsked } from "./draft.js";
import { h, text } from "./dom.js";
import { showEnd, watchFilm } from "./end.js";
import { fit } from "./fit.js";
import { watchHelp } from "./help.js";
import { Keyboard } from "./keyboard.js";
import { lost, plain } from "./letters.js";
import { watchResult } from "./result.js";
import { Row } from "./row.js";
import { askHint, Refusal, sendTry } from "./send.js";
import { turningTime } from "./turning.js";
import { watchPictures } from "./viewer.js";
import { Ways } from "./ways.js";

// How long a last try is looked at before what follows it.
const LOOK_MS = 800;

let state = JSON.parse(document.getElementById("state").textContent);
const form = document.getElementById("guess");
const message = document.getElementById("message");
const scored = document.getElementById("scored");
const board = document.getElementById("keyboard");

/** Tell something below the row. It may need another line: then the pictures give way. */
function say(words, { isQuiet = false, action = null } = {}) {
  if (!words && !message.textContent && !scored.textContent) return;
  scored.textContent = "";
  message.classList.toggle("is-quiet", isQuiet);
  message.textContent = words;
  if (action) {
    const button = h("button", { type: "button" }, text(action.label));
    button.addEventListener("click", action.act);
    message.append(button);
  }
  fit(form, board);
}

function startPlay() {
  let isBusy = false;
  const row = new Row(document.getElementById("row"), {
    onChange: (left) => {
      keepDraft(state, { words: row.words, sentence: ways.sentence });
      say(left ? text("lost", { letters: left }) : "");
    },
    onMove: (index) => keyboard.show(knowledge(state, index).letters),
    onSettle: moveToTries,
    onChoose: takeHint,
  });

  function sendWords() {
    const problem = row.problem();
    if (problem) say(problem);
    else if (row.filled === 1 && row.open > 2 && !wasAsked()) {
      say(text("sparse", { open: row.open }), { isQuiet: true });
    } else send({ words: row.words });
  }

  /** One request at a time. */
  async function ask(request, take) {
    if (isBusy) return;
    isBusy = true;
    form.classList.add("is-busy");
    say(text("sending"), { isQuiet: true });
    try {
      take(await request());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reload = { label: "reload", act: () => location.reload() };
      say(error.message, { action: error.needsReload ? reload : null });
    } finally {
      isBusy = false;
      form.classList.remove("is-busy");
    }
  }

  function send(guess) {
    const attempt = { try: state.next_try, hard: state.hard, ...guess };
    return ask(() => sendTry(form, attempt), take);
  }

  /** The marks come where the try was typed, and stay there until the next key. */
  function take(after) {
    state = after;
    keepDraft(state, null);
    const last = state.tries.at(-1);
    row.show(state, [], last);
    ways.show(state);
    tell(last);
    form.elements.try.value = state.next_try;
    showPips();
    fit(form, board);
    form.scrollIntoView({ block: "nearest" });
    if (state.finished) finish(last);
    else if (!ways.isOpen) row.focus();
  }

  /** What the row can't show of a try, for the eye: the ear has its summary. */
  function tell({ score, summary, marks, notes }) {
    const hasCross = marks.some(({ kind }) => kind === "other");
    const cross = hasCross ? [text(state.hard ? "cross-hard" : "cross")] : [];
    const lines = [...notes, ...cross].map((note) => h("span", { class: "note" }, note));
    say("");
    scored.replaceChildren(text("scored", { score }), ...lines);
    document.getElementById("told").textContent = summary;
  }

  function moveToTries() {
    const item = tryItem(state, state.tries.at(-1));
    item.classList.add("is-moved");
    document.getElementById("tries").prepend(item);
    say("");
    if (!state.finished) {
      document.getElementById("turn").textContent = text("turn", { number: state.next_try });
    }
  }

  function showPips() {
    const used = state.tries.length;
    document.getElementById("pips").href = "#history";
    document.querySelectorAll(".pip").forEach((pip, i) => {
      pip.className = i < used ? "pip is-used" : i === used ? "pip is-now" : "pip";
    });
  }

  function finish(last) {
    document.removeEventListener("keydown", onKey);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    board.inert = true;
    if (state.solved) form.classList.add("is-won");
    setTimeout(
      () => {
        row.settle();
        board.remove();
        ways.remove();
        showEnd(state, form);
      },
      isCalm ? 0 : turningTime(last) + LOOK_MS,
    );
  }

  function chooseHint() {
    row.choose(true);
    const cancel = { label: "cancel", act: () => endChoice("") };
    say(text("choose"), { isQuiet: true, action: cancel });
  }

  function endChoice(words) {
    row.choose(false);
    say(words, { isQuiet: true });
  }

  function takeHint(index) {
    row.choose(false);
    return ask(() => askHint(ways.hintForm, index), (after) => {
      const draft = row.words;
      state = after;
      row.show(state, draft);
      ways.show(state, ways.sentence);
      say(text("given", { letter: state.hint.letter.toUpperCase() }), { isQuiet: true });
      row.focus();
    });
  }

  function enter() {
    if (row.chosen !== null) takeHint(row.chosen);
    else if (row.isMarked) row.settle();
    else sendWords();
  }

  function escape() {
    if (row.chosen !== null) endChoice("");
    else row.settle();
  }

  const actions = { Enter: enter, Escape: escape };
  const inRow = ["Backspace", " ", "ArrowLeft", "ArrowRight"];

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || ways.owns(event.target)) return;
    const isOwn = row.owns(event.target);
    const control = event.target.closest?.("a, button, summary, input, textarea");
    const isLetter = [...event.key].length === 1 && plain(event.key) !== "";
    const isLost = [...event.key].length === 1 && lost(event.key) !== "";
    // Keys that mean something to the control in focus are left to it; letters are always ours.
    if (isLetter || isLost) row.key(event);
    else if (control && !isOwn) return;
    else if (inRow.includes(event.key)) row.key(event);
    else if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
    }
  }

  const keyboard = new Keyboard(board, {
    onLetter: (letter) => row.type(letter),
    onErase: () => row.erase(),
    onEnter: enter,
  });
  const ways = new Ways(board, {
    onChange: () => keepDraft(state, { words: row.words, sentence: ways.sentence }),
    onSend: (sentence) => send({ sentence }),
    onHint: chooseHint,
    onOpen: () => {
      row.settle();
      fit(form, board);
    },
  });
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
  document.addEventListener("keydown", onKey);
  const typed = [...form.querySelectorAll("input.letters")];
  const sent = state.found.map((_, i) => typed.find((input) => input.name === `word-${i}`)?.value);
  const hadMessage = message.textContent;
  const draft = readDraft(state);
  row.show(state, draft?.words ?? sent);
  ways.show(state, draft?.sentence);
  fit(form, board);
  addEventListener("resize", () => fit(form, board));
  if (hadMessage) say(hadMessage);
  const isHelpOpen = document.querySelector("dialog[open]") !== null;
  if (!isHelpOpen && matchMedia("(hover: hover) and (pointer: fine)").matches) row.focus();
}

watchHelp();
watchPictures();
if (form) startPlay();
else {
  watchResult(document.getElementById("end"));
  watchFilm();
}
