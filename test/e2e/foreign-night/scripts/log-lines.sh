#!/usr/bin/env bash
# Prints format, file, line number and text of each log line, separated by tabs.
# Tabs, carriage returns and NULs in the text become spaces; a last line without an end counts.
set -euo pipefail
data=$1
awk -F'\t' 'NR > 1 && $4 == "log" { print $5 "\t" $1 }' "$data/MANIFEST.tsv" |
  while IFS=$'\t' read -r format path; do
    tr '\t\r\000' '   ' < "$data/$path" | iconv -c -f utf-8 -t utf-8 |
      awk -v format="$format" -v path="$path" '{ print format "\t" path "\t" NR "\t" $0 }'
  done
