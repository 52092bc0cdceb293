import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/*
 * What kubectl pays for a kubeconfig that stays fresh while its certificate is not due: CPU of "kubernetes-user credential"
 * beside that of Node.js doing nothing, alternately in one run. Other commands load their modules; this one must not.
 */

const runs = 40;
const main = resolve(import.meta.dirname, "../dist/cli/main.js");
if (!existsSync(main)) {
  throw new Error("there is no dist: npm run build");
}
const folder = mkdtempSync(join(tmpdir(), "kubernetes-user-bench-"));
const file = join(folder, "credential.json");
const pem = { type: "pkcs8", format: "pem" } as const;
writeFileSync(
  file,
  JSON.stringify({
    // The fresh path prints what is there; a certificate has this many characters.
    certificate: `-----BEGIN CERTIFICATE-----\n${"A".repeat(1100)}\n-----END CERTIFICATE-----\n`,
    privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem).toString(),
    askedAt: new Date().toISOString(),
    askAfter: new Date(Date.now() + 3_600_000).toISOString(),
  }),
  { mode: 0o600 },
);

const commands = {
  "node -e 0": ["-e", "0"],
  "credential, fresh": [main, "credential", file],
  "kubernetes-user --help": [main, "--help"],
} as const;

type Name = keyof typeof commands;

/** CPU of one run in milliseconds, user and system. */
function cpuOf(name: Name): number {
  // The children's CPU is counted by the shell that waits for them.
  const { stdout, stderr, status } = spawnSync(
    "bash",
    ["-c", 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', "bash", process.execPath, ...commands[name]],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) {
    throw new Error(`${name} failed: ${stdout}${stderr}`);
  }
  const [user = "", system = ""] = stderr.trim().split("\n").at(-1)?.split(" ") ?? [];
  return (Number(user) + Number(system)) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const names = Object.keys(commands) as Name[];
const measured = new Map<Name, number[]>(names.map((name) => [name, []]));
try {
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      measured.get(name)?.push(cpuOf(name));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const base = median(measured.get("node -e 0") ?? []);
console.log(`CPU in ms, median of ${runs}, with Node.js ${process.version}:`);
for (const name of names) {
  const values = measured.get(name) ?? [];
  const [own, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  const more = own - base;
  console.log(
    `${name.padEnd(24)} ${own.toFixed(0).padStart(5)}  (${least.toFixed(0)} to ${most.toFixed(0)})  ${(own / base).toFixed(2)} times, ${more >= 0 ? "+" : ""}${more.toFixed(0)}`,
  );
}
