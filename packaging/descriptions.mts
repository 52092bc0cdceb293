import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The sources whose docstrings describe options and outputs. */
const sources = [
  "components/pulumi/kubernetes-user-args.ts",
  "components/pulumi/access-args.ts",
  "components/pulumi/kubernetes-user.ts",
  "components/core/options/policy.ts",
  "components/core/options/access-policy.ts",
];

/** Where the plugin's schema has the descriptions from. */
export const descriptionsFile = "components/plugin/descriptions.json";

/**
 * The docstrings of the public types and their properties, as Markdown, by names such as `KubernetesUserArgs.username`.
 *
 * @param root the project's folder.
 */
export function readDescriptions(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(sources.flatMap((path) => descriptionsOf(join(root, path))));
}

function descriptionsOf(path: string): [string, string][] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true);
  return source.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement))
    .filter((statement) => statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true)
    .flatMap((type) => {
      const typeName = type.name?.text ?? "";
      const members = type.members.filter(
        (member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member),
      );
      return [
        described(typeName, type),
        ...members.map((member) => described(`${typeName}.${member.name.getText(source)}`, member)),
      ];
    })
    .flat();
}

function described(name: string, node: ts.Node): [string, string][] {
  const docs = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  if (docs === undefined) {
    return [];
  }
  const tags = (docs.tags ?? []).flatMap((tag) => {
    const text = paragraphs(textOf(tag.comment));
    switch (tag.tagName.text) {
      case "default":
        return [`Default: ${text}`];
      case "see":
        // The parser takes an address's protocol for a name.
        return [`See ${paragraphs(tag.getText().replace(/^@see\s+/, ""))}`];
      default:
        return [];
    }
  });
  return [[name, [paragraphs(textOf(docs.comment)), ...tags].join("\n\n")]];
}

function textOf(comment: ts.JSDoc["comment"]): string {
  if (comment === undefined || typeof comment === "string") {
    return comment ?? "";
  }
  return comment.map((part) => (part.kind === ts.SyntaxKind.JSDocText ? part.text : `\`${linked(part)}\``)).join("");
}

function linked(link: ts.JSDocComment): string {
  return ts.isJSDocLink(link) ? (link.name?.getText() ?? link.text) : link.text;
}

/** One line for each paragraph. */
function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n[\s*]*/g, " ").trim())
    .join("\n\n");
}
