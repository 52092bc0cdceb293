import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  approvalAnnouncement,
  approvalCommands,
  placeText,
} from "../../../../components/cluster/issuance/approval-announcement";
import { approvalPending } from "../../../../components/cluster/issuance/issuance-messages";
import { janesIssuanceRequest, janesName, place } from "../../support/issuances";

const name = janesName();
const now = Date.UTC(2026, 10, 1, 12);

describe("an announcement", () => {
  it("says who asks for what, where, how long it is waited for and what Ctrl-C does, each once", () => {
    const { lines, command, waitsUntil } = approvalAnnouncement(janesIssuanceRequest, name, 600, place, now);
    const key = janesIssuanceRequest.request.publicKey.export({ type: "spki", format: "der" });
    expect(lines).toEqual([
      '"jane" (groups developers, oncall) asks signer kubernetes.io/kube-apiserver-client for a certificate of 1 day',
      `public key sha256:${createHash("sha256").update(key).digest("hex")}`,
      'in cluster "prod", context "prod-admin", server https://prod.example.com',
      "waiting up to 10 minutes. Ctrl-C twice ends the run; the request stays, and the next run resumes it.",
      `kubernetes-user approve ${name} --context prod-admin  # shows the request and approves it; --deny denies it. ` +
        `kubectl --context prod-admin certificate approve ${name} would approve whatever has that name by then, and show nothing.`,
    ]);
    expect(command).toBe(`kubernetes-user approve ${name} --context prod-admin`);
    expect(waitsUntil).toBe(now + 600_000);
  });

  it("ends with the command, before what else there is to say of it", () => {
    const { lines, command } = approvalAnnouncement(janesIssuanceRequest, name, 600, place, now);
    expect(lines.at(-1)?.startsWith(`${command}  # `)).toBe(true);
  });

  it("speaks of no waiting where the run does not wait", () => {
    const { lines, waitsUntil } = approvalAnnouncement(janesIssuanceRequest, name, 0, place, now);
    expect(lines).toHaveLength(4);
    expect(lines.join()).not.toMatch(/waiting|Ctrl-C/);
    expect(waitsUntil).toBeUndefined();
  });

  it("tells of somebody without groups", () => {
    const { lines } = approvalAnnouncement({ ...janesIssuanceRequest, groups: [] }, name, 600, place, now);
    expect(lines[0]).toContain('"jane" (no groups) asks');
  });

  it("tells of a lifetime that is left to the signer", () => {
    const unlimited = { ...janesIssuanceRequest, expirationSeconds: undefined };
    const { lines } = approvalAnnouncement(unlimited, name, 600, place, now);
    expect(lines[0]).toMatch(/for a certificate of the signer's maximum lifetime$/);
  });

  it("escapes what a terminal would obey or hide in names that a kubeconfig gives", () => {
    const hostile = { clusterName: "a\u202eb", server: "https://x/\u200b", context: "\u001b[2Jprod\n::error::" };
    const issuanceRequest = { ...janesIssuanceRequest, groups: ["a\u202eb", "c\u001b[1A"] };
    const { lines, command } = approvalAnnouncement(issuanceRequest, name, 600, hostile, now);
    const error = approvalPending("jane", name, "nobody approved it", 600, hostile).message;
    for (const text of [...lines, command, error]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(lines.join()).toContain("\\u{202e}");
    expect(command).toContain("$'\\033[2Jprod");
  });
});

describe("the commands", () => {
  it.each([
    ["prod", "--context prod"],
    [
      "arn:aws:eks:eu-west-1:123456789012:cluster/prod@x",
      "--context arn:aws:eks:eu-west-1:123456789012:cluster/prod@x",
    ],
    ["my prod", "--context 'my prod'"],
    ["it's; $(rm)", `--context 'it'\\''s; $(rm)'`],
    ["--kubeconfig", "--context=--kubeconfig"],
    ["~", "--context '~'"],
    ["", "--context ''"],
  ])("quote the context %p for the shell, where it needs it", (context, words) => {
    const { approve, caveat } = approvalCommands(name, { ...place, context });
    expect(approve).toBe(`kubernetes-user approve ${name} ${words}`);
    expect(caveat).toContain(`kubectl ${words} certificate approve ${name} `);
    const seen = execFileSync("sh", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
    expect(seen).toBe(context.startsWith("-") ? `--context=${context}\0` : `--context\0${context}\0`);
  });

  it("name no context of a kubeconfig that only the program has", () => {
    const given = { ...place, context: undefined };
    expect(approvalCommands(name, given).approve).toBe(`kubernetes-user approve ${name} --kubeconfig FILE`);
    expect(placeText(given)).toBe('in cluster "prod", server https://prod.example.com');
  });
});

describe("the error that nobody has approved", () => {
  it("names the command, the cluster and what kubectl's command does not show", () => {
    const { message } = approvalPending("jane", name, "nobody approved it", 600, place);
    expect(message).toBe(
      'The certificate of "jane" waits for approval: nobody approved it within 10 minutes. ' +
        `Approve it with "kubernetes-user approve ${name} --context prod-admin" (in cluster "prod", context "prod-admin", server https://prod.example.com) ` +
        "and run again, which resumes the same request; --deny denies it. " +
        `kubectl --context prod-admin certificate approve ${name} would approve whatever has that name by then, and show nothing. ` +
        "Kubernetes removes pending requests after 24 hours. [approval-pending]",
    );
  });

  it("names the command where the cluster is not known", () => {
    const { message } = approvalPending("jane", name, "it was submitted");
    expect(message).toContain(`"kubernetes-user approve ${name}" and run again`);
    expect(message).not.toContain("kubectl");
  });
});
