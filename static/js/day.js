/* The player's day: tells the server the time zone, counts down to the next puzzle, and says when
   it has come. */

const SECOND = 1000;

function localDay(now) {
  const pad = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  // The name goes into the cookie as it is, because the server reads it as it is.
  if (!/^[\w+\-/]{1,64}$/.test(zone)) return "";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sixpix_tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  return document.cookie.split("; ").includes(`sixpix_tz=${zone}`) ? zone : "";
}

function reloadOnce(key) {
  try {
    if (sessionStorage.getItem("sixpix-day") === key) return;
    sessionStorage.setItem("sixpix-day", key);
  } catch {
    return; // Without a memory nothing would stop a second reload.
  }
  location.reload();
}

function watchMidnight(main, zone) {
  // The device's clock may be wrong: it only says how long the page has been open.
  const ahead = Date.parse(main.dataset.now) - Date.now();
  const now = () => Date.now() + ahead;
  const midnight = nextMidnight();
  const timer = setInterval(look, SECOND);
  document.addEventListener("visibilitychange", look);
  look();

  function nextMidnight() {
    if (!zone || zone === main.dataset.zone) return Date.parse(main.dataset.rollover);
    // The page was asked for before the server knew the zone.
    const here = new Date(now());
    return new Date(here.getFullYear(), here.getMonth(), here.getDate() + 1).getTime();
  }

  function look(event) {
    const left = Math.ceil((midnight - now()) / SECOND);
    for (const node of document.querySelectorAll("[data-countdown]")) {
      node.textContent = node.dataset.countdown.replace("{left}", inWords(Math.max(left, 0)));
    }
    if (left >= 0) return;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    begin(event?.type === "visibilitychange" || document.hidden);
  }

  /** A new day: only a page that nothing was done on is exchanged, and not under the eyes. */
  function begin(isUnseen) {
    const isFinished = main.classList.contains("is-finished");
    const typed = [...document.querySelectorAll("#row input, #typed")].some(({ value }) => value);
    const isHalf = !isFinished && (typed || document.querySelector("#tries li") !== null);
    if (isUnseen && !isFinished && !isHalf) {
      location.reload();
      return;
    }
    // From here on a reload has to lead back to this puzzle.
    if (isHalf) history.replaceState(null, "", main.dataset.own);
    const news = document.getElementById("new-day-text").content.cloneNode(true);
    if (!isHalf) news.querySelector("[data-half]").remove();
    document.getElementById("new-day").replaceChildren(news);
  }
}

function inWords(seconds) {
  const pad = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

const main = document.querySelector("[data-today]");
const zone = rememberZone();
const shown = main?.dataset.day;
const today = localDay(new Date());
if (zone && shown && shown !== today) reloadOnce(`${zone} ${shown} ${today}`);
// Its day may have begun where the browser is.
const lost = document.querySelector("[data-asked-in]");
if (zone && lost && lost.dataset.askedIn !== zone) reloadOnce(`${zone} ${location.href}`);
if (main?.dataset.rollover) watchMidnight(main, zone);
