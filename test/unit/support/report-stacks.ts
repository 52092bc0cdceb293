import { certificateTypes } from "../../../components/core/lifecycle/certificate-state";
import { formatTime } from "../../../components/core/time";

const hour = 3_600_000;
const day = 24 * hour;

/** A certificate's resource in a stack's state. */
export interface ExportedUser {
  readonly username: unknown;
  readonly groups?: unknown;
  readonly cluster?: unknown;
  /** Hours from now at which it began to be valid, is renewed and ends. None without. */
  readonly hours?: readonly [from: number, renewal: number, to: number];
  readonly access?: unknown;
  readonly outputs?: object;
}

/** What `pulumi stack export` prints of these users. */
export function stackExport(users: readonly ExportedUser[], now: number): string {
  return JSON.stringify({ version: 3, deployment: { resources: users.map((user) => resourceOf(user, now)) } });
}

/** A moment so many hours from another, as RFC 3339. */
export function inHours(hours: number, now: number): string {
  return formatTime(now + hours * hour);
}

function resourceOf(
  { username, groups = [], cluster = "https://prod.example.com:6443", hours, access, outputs }: ExportedUser,
  now: number,
): object {
  const [from, renewal, to] = hours?.map((one) => inHours(one, now)) ?? [];
  const name = typeof username === "string" ? username : "secret";
  return {
    type: certificateTypes.dynamic,
    inputs: { username, groups, cluster: typeof cluster === "string" ? `${cluster} ca:0123` : cluster },
    outputs: {
      csrName: `${name}-0a1b2c3d4e5f-0`,
      ...(hours === undefined
        ? {}
        : {
            serialNumber: "2F8A11D04C9E77B3",
            credentialId: `X509SHA256=${"4f1d0c9a".repeat(8)}`,
            issuedAt: from,
            notBefore: from,
            renewAfter: renewal,
            notAfter: to,
          }),
      ...(access === undefined ? {} : { access }),
      ...outputs,
    },
  };
}

const view = { namespaces: ["shop", "shop-test"], clusterRole: "view" };
const deploy = {
  namespaces: ["shop-test"],
  rules: [
    {
      apiGroups: ["apps"],
      resources: ["deployments", "statefulsets"],
      verbs: ["get", "list", "watch", "update", "patch"],
    },
    { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list", "watch", "delete"] },
    { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] },
  ],
};

/** A team of a dozen in two clusters, in which every state occurs that a stack's state can have. */
export function team(now: number): ExportedUser[] {
  const test = "https://test.example.com:6443";
  const open = (phase: string): object => ({ openRequest: { phase, csrName: `next-${phase}-1` } });
  const old = (username: string, groups: readonly string[], hours: number): object => ({
    replaced: [
      {
        username,
        groups,
        serialNumber: "77B32F8A11D04C9E",
        credentialId: `X509SHA256=${"9a4f1d0c".repeat(8)}`,
        notAfter: inHours(hours, now),
      },
    ],
  });
  return [
    {
      username: "alice",
      groups: ["platform", "oncall"],
      hours: [-40, 200, 296],
      access: [{ clusterWide: true, clusterRole: "cluster-admin" }],
    },
    { username: "bob", groups: ["developers"], hours: [-100, 140, 236], access: [view, deploy] },
    { username: "carol", groups: ["developers"], hours: [-250, -10, 86], access: [view, deploy] },
    { username: "dave", groups: ["developers"], hours: [-340, -100, -4], access: [view] },
    {
      username: "erin",
      groups: ["auditors"],
      hours: [-20, 220, 316],
      access: [{ clusterWide: true, clusterRole: "view" }],
      outputs: old("erin", ["auditors", "platform"], 130),
    },
    { username: "frank", groups: ["developers"], access: [view], outputs: open("pending") },
    {
      username: "grace",
      groups: ["contractors"],
      access: [{ namespaces: ["shop"], role: "release-manager" }],
      outputs: open("denied"),
    },
    {
      username: "heidi",
      groups: ["contractors"],
      hours: [-330, -90, -10],
      access: [view],
      outputs: { accessUntil: inHours(-10, now) },
    },
    {
      username: "ivan",
      hours: [-60, 180, 276],
      access: [view],
      outputs: { ...open("pending"), accessUntil: inHours(60 * 24, now) },
    },
    { username: "ci-deployer", hours: [-2, 14, 22], access: [{ ...deploy, namespaces: ["shop", "shop-test"] }] },
    {
      username: "alice",
      groups: ["platform"],
      cluster: test,
      hours: [-6, 10, 18],
      access: [{ clusterWide: true, clusterRole: "admin" }],
    },
    {
      username: "bob",
      groups: ["developers"],
      cluster: test,
      hours: [-3, 13, 21],
      access: [{ namespaces: ["sandbox-bob"], clusterRole: "edit" }],
    },
    {
      username: "mallory",
      cluster: test,
      hours: [-5, 11, 19],
      access: [
        {
          clusterWide: true,
          rules: [
            { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] },
            { nonResourceURLs: ["/healthz"], verbs: ["get"] },
          ],
        },
      ],
    },
    { username: "judy", cluster: test, hours: [-5, 11, 19] },
  ];
}

/** A name that would break a page that escapes too little. */
export const hostileName = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\`&amp;\u202egnp.\u200b\u0007`;

/** Many users, some of them with hostile or very long names. */
export function crowd(count: number): ExportedUser[] {
  const names = [
    hostileName,
    "x".repeat(4000),
    "ﷺ".repeat(300),
    "ب".repeat(64),
    `Z${"\u0301".repeat(400)}`,
    "::error::a",
    "👩‍👩‍👧".repeat(40),
  ];
  return Array.from({ length: count }, (_, index) => ({
    username: index < names.length ? names[index] : `user-${String(index).padStart(5, "0")}`,
    groups: index < names.length ? names : ["developers"],
    cluster:
      index < names.length ? `https://${"a".repeat(63)}.example.com/${names[0]}` : "https://prod.example.com:6443",
    hours: [-index % 20, 20, 30 + (index % 300)] as const,
    access: [
      {
        namespaces: index < names.length ? names : ["shop"],
        clusterRole: index < names.length ? names[index] : "view",
      },
      {
        namespaces: ["dev"],
        rules: [{ apiGroups: ["", ...names], resources: ["pods", ...names], verbs: ["get", ...names] }],
      },
    ].slice(0, index < names.length ? 2 : 1),
  }));
}

/** Milliseconds of a day. */
export const dayMs = day;
