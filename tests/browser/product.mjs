// The product under test: the binary with a data folder of its own on a free port.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

// The product's day, which begins at ten in Japan: surveys open at nine, and the packs are of this year.
export const TODAY = "2026-12-01";
const AHEAD_S = Math.round((Date.parse(`${TODAY}T10:00:00+09:00`) - Date.now()) / 1_000);
const ENV = {
  ...process.env,
  LD_PRELOAD: "/usr/$LIB/faketime/libfaketime.so.1",
  FAKETIME: AHEAD_S < 0 ? `${AHEAD_S}` : `+${AHEAD_S}`,
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
};

// A year is played before the addresses are printed; a debug build on a busy machine needs its time.
const PATIENCE_MS = 90_000;

/** The binary, or nothing: MEGURI, else the debug build, else the release build. */
export function binary() {
  const known = [process.env.MEGURI, join(root, "target/debug/meguri"), join(root, "target/release/meguri")];
  return known.find((path) => path && existsSync(path));
}

/** Whether the clock of the product can be set: libfaketime is there. */
export function hasClock() {
  return spawnSync("date", ["+%F"], { env: ENV, encoding: "utf8" }).stdout.trim() === TODAY;
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Runs a verb to its end. */
export function run(...args) {
  const { status, stderr } = spawnSync(binary(), args, { cwd: root, env: ENV, encoding: "utf8" });
  if (status !== 0) throw new Error(`meguri ${args.join(" ")} ended with ${status}:\n${stderr}`);
}

/** Starts `meguri demo` and waits until it has printed its three addresses. */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), "meguri-walk-"));
  const args = ["demo", "--data", join(folder, "data"), "--out", join(folder, "out")];
  const { found, stop } = await spawned(folder, args, ["sign-in", "r", "p"]);
  const [signIn, respondent, papers] = found;
  const { origin, pathname } = new URL(papers);
  return { signIn, respondent, papers, origin, home: `${origin}/${pathname.split("/")[1]}`, stop };
}

/** Starts `meguri serve` for a pack of the repository, with the entries of a file in one of its ledgers. */
export async function keeping(slug, ledger, entries) {
  const folder = await mkdtemp(join(tmpdir(), "meguri-walk-"));
  const [pack, data] = [join("municipalities", slug), join(folder, "data")];
  run("ledger", "add", pack, ledger, join(pack, entries), "--data", data);
  const { found, stop } = await spawned(folder, ["serve", pack, "--data", data], ["sign-in"]);
  const { origin } = new URL(found[0]);
  return { signIn: found[0], origin, home: `${origin}/${slug}`, stop };
}

/** Starts `meguri serve` for a pack that `meguri new` has just written: a survey that opens in a month, a meeting, three offices. */
export async function fresh(slug) {
  const folder = await mkdtemp(join(tmpdir(), "meguri-walk-"));
  run("new", slug, "--out", join(folder, "packs"));
  const { found, stop } = await spawned(folder, ["serve", join(folder, "packs", slug), "--data", join(folder, "data")], ["sign-in"]);
  const { origin } = new URL(found[0]);
  return { signIn: found[0], origin, home: `${origin}/${slug}`, stop };
}

/** Starts a verb that serves pages, and waits until it has printed a link of each kind. */
async function spawned(folder, args, kinds) {
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary(), [...args, "--listen", listen], {
    cwd: root,
    env: ENV,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  };
  const found = await new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`no addresses after ${PATIENCE_MS / 1000} s:\n${said}`)), PATIENCE_MS);
    const early = (code) => failed(new Error(`meguri ended with ${code}:\n${said}`));
    child.once("exit", early);
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const found = kinds.map((kind) => said.match(new RegExp(`http://\\S+/${kind}/[0-9a-f]+(?=\\s)`))?.[0]);
      if (found.every(Boolean)) {
        clearTimeout(late);
        child.off("exit", early);
        done(found);
      }
    });
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { found, stop };
}
