// Debian's Chromium by playwright-core: node browser.cjs. Each line of its input is a job as JSON, each line of its
// output what came of it. A job opens one page in a fresh context, and then does its steps in order.
"use strict";
const fs = require("fs");
const readline = require("readline");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What has the focus: its words, whether it is within the window, and whether a person sees that it has it.
function focused() {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    name: (one.getAttribute("aria-label") || one.textContent || one.getAttribute("name") || "").trim().slice(0, 80),
    tag: one.tagName.toLowerCase(),
    where: one.getAttribute("href") || one.getAttribute("name") || "",
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    uncovered: !!top && (top === one || one.contains(top) || top.contains(one)),
    small: box.width < 24 || box.height < 24,
  };
}

const steps = {
  async size(page, [width, height]) {
    await page.setViewportSize({ width, height });
  },
  async scheme(page, colorScheme) {
    await page.emulateMedia({ colorScheme });
  },
  async width(page) {
    return page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
      height: document.documentElement.scrollHeight,
    }));
  },
  async shown(page, selector) {
    // Whether it lies within the window from side to side, and how far below its top it begins.
    const { x, y, width } = await page.locator(selector).first().boundingBox();
    return { across: x >= 0 && x + width <= page.viewportSize().width, top: y };
  },
  async later(page, [seconds, selector]) {
    // So many seconds pass for the page, again and again, until it shows that.
    for (let n = 0; n < 100; n++) {
      await page.clock.fastForward(seconds * 1000);
      if (await page.isVisible(selector)) return true;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  },
  async axe(page) {
    const found = await page.evaluate(
      ([source, values]) => {
        if (!window.axe) (0, eval)(source);
        return window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
      },
      [axe, RULES],
    );
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  },
  async tab(page, most) {
    // Every stop of the Tab key, until the keyboard has left the page.
    const stops = [];
    for (let n = 0; n < most; n++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(focused);
      if (!stop) return { stops, left: true };
      stops.push(stop);
    }
    return { stops, left: false };
  },
  async enter(page) {
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  },
  async text(page) {
    return page.innerText("body");
  },
  async click(page, selector) {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  },
  async fill(page, [selector, text]) {
    await page.fill(selector, text);
  },
  async check(page, selector) {
    await page.check(selector);
  },
  async address(page) {
    return page.url();
  },
  async picture(page, path) {
    await page.screenshot({ path, fullPage: true });
  },
  async print(page, path) {
    await page.pdf({ path, format: "A4", tagged: true });
  },
};

async function work(browser, job) {
  const context = await browser.newContext({
    viewport: { width: job.width || 1440, height: job.height || 900 },
    javaScriptEnabled: job.script !== false,
    colorScheme: job.scheme || "light",
    locale: job.locale || "en-GB",
    reducedMotion: "reduce",
  });
  const said = [];
  try {
    if (job.cookie) {
      const [name, value] = job.cookie.split("=");
      await context.addCookies([{ name, value, url: job.url }]);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    if (job.clock) await page.clock.install();
    const main = new Set();
    page.on("console", (line) => {
      // A page that is asked for because it is an error says so on the console itself.
      const ours = job.status >= 400 && /status of \d+/.test(line.text());
      if (["error", "warning"].includes(line.type()) && !ours) said.push(line.text());
    });
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("requestfailed", (one) => said.push(`failed: ${one.url()}`));
    page.on("response", (one) => {
      if (one.status() >= 400 && one.url() !== job.url) said.push(`${one.status()}: ${one.url()}`);
      main.add(new URL(one.url()).origin);
    });
    const answer = await page.goto(job.url, { waitUntil: "load" });
    const results = [];
    for (const [name, value] of job.steps || []) results.push((await steps[name](page, value)) ?? null);
    return { status: answer.status(), results, said, origins: [...main] };
  } finally {
    await context.close();
  }
}

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  console.log(JSON.stringify({ ready: browser.version() }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      console.log(JSON.stringify(await work(browser, JSON.parse(line))));
    } catch (error) {
      console.log(JSON.stringify({ failed: String(error) }));
    }
  }
  await browser.close();
})().catch((error) => {
  console.log(JSON.stringify({ failed: String(error) }));
  process.exit(1);
});
