// Writes times in the reader's own zone beside those of the page. The page can be read and used without it.
"use strict";
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.getAttribute("datetime"));
  if (!Number.isNaN(at.valueOf())) {
    time.title = at.toLocaleString() + " / " + time.getAttribute("datetime");
  }
}
