// functions/web/build [--out FOLDER]: pages/ and src/ → HTML files and /assets/<name>.<hash>.<js|css|svg>.
//
// Out      build/web of the repository unless told. Written beside and renamed into place: a web server never sees half of it.
// Assets   are named by their content, so they may be cached for ever; each text file has a .gz beside it (gzip_static).
// Licences of the bundled packages are in licenses.txt.
// Pages    carry their Content-Security-Policy themselves (the web server's header repeats it and adds frame-ancestors).
import { createRequire } from "node:module";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { installed } from "./dependencies.mjs";
import { en } from "./src/text/en.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
const HEADER_CSP = readFileSync(join(HERE, "content-security-policy.txt"), "utf8").trim();
// A policy in the page may not speak of framing (CSP3, 3.3).
const PAGE_CSP = HEADER_CSP.split("; ").filter((rule) => !rule.startsWith("frame-ancestors")).join("; ");

const PAGES = [
  { file: "index.html", page: "home", entry: "pages/home", title: "Freshet" },
  { file: "articles.html", page: "articles", entry: "pages/articles", title: "Articles · Freshet" },
  { file: "article.html", page: "article", entry: "pages/article", title: "Freshet" },
  { file: "courses.html", page: "courses", entry: "pages/courses", title: "Courses · Freshet" },
  { file: "login.html", page: "login", entry: "pages/login", title: "Log in · Freshet", hidden: true },
  { file: "status.html", page: "status", entry: "pages/status", title: "System status · Freshet" },
  { file: "admin.html", page: "admin", entry: "admin/main", title: "Admin · Freshet", style: "admin", hidden: true },
  { file: "404.html", page: "not_found", entry: "pages/not_found", title: "This page does not exist · Freshet", hidden: true },
];

async function main() {
  const out = resolve(argument("--out") ?? join(ROOT, "build/web"));
  const fresh = `${out}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, "assets"), { recursive: true });
  try {
    const outputs = await bundle(installed(HERE, "web"), fresh);
    const icon = writeAsset(fresh, "icon.svg", readFileSync(join(HERE, "pages/icon.svg")));
    for (const page of PAGES) writeFileSync(join(fresh, page.file), html(page, outputs, icon));
    writeFileSync(join(fresh, "licenses.txt"), outputs.licenses);
    writeFileSync(join(fresh, "robots.txt"), "User-agent: *\nDisallow: /admin/\nDisallow: /login\nDisallow: /api/\n");
    compress(fresh);
    replaceFolder(fresh, out);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  process.stdout.write(`${PAGES.length} pages in ${out}\n`);
}

async function bundle(dependencies, fresh) {
  const esbuild = createRequire(join(dependencies, "package.json"))("esbuild");
  const common = {
    bundle: true, minify: true, sourcemap: false, metafile: true, logLevel: "warning", absWorkingDir: HERE, outdir: join(fresh, "assets"),
    entryNames: "[name].[hash]", chunkNames: "shared.[hash]", nodePaths: [join(dependencies, "node_modules")], target: ["chrome109", "firefox115", "safari16"],
    legalComments: "none",
  };
  const modules = await esbuild.build({
    ...common, format: "esm", splitting: true, entryPoints: PAGES.map((page) => `src/${page.entry}.js`),
    define: { "window.trustedTypes": "freshetTrustedTypes" }, inject: ["src/lib/trusted_html.js"],
  });
  const rest = await esbuild.build({ ...common, format: "iife", entryPoints: ["src/boot.js", "src/styles/site.css", "src/styles/admin.css"] });
  const licenses = licensesOf([...Object.keys(modules.metafile.inputs), ...Object.keys(rest.metafile.inputs)], dependencies);
  return { ...named({ ...modules.metafile.outputs, ...rest.metafile.outputs }), licenses };
}

// The notices that the bundled packages ask to be passed on.
function licensesOf(inputs, dependencies) {
  const names = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  return [...names].sort().map((name) => {
    const { version } = JSON.parse(readFileSync(join(dependencies, "node_modules", name, "package.json"), "utf8"));
    return `${name} ${version}\n\n${readFileSync(join(dependencies, "node_modules", name, "LICENSE"), "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

// {entry point: {path of the asset, chunks it imports}}
function named(outputs) {
  const address = (path) => `/assets/${basename(path)}`;
  const result = {};
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint) result[output.entryPoint] = { path: address(path), imports: output.imports.filter((item) => item.kind === "import-statement").map((item) => address(item.path)) };
  }
  return result;
}

function writeAsset(fresh, name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const file = `${basename(name, extname(name))}.${hash}${extname(name)}`;
  writeFileSync(join(fresh, "assets", file), bytes);
  return `/assets/${file}`;
}

function html({ page, entry, title, style = "site", hidden = false }, outputs, icon) {
  const script = outputs[`src/${entry}.js`];
  const values = {
    name: page, title, csp: PAGE_CSP, style: outputs[`src/styles/${style}.css`].path, script: script.path, "script:boot": outputs["src/boot.js"].path,
    "asset:icon.svg": icon, robots: hidden ? '\n<meta name="robots" content="noindex">' : "",
    preloads: script.imports.map((path) => `<link rel="modulepreload" href="${path}">\n`).join(""),
  };
  const layout = readFileSync(join(HERE, "pages/layout.html"), "utf8").replace("{{body}}", () => readFileSync(join(HERE, `pages/${page}.html`), "utf8").trim());
  return layout.replace(/\{\{([\w.:]+)\}\}/g, (_, key) => {
    const value = values[key] ?? en[key];
    if (typeof value !== "string") throw new Error(`${page}.html asks for ${key}, which nothing gives`);
    return key in values ? value : escaped(value);
  });
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compress(path);
    else writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}

function replaceFolder(fresh, out) {
  const old = `${out}.old.${process.pid}`;
  if (existsSync(out)) renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1];
}

await main();
