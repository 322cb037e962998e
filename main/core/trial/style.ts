/** How the page of a report looks. No ">": it would be escaped, as all text of the page is. */
export const REPORT_STYLE = `
:root {
  --ground: #f5f6f8;
  --card: #ffffff;
  --line: #d9dde3;
  --text: #1b2430;
  --dim: #566273;
  --passed: #12704a;
  --failed: #b42318;
  --skipped: #5d6877;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c;
    --card: #1a2028;
    --line: #313a46;
    --text: #e6eaf0;
    --dim: #9aa6b5;
    --passed: #4cc38a;
    --failed: #ff8a7a;
    --skipped: #94a1b2;
  }
}
* {
  box-sizing: border-box;
  margin: 0;
  padding: 0;
}
body {
  background: var(--ground);
  color: var(--text);
  font:
    15px/1.5 system-ui,
    sans-serif;
  padding: 32px 16px;
}
main {
  margin: 0 auto;
  max-width: 860px;
}
header {
  border-left: 6px solid var(--passed);
  padding-left: 16px;
}
header.failed {
  border-color: var(--failed);
}
h1 {
  font-size: 24px;
  line-height: 1.25;
  overflow-wrap: anywhere;
}
header p,
dt,
.state,
footer {
  color: var(--dim);
}
dl {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 32px;
  margin: 20px 0;
}
dt {
  font-size: 13px;
}
dd {
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
ol {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 10px;
  list-style: none;
}
li {
  border-top: 1px solid var(--line);
  padding: 12px 16px;
}
li:first-child {
  border-top: 0;
}
h2 {
  align-items: baseline;
  display: flex;
  font-size: 15px;
  gap: 10px;
}
.title {
  flex: 1;
  overflow-wrap: anywhere;
}
.state {
  font-size: 13px;
  font-variant-numeric: tabular-nums;
  font-weight: 400;
  white-space: nowrap;
}
.passed .mark {
  color: var(--passed);
}
.failed .mark,
.failed .state {
  color: var(--failed);
}
.skipped .mark,
.skipped .title {
  color: var(--skipped);
}
li p,
pre,
details {
  margin: 4px 0 0 24px;
}
li p {
  color: var(--dim);
  overflow-wrap: anywhere;
}
.failed p {
  color: var(--text);
}
pre,
code {
  font:
    12.5px/1.5 ui-monospace,
    monospace;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
pre {
  background: var(--ground);
  border-radius: 6px;
  padding: 8px 12px;
}
summary {
  color: var(--dim);
  cursor: pointer;
  font-size: 13px;
}
table {
  border-collapse: collapse;
  margin-top: 4px;
  width: 100%;
}
td {
  border-top: 1px solid var(--line);
  padding: 4px 12px 4px 0;
  vertical-align: top;
}
.number {
  color: var(--dim);
  font-size: 13px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
footer {
  font-size: 13px;
  margin-top: 20px;
}
@media print {
  body {
    background: none;
    padding: 0;
  }
  ol {
    border: 0;
  }
  li {
    break-inside: avoid;
    padding: 8px 0;
  }
}
`;
