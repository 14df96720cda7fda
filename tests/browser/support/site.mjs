// startSite(): the whole product through infra/up, on free ports, with a data folder of its own; stop() ends it and removes the folder.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const PORTS = ["FRESHET_HTTP_PORT", "FRESHET_NATS_PORT", "FRESHET_FUNCTIONS_PORT", "FRESHET_BROKER_PORT"];

export async function startSite() {
  if (process.env.FRESHET_BROWSER_URL) {
    const admin = process.env.FRESHET_BROWSER_ADMIN;
    if (!admin) throw new Error("FRESHET_BROWSER_URL is set: say who may log in there, FRESHET_BROWSER_ADMIN=user:password");
    return { url: process.env.FRESHET_BROWSER_URL.replace(/\/$/, ""), admin, data: process.env.FRESHET_BROWSER_DATA ?? "", broker: process.env.FRESHET_BROWSER_BROKER ?? "", stop() {} };
  }
  const data = mkdtempSync(join(tmpdir(), "freshet-browser-"));
  const password = randomBytes(12).toString("hex");
  // All visitors come from one address, and the scenarios are set up in bursts: no limits for it.
  const environment = {
    ...process.env, FRESHET_DATA_DIR: data, FRESHET_ADMIN_USER: "admin", FRESHET_ADMIN_PASSWORD: password,
    FRESHET_MAX_CONNECTIONS_PER_IP: "0", FRESHET_RATE_PER_IP: "5000", FRESHET_RATE_BURST: "10000",
  };
  for (const [index, port] of (await freePorts(PORTS.length)).entries()) environment[PORTS[index]] = String(port);
  const stop = () => {
    spawnSync(join(ROOT, "infra/down"), { env: environment, stdio: "inherit" });
    rmSync(data, { recursive: true, force: true });
  };
  const up = spawnSync(join(ROOT, "infra/up"), ["--detach", "--no-demo"], { env: environment, stdio: "inherit" });
  if (up.status !== 0) {
    stop();
    throw new Error("infra/up failed");
  }
  return { url: `http://localhost:${environment.FRESHET_HTTP_PORT}`, admin: `admin:${password}`, data, broker: `http://127.0.0.1:${environment.FRESHET_BROKER_PORT}`, stop };
}

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => done(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
