#!/bin/sh
# Prints the names of the requests that wait for approval, those of renewals included.
# Usage: sh requests.sh [STACK]
set -eu
pulumi stack export ${1:+--stack "$1"} |
  npx kubernetes-user status --stack - --output json |
  node --print 'JSON.parse(fs.readFileSync(0)).filter(({ status }) => status === "pending").map(({ csrName }) => csrName).join(" ")'
