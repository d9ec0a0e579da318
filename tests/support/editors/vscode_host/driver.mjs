// node driver.mjs JOB.json: starts VS Code's server, opens its window in a browser, runs a test module
// inside its extension host, and prints the module's result as one line of JSON.
//
// The module reaches the window through WINDOW_URL: reading texts, pressing keys, clicking.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { EOL } from "node:os";
import { join } from "node:path";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { chromium } = createRequire(join(job.playwright, "package.json"))("playwright-core");

const outcome = deferred();
const popups = [];
let page;

const actions = {
  // The picture comes first: when the module has its answer, the extension host ends.
  result: ({ result }) => picture(result).then(() => outcome.resolve(result)),
  texts: ({ selector }) => page.locator(selector).allInnerTexts(),
  attributes: ({ selector, name }) => page.locator(selector).evaluateAll((all, key) => all.map((it) => it.getAttribute(key)), name),
  click: ({ selector, text }) => page.locator(selector, text ? { hasText: text } : {}).first().click({ timeout: 180_000 }),
  clickRight: ({ selector, text }) => page.locator(selector, { hasText: text }).first().click({ button: "right", timeout: 180_000 }),
  styles: ({ selector, property }) => page.locator(selector).evaluateAll((all, key) => all.map((it) => getComputedStyle(it).getPropertyValue(key)), property),
  press: ({ keys }) => page.keyboard.press(keys),
  type: ({ text }) => page.keyboard.type(text),
  popups: () => popups,
  // As a screenshot or a copied picture is there for the page: the browser's own clipboard.
  copyImage: ({ type, data, text }) =>
    page.evaluate(async (image) => {
      const bytes = Uint8Array.from(atob(image.data), (it) => it.charCodeAt(0));
      const copied = { [image.type]: new Blob([bytes], { type: image.type }) };
      if (image.text) copied["text/plain"] = new Blob([image.text], { type: "text/plain" });
      await navigator.clipboard.write([new ClipboardItem(copied)]);
    }, { type, data, text }),
  // As a file of the desktop is let go over a line, with Shift held.
  dropFile: ({ selector, text, name, type, data }) =>
    page.locator(selector, { hasText: text }).first().evaluate((line, file) => {
      const bytes = Uint8Array.from(atob(file.data), (it) => it.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], file.name, { type: file.type }));
      const { right, top, height } = (line.firstElementChild ?? line).getBoundingClientRect();
      const place = { clientX: right - 1, clientY: top + height / 2, shiftKey: true, bubbles: true, cancelable: true };
      for (const kind of ["dragenter", "dragover", "drop"]) line.dispatchEvent(new DragEvent(kind, { dataTransfer, ...place }));
    }, { name, type, data }),
  // Without the title, which says that this is a test.
  screenshot: ({ path }) => page.screenshot({ path, clip: { x: 0, y: 36, width: 1280, height: 764 } }).then(() => null),
};

const control = http.createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  try {
    const { action, ...rest } = JSON.parse(body);
    response.end(JSON.stringify({ answer: (await actions[action](rest)) ?? null }));
  } catch (error) {
    response.statusCode = 500;
    response.end(JSON.stringify({ error: String(error) }));
  }
});
await new Promise((resolve) => control.listen(0, "127.0.0.1", resolve));

const server = join(job.codeServer, "lib/vscode/out/server-main.js");
const folders = [
  ...["--user-data-dir", join(job.home, "user"), "--server-data-dir", join(job.home, "server")],
  ...["--extensions-dir", join(job.home, "extensions")],
];
// As a user installs one.
if (job.vsix) execFileSync(job.node, [server, ...folders, "--install-extension", job.vsix], { stdio: "ignore" });

const code = spawn(
  job.node,
  [
    server,
    ...folders,
    ...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms"],
    ...["--telemetry-level", "off", ...(job.isTrusted ? ["--disable-workspace-trust"] : [])],
    // Only with it does a built VS Code run the tests that a page asks for.
    "--enable-smoke-test-driver",
  ],
  {
    env: {
      ...process.env,
      // No gallery: nothing outside this machine is asked for.
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
      WINDOW_URL: `http://127.0.0.1:${control.address().port}/`,
    },
  },
);
// However this process ends, nothing that it started stays behind.
process.on("exit", () => code.kill());
const log = [];
const port = await new Promise((resolve, reject) => {
  const listen = (part) => {
    log.push(String(part));
    const found = /agent listening on (\d+)/.exec(log.join(""));
    if (found) resolve(Number(found[1]));
  };
  code.stdout.on("data", listen);
  code.stderr.on("data", listen);
  code.on("exit", (status) => reject(new Error(`VS Code's server ended with ${status}\n${log.join("")}`)));
}).catch(fail);

mkdirSync(join(job.home, "browser"), { recursive: true });
const browser = await chromium.launchPersistentContext(join(job.home, "browser"), {
  executablePath: job.chromium,
  headless: true,
  viewport: { width: 1280, height: 800 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const here = (url) => ["127.0.0.1", "localhost"].includes(url.hostname) || ["data:", "blob:"].includes(url.protocol);
await browser.route(/.*/, (route) => (here(new URL(route.request().url())) ? route.continue() : route.abort()));
await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
page = await browser.newPage();
// A window that is busy for ever, as one is for seconds where the machine has more to do.
if (!job.comesToRest) await page.addInitScript(() => (globalThis.requestIdleCallback = () => 0));
browser.on("page", (popup) => popup.waitForURL(/^http/).then(() => popups.push(popup.url()), () => undefined));
// Only the harness speaks for the test; what VS Code logs is kept beside it.
await page.exposeFunction("codeAutomationLog", (_, parts) => {
  const text = [parts].flat().join(" ");
  if (/^(ok|FAILED) /.test(text)) console.error(text);
  else log.push(text, EOL);
});
await page.exposeFunction("codeAutomationExit", (status) => outcome.resolve({ crashed: `the extension host ended with ${status}` }));

const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
const payload = JSON.stringify([
  ["extensionDevelopmentPath", remote(job.extension)],
  ["extensionTestsPath", remote(job.module)],
]);
const opened = job.workspace.endsWith(".code-workspace") ? "workspace" : "folder";
await page.goto(`http://127.0.0.1:${port}/?${opened}=${encodeURIComponent(job.workspace)}&payload=${encodeURIComponent(payload)}`, { timeout: job.limitS * 1000 });

const tooLate = setTimeout(() => outcome.resolve({ crashed: `no result within ${job.limitS} s` }), job.limitS * 1000);
const result = await outcome.promise;
clearTimeout(tooLate);
if (result.crashed) await picture(result);
await end();
writeFileSync(join(job.home, "code.log"), log.join(""));
console.log(JSON.stringify(result));
process.exit(0);

async function picture({ failed, crashed }) {
  if (failed || crashed) await page.screenshot({ path: join(job.home, "window.png") }).catch(() => undefined);
}

async function end() {
  await browser?.close().catch(() => undefined);
  code.removeAllListeners("exit");
  const ended = new Promise((resolve) => code.once("exit", resolve));
  code.kill();
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
  control.close();
}

function fail(error) {
  console.log(JSON.stringify({ crashed: String(error) }));
  process.exit(1);
}

function deferred() {
  let resolve;
  const promise = new Promise((it) => (resolve = it));
  return { promise, resolve };
}
