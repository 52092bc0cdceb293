import { ClusterAccess } from "../../../cli/status/access/cluster-access";
import { withEndedAccess } from "../../../cli/status/access-end";
import { declaredAccess } from "../../../cli/status/access/declared-access";
import { reportPage } from "../../../cli/status/report/page";
import { type Report, type ReportSources, reportOf } from "../../../cli/status/report/report";
import { certificatesOfStack } from "../../../cli/status/stack-certificates";
import { statusOfStack } from "../../../cli/status/stack-status";
import { joinStatus } from "../../../cli/status/user-status";
import { type ExportedUser, stackExport } from "./report-stacks";

/** The clock of the pages. */
export const pageTime = Date.UTC(2026, 10, 26, 14, 34);

/** What the command makes of a stack with these users. */
export function reportWith(users: readonly ExportedUser[], more: Partial<ReportSources> = {}): Report {
  const certificates = certificatesOfStack(stackExport(users, pageTime), "stack");
  const declared = declaredAccess(certificates);
  return reportOf({
    statuses: withEndedAccess(joinStatus(statusOfStack(certificates, pageTime), []), declared, pageTime),
    declared,
    asked: undefined,
    stacks: 1,
    now: pageTime,
    soon: { text: "24 h", seconds: 86_400, isAskedFor: false },
    ...more,
  });
}

/** The page of it. */
export function pageWith(users: readonly ExportedUser[], more: Partial<ReportSources> = {}): string {
  return reportPage(reportWith(users, more));
}

/** The cluster of most users as it was asked, with these Roles and bindings. */
export function askedCluster(
  objects: readonly Readonly<Record<string, unknown>>[],
  forbidden: NonNullable<ReportSources["asked"]>["forbidden"] = [],
  notServed: typeof forbidden = [],
): NonNullable<ReportSources["asked"]> {
  const access = new ClusterAccess({ objects, forbidden, notServed });
  return { server: "https://prod.example.com:6443", doubt: undefined, access, forbidden, notServed };
}

/** What is read on a page, or in a part of it, without the markup. */
export function textOf(markup: string): string {
  return markup
    .replace(/<(style|title)>[^]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, "\n")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s*\n\s*/g, "\n");
}

/** The rows of a table, each as the text of its cells. */
export function rowsOf(page: string, table: "lifetimes" | "access" | "replaced"): string[][] {
  const tables = [...page.matchAll(new RegExp(`<table class="${table}"[^]*?</table>`, "g"))].map(([markup]) => markup);
  return tables
    .flatMap((markup) => markup.split("<tbody").slice(1))
    .flatMap((body) => body.split(/<tr[ >]/).slice(1))
    .map((row) =>
      row
        .split(/<t[hd] [^>]*>/)
        .slice(1)
        .map((cell) => textOf(cell).replaceAll("\n", " ").trim()),
    );
}
