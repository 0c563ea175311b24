/* Tells the server the player's time zone, and fetches the page again when the server took
   another day for the player's today. */

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

const zone = rememberZone();
const shown = document.querySelector("[data-today]")?.dataset.day;
const today = localDay(new Date());
if (zone && shown && shown !== today) reloadOnce(`${zone} ${shown} ${today}`);
