import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { Folder, anyName, cli, cliJson, serviceAccountKubeconfig, submit } from "../engine/support/cli.mts";
import { command, kubectl, openssl } from "../engine/support/commands.mts";
import { kubeconfig } from "../engine/support/kubeconfigs.mts";
import { failRequest, testSigner } from "../engine/support/test-signer.mts";
import { closedPort } from "../engine/support/tunnel-proxy.mts";
import { conditionsOf } from "../engine/support/conditions.mts";

const certificates = { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"] };

describe("kubernetes-user approve", () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await Folder.create();
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it("shows who asks for what, approves, and waits for the certificate", async () => {
    const name = await submit(folder, "approve-jane", "--group", "developers", "--lifetime", "2h");
    const digest = `openssl pkey -in ${folder.file("approve-jane.key")} -pubout -outform DER | openssl sha256 -r`;
    const fingerprint = (await command("sh", ["-c", digest])).stdout.split(" ")[0] ?? "";
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const { exitCode, stdout, stderr } = await cli(["approve", name, ...anyName]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${name} issued: valid until 20..-..-..T..:..:..Z\\.\n$`));
    for (const fact of [
      `  user       "approve-jane"\n`,
      `  groups     "developers"\n`,
      `             sha256:${fingerprint}\n`,
      "  key        ECDSA, 256 bits\n",
      "  signer     kubernetes.io/kube-apiserver-client\n",
      "  usages     client auth\n",
      "  lifetime   2 hours\n",
      ` ago) by "administrator"\n`,
      "  label      claims to be from kubernetes-user\n",
    ]) {
      expect(stderr).toContain(fact);
    }
    expect(await conditionsOf(name)).toBe("Approved");
    // Once more there is nothing to decide, and nothing to complain about.
    expect(await cliJson("approve", name, ...anyName)).toMatchObject([{ csrName: name, status: "issued" }]);
  });

  it("approves by manifests what the cluster holds byte for byte, in one run", async () => {
    await using manifests = await Folder.create();
    const names = [await submit(manifests, "approve-one"), await submit(manifests, "approve-two")];
    const outcomes = await cliJson("approve", "-f", manifests.path, ...anyName);
    expect(outcomes).toMatchObject(names.map((name) => ({ csrName: name, status: "issued" })));
  });

  it("refuses what is not what the manifest says, and leaves it pending", async () => {
    await using manifests = await Folder.create();
    const name = await submit(manifests, "approve-swapped");
    const path = manifests.file("approve-swapped.yaml");
    const manifest = parse(await readFile(path, "utf8")) as { spec: object };
    await manifests.write(
      "approve-swapped.yaml",
      stringify({ ...manifest, spec: { ...manifest.spec, expirationSeconds: 3600 } }),
    );
    const { exitCode, stdout } = await cli(["approve", "-f", path, ...anyName]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`${name} refused: it differs from the manifest.`);
    expect(await conditionsOf(name)).toBe("");
  });

  it("refuses what the policy refuses, says why, and approves the rest", async () => {
    await using manifests = await Folder.create();
    const good = await submit(manifests, "approve-good", "--group", "team-a");
    const bad = await submit(
      manifests,
      "approve-bad",
      "--group",
      "admins",
      "--key-algorithm",
      "RSA-2048",
      "--lifetime",
      "9d",
    );
    const policy = await folder.write(
      "policy.yaml",
      "maxExpirationSeconds: 86400\nallowedUsernames: [approve-*]\nallowedGroups: [team-*]\nallowedKeyAlgorithms: [ECDSA, RSA]\nminRsaBits: 3072\n",
    );
    const { exitCode, stdout } = await cli(["approve", good, bad, "--policy", policy, "--yes", "--output", "json"]);
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        csrName: bad,
        status: "refused",
        details: [
          "policy: expirationSeconds: expected at most 86400, got 777600.",
          `policy: groups: expected one of team-*, got "admins".`,
          "policy: RSA key: expected at least 3072 bits, got 2048.",
        ],
      },
      { csrName: good, status: "issued" },
    ]);
    expect([await conditionsOf(good), await conditionsOf(bad)]).toEqual(["Approved", ""]);
  });

  it("always refuses names and groups of Kubernetes' own, and usages that are no client's", async () => {
    const key = await folder.write(
      "system.key",
      await openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", ""),
    );
    const subject = ["req", "-new", "-key", key, "-subj", "/O=system:masters/CN=approve-mallory"];
    const { stdout: pem } = await command("openssl", subject);
    const spec = { signerName: testSigner, request: Buffer.from(pem).toString("base64"), usages: ["server auth"] };
    const name = "approve-mallory";
    await kubectl(
      "apply -f -",
      JSON.stringify({
        apiVersion: "certificates.k8s.io/v1",
        kind: "CertificateSigningRequest",
        metadata: { name },
        spec,
      }),
    );
    const { exitCode, stdout, stderr } = await cli(["approve", name, ...anyName]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`groups[0]: "system:masters" is reserved`);
    expect(stdout).toContain(`usages: expected "client auth" among them.`);
    expect(stdout).toContain(`usages: "server auth" is not for a person's certificate.`);
    expect(stderr).toContain("  lifetime   not stated: the signer's maximum\n");
    expect(stderr).toContain("  label      not from kubernetes-user\n");
    expect(await conditionsOf(name)).toBe("");
  });

  it("denies with a reason, for good", async () => {
    const name = await submit(folder, "approve-denied");
    expect(await cliJson("approve", name, "--deny", "--yes", "--reason", "not in this team")).toMatchObject([
      { csrName: name, status: "denied" },
    ]);
    expect(await kubectl(`get csr ${name} -o jsonpath={.status.conditions[*].message}`)).toBe("not in this team");
    const managers = "jsonpath={.metadata.managedFields[*].manager}";
    expect((await kubectl(`get csr ${name} --show-managed-fields -o ${managers}`)).split(" ")).toContain(
      "kubernetes-user",
    );
    const { exitCode, stdout } = await cli(["approve", name, ...anyName]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain("it was already denied, which is final. Denied on 20");
    expect(stdout).toContain("Z with kubernetes-user approve (not in this team).");
  });

  it("does not deny what was approved already", async () => {
    const name = await submit(folder, "approve-late-denial");
    await kubectl(`certificate approve ${name}`);
    const { exitCode, stdout } = await cli(["approve", name, "--deny", "--yes"]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain("it was already approved.");
  });

  it("tells when no signer answers, and when it refuses", async () => {
    const silent = await submit(folder, "approve-silent", "--signer-name", testSigner);
    const waited = await cli(["approve", silent, ...anyName, "--timeout", "1s"]);
    expect(waited.exitCode).toBe(5);
    expect(waited.stdout).toMatch(/ pending: .*\[issuance-timeout\]/);
    const failing = await submit(folder, "approve-failing", "--signer-name", testSigner);
    await failRequest(failing, "no such person");
    const failed = await cli(["approve", failing, ...anyName]);
    expect(failed.exitCode).toBe(4);
    expect(failed.stdout).toMatch(/ failed: its signer refused it\..*no such person/);
  });

  it("refuses to decide where nobody can be asked, before it contacts the cluster", async () => {
    const { exitCode, stderr } = await cli(["approve", "approve-nobody"], "a\n", { KUBECONFIG: "/nowhere/kubeconfig" });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/standard input: expected a terminal.* add --yes .*\[invalid-arguments\]/);
  });

  it.each([
    [["Approve_Jane"], 2, "[invalid-arguments]"],
    [["../namespaces"], 2, "[invalid-arguments]"],
    [[], 2, "expected names of requests, or --filename"],
    [["a", "-f", "b"], 2, "got both"],
    [["-f", "/nowhere/manifests"], 1, "[file-unreadable]"],
    [["a", "--policy", "/nowhere/policy", "--yes"], 1, "[file-unreadable]"],
    [["a", "--reason", "b"], 2, "--reason: it needs --deny"],
    [["a", "--timeout", "0s"], 2, "--timeout: expected a duration"],
    [["approve-absent"], 1, "[request-not-found]"],
  ])("refuses %p with exit code %i", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await cli([
      "approve",
      ...(args.includes("--policy") ? args : [...args, ...anyName]),
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  it("refuses a policy that is none, with everything that is wrong in it", async () => {
    const policy = await folder.write(
      "bad-policy.yaml",
      "maxExpirationSeconds: 5\nallowedGroup: [a]\nallowedUsernames:\n",
    );
    const { exitCode, stderr } = await cli(["approve", "a", "--yes", "--policy", policy]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("policy.maxExpirationSeconds: ");
    expect(stderr).toContain("policy.allowedGroup: unknown option");
    expect(stderr).toContain("policy.allowedUsernames: expected a value, got none");
  });

  it("tells of missing permissions and changes nothing", async () => {
    const name = await submit(folder, "approve-forbidden");
    const nobody = await serviceAccountKubeconfig(folder, "cli-approve-nobody", []);
    const reader = await serviceAccountKubeconfig(folder, "cli-approve-reader", [
      { ...certificates, verbs: ["get", "watch"] },
    ]);
    const contexts = [nobody, reader];
    for (const [index, path] of contexts.entries()) {
      const { exitCode, stderr } = await cli(["approve", name, ...anyName, "--kubeconfig", path]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`while trying to ${index === 0 ? "read" : "approve"} CertificateSigningRequest[^]*\\[forbidden\\]`),
      );
    }
    expect(await conditionsOf(name)).toBe("");
  });

  it("tells of a cluster that cannot be reached", async () => {
    const server = `https://127.0.0.1:${await closedPort()}`;
    const path = await folder.write("closed", kubeconfig("closed", { server }, { token: "abc" }));
    const { exitCode, stderr } = await cli(["approve", "a", ...anyName, "--kubeconfig", path, "--context", "closed"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Cluster "closed" at https:.*, by context "closed"\nkubernetes-user: https:.*\[server-unreachable\]\n$/,
    );
  });
});
