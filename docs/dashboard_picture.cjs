// Makes docs/dashboard.png from a running practice organisation (make run), by one of the links that it prints:
//
//   npm install --no-save playwright-core
//   node docs/dashboard_picture.cjs http://127.0.0.1:8480/invite/... [docs/dashboard.png]
//
// It needs Chromium (CHROMIUM, else /usr/bin/chromium).
"use strict";
const { chromium } = require("playwright-core");

async function main(link, file) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 840 }, colorScheme: "light" });
    await page.goto(link);
    await page.click("button");
    await page.waitForSelector("h2");
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

if (process.argv.length < 3) {
  console.error("usage: node docs/dashboard_picture.cjs LINK [FILE]");
  process.exit(2);
}
main(process.argv[2], process.argv[3] || "docs/dashboard.png").catch((error) => {
  console.error(error.message);
  process.exit(1);
});
