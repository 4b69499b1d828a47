// Opens a page in headless Chromium as its readers do and looks for what they would trip over:
//
//     npm install --no-package-lock && node check.mjs PAGE.html [--screenshots DIR]
//
// Light and dark, 1280 and 360 pixels wide, and printed; without JavaScript, as the page needs none.
// Prints one JSON object; ends with 1 if anything is wrong. CHROMIUM names the browser.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page_path, flag, folder] = process.argv.slice(2);
if (!page_path || (flag !== undefined && (flag !== "--screenshots" || !folder))) {
  console.error("usage: node check.mjs PAGE.html [--screenshots DIR]");
  process.exit(2);
}
if (folder) mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(resolve(page_path)).href;

const views = [
  { name: "light", colorScheme: "light", width: 1280 },
  { name: "dark", colorScheme: "dark", width: 1280 },
  { name: "phone", colorScheme: "light", width: 360 },
  { name: "phone-dark", colorScheme: "dark", width: 360 },
  { name: "print", colorScheme: "light", width: 794, media: "print" },
];

// What can be seen without any script of the page's own.
function look() {
  const faults = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.querySelectorAll("main *")].filter(
      (e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".wide"),
    );
    const names = wide.slice(0, 5).map((e) => `${e.tagName} ${e.textContent.slice(0, 40)}`);
    faults.push(`overflows ${width} px: ${names.join("; ")}`);
  }
  for (const figure of document.querySelectorAll("figure")) {
    const image = figure.querySelector("svg");
    const box = image?.getBoundingClientRect();
    if (!image || box.width < 100 || box.height < 50) faults.push(`no image in ${figure.id}`);
    else if (!image.querySelector("circle"))
      faults.push(`empty image in ${figure.id}`);
    for (const part of ["h3", "figcaption", "table"])
      if (!figure.querySelector(part)?.textContent.trim()) faults.push(`no ${part} in ${figure.id}`);
    for (const text of image?.querySelectorAll("text") ?? []) {
      const at = text.getBoundingClientRect();
      if (at.left < box.left - 1 || at.right > box.right + 1 || at.bottom > box.bottom + 1)
        faults.push(`${figure.id}: “${text.textContent.trim()}” is cut off`);
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1))))
      faults.push(`${link.hash} leads nowhere`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length) faults.push(`ids that are there twice: ${twice.slice(0, 5).join(", ")}`);
  return { faults, figures: document.querySelectorAll("figure").length, links: document.links.length };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const found = {};
for (const { name, colorScheme, width, media } of views) {
  const faults = [];
  const options = { colorScheme, viewport: { width, height: 900 }, offline: true };
  const plain = await browser.newContext({ ...options, javaScriptEnabled: false });
  const page = await plain.newPage();
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address) faults.push(`asks for ${request.url()}`);
  });
  await page.emulateMedia({ colorScheme, media: media ?? "screen" });
  await page.goto(address);
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  if (folder && media === "print") await page.pdf({ path: join(folder, "print.pdf"), format: "A4" });
  const seen = await page.evaluate(look);
  await plain.close();
  // axe is a script, so it needs a page that may run one.
  const scripted = await browser.newContext(options);
  const other = await scripted.newPage();
  other.on("console", (message) => faults.push(`console: ${message.text()}`));
  other.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  await other.emulateMedia({ colorScheme, media: media ?? "screen" });
  await other.goto(address);
  await other.evaluate(axe);
  const report = await other.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, help, nodes } of report.violations)
    faults.push(`axe ${id}: ${help}: ${nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  await scripted.close();
  found[name] = { ...seen, faults: [...seen.faults, ...faults] };
}
await browser.close();
console.log(JSON.stringify(found, null, 2));
process.exit(Object.values(found).some((view) => view.faults.length > 0) ? 1 : 0);
