import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { Folder, anyName, cliOnTerminal, hasTerminal, submit } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { testSigner } from "../engine/support/test-signer.mts";
import { conditionsOf } from "../engine/support/conditions.mts";

const terminal = hasTerminal ? describe : describe.skip;

terminal(
  `kubernetes-user approve on a terminal${hasTerminal ? "" : " (skipped: this machine has no util-linux script to make one)"}`,
  () => {
    let folder: Folder;

    beforeAll(async () => {
      folder = await Folder.create();
    });

    afterAll(async () => {
      await folder[Symbol.asyncDispose]();
    });

    it("asks for each: approve, deny, skip", async () => {
      const names = [
        await submit(folder, "ask-approve"),
        await submit(folder, "ask-deny"),
        await submit(folder, "ask-skip"),
      ];
      const run = cliOnTerminal("approve", ...names);
      for (const [index, answer] of ["maybe\na\n", "deny\n", "s\n"].entries()) {
        await run.shows(`${String(names[index])}: [a]pprove, [d]eny, [s]kip: `);
        run.type(answer);
      }
      const { exitCode, output } = await run.ended;
      expect(exitCode).toBe(5);
      expect(output).toContain(`${String(names[0])} \u001b[32missued\u001b[39m: valid until`);
      expect(await Promise.all(names.map(conditionsOf))).toEqual(["Approved", "Denied", ""]);
    });

    it("offers no approval of what must not be approved", async () => {
      const name = await submit(folder, "ask-refused");
      const policy = await folder.write("nobody.yaml", "allowedUsernames: []\n");
      const run = cliOnTerminal("approve", name, "--policy", policy);
      await run.shows(`${name} cannot be approved: [d]eny, [s]kip: `);
      run.type("a\ns\n");
      expect(await run.ended).toMatchObject({ exitCode: 4 });
      expect(await conditionsOf(name)).toBe("");
    });

    it("does not approve what has changed since it was shown", async () => {
      const name = await submit(folder, "ask-changed");
      const run = cliOnTerminal("approve", name);
      await run.shows("[s]kip: ");
      await kubectl(`delete csr ${name}`);
      await using other = await Folder.create();
      const key = await submit(other, "ask-changed", "--group", "admins");
      const manifest = parse(await readFile(other.file("ask-changed.yaml"), "utf8")) as { metadata: object };
      await kubectl(`delete csr ${key}`);
      await kubectl("apply -f -", stringify({ ...manifest, metadata: { ...manifest.metadata, name } }));
      run.type("a\n");
      const { exitCode, output } = await run.ended;
      expect(exitCode).toBe(4);
      expect(output).toContain("it has changed since it was shown");
      expect(await conditionsOf(name)).toBe("");
    });

    it("takes a change of what is not shown for none", async () => {
      const name = await submit(folder, "ask-touched");
      const run = cliOnTerminal("approve", name);
      await run.shows("[s]kip: ");
      await kubectl(`annotate csr ${name} looked-at=yes`);
      run.type("a\n");
      expect(await run.ended).toMatchObject({ exitCode: 0 });
    });

    it("tells on Ctrl-C at a later question what was approved before it", async () => {
      const names = [
        await submit(folder, "ask-before"),
        await submit(folder, "ask-at"),
        await submit(folder, "ask-never"),
      ];
      const run = cliOnTerminal("approve", ...names, "--output", "json");
      await run.shows(`${String(names[0])}: [a]pprove, [d]eny, [s]kip: `);
      run.type("a\n");
      await run.shows(`\n${String(names[0])} approved\r\n`);
      await run.shows(`${String(names[1])}: [a]pprove, [d]eny, [s]kip: `);
      await kubectl(`wait csr ${String(names[0])} --for=jsonpath={.status.certificate} --timeout=120s`);
      run.type("\u0003");
      const { exitCode, output } = await run.ended;
      expect(exitCode).toBe(130);
      expect(output).toContain("Interrupted. What was approved or denied is reported above and stays so.");
      expect(output).not.toContain("was not done");
      // Between the last question and the error.
      const [json = ""] = /^\[\r?\n[^]*^\]/m.exec(output.slice(output.lastIndexOf("[s]kip: "))) ?? [];
      expect(JSON.parse(json)).toMatchObject([
        { csrName: names[0], status: "issued" },
        { csrName: names[1], status: "skipped", details: ["nothing was decided on it."] },
        { csrName: names[2], status: "skipped", details: ["nothing was decided on it."] },
      ]);
      expect(await Promise.all(names.map(conditionsOf))).toEqual(["Approved", "", ""]);
    });

    it("ends with 130 on Ctrl-C, and decides nothing any more on Ctrl-D", async () => {
      const name = await submit(folder, "ask-interrupted");
      const interrupted = cliOnTerminal("approve", name);
      await interrupted.shows("[s]kip: ");
      interrupted.type("\u0003");
      const { exitCode, output } = await interrupted.ended;
      expect(exitCode).toBe(130);
      expect(output).toContain("kubernetes-user: Interrupted.");
      const ended = cliOnTerminal("approve", name);
      await ended.shows("[s]kip: ");
      ended.type("\u0004");
      expect(await ended.ended).toMatchObject({ exitCode: 5 });
      expect(await conditionsOf(name)).toBe("");
    });

    it("ends with 130 on Ctrl-C while it waits for the signer, and the approval stands", async () => {
      const name = await submit(folder, "ask-waiting", "--signer-name", testSigner);
      const run = cliOnTerminal("approve", name, ...anyName, "--timeout", "1h");
      await kubectl(`wait csr ${name} --for=condition=Approved --timeout=120s`);
      run.type("\u0003");
      const { exitCode, output } = await run.ended;
      expect(exitCode).toBe(130);
      expect(output).toContain("[aborted]");
      expect(output).toContain(`${name} \u001b[33mapproved\u001b[39m: nobody waited for its certificate`);
      expect(await conditionsOf(name)).toBe("Approved");
    });

    it("asks nobody when the answers would come from standard input", async () => {
      const run = cliOnTerminal("approve", "-f", "-");
      expect(await run.ended).toMatchObject({ exitCode: 2 });
    });
  },
);
