import { type Html, html, nothing } from "../../html/html";
import { nameElement, nameList, serverElement, userElement } from "./names";
import { type ReportCluster } from "./report";
import { distanceText, timeElement } from "./times";

/** The certificates of a cluster that are valid still although others have replaced them. */
export function replacedTable({ server, users }: ReportCluster, now: number): Html {
  const replaced = users.flatMap(({ entries }) =>
    entries.filter(({ state }) => state === "replaced").map(({ status }) => status),
  );
  if (replaced.length === 0) {
    return nothing;
  }
  return html`<h3>Still valid though replaced</h3>
    <p class="note">
      Kubernetes cannot revoke a certificate. Anyone with the key of one of these is its user, in its groups, until it
      expires; bindings that are removed are gone for it, too.
    </p>
    <table class="replaced" role="table">
      <caption>
        Replaced certificates.
        <span class="unseen">At ${serverElement(server)}.</span>
        Times are UTC.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col" class="who">User</th>
          <th role="columnheader" scope="col" class="end">Valid until</th>
          <th role="columnheader" scope="col" class="serial">Serial number</th>
          <th role="columnheader" scope="col" class="id">Credential id in audit logs</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${replaced.map(
          ({ username, groups = [], notAfter, serialNumber, credentialId }) =>
            html`<tr role="row">
              <th role="rowheader" scope="row" class="who">
                <b>${userElement(username)}</b
                >${groups.length === 0 ? nothing : html`<div class="sub">in ${nameList(groups)}</div>`}
              </th>
              <td role="cell" class="end">
                ${notAfter === undefined ? "not known" : html`<span class="label">valid until </span>${timeElement(notAfter)} <small>${distanceText(notAfter, now)}</small>`}
              </td>
              <td role="cell" class="serial">
                <span class="label">serial number </span><code>${nameElement(serialNumber ?? "not known")}</code>
              </td>
              <td role="cell" class="id">
                <span class="label">credential id </span><code>${nameElement(credentialId ?? "not known")}</code>
              </td>
            </tr> `,
        )}
      </tbody>
    </table>`;
}
