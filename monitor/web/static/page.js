// Writes times in the reader's own zone beside those of the page, and says when one of the answers at its head is
// another by now. The page can be read and used without it.
"use strict";
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.getAttribute("datetime"));
  if (!Number.isNaN(at.valueOf())) {
    time.title = at.toLocaleString() + " / " + time.getAttribute("datetime");
  }
}

const EVERY = 30000;
const shown = document.querySelector("main[data-version]");
const asking = shown && setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch("/version.json", { redirect: "error" }).catch(() => null);
  if (answer && answer.ok && (await answer.json()).version === shown.dataset.version) return;
  if (answer && (answer.ok || answer.status === 401)) {
    // Another version; or nobody is signed in any more, and a reload says so.
    document.querySelector(".changed").hidden = false;
    clearInterval(asking);
  }
}, EVERY);
