/** Names as the author wrote them, in messages in which V8 quotes a cell as it was rewritten. */

/** "$at_net.value.fit is not a function" → "net.fit is not a function" */
export function inOwnNames(message: string): string {
  return message
    .replace(/\(0 , (\$(?:at_|import\d)[^\s()]*)\)/g, "$1")
    .replace(/\$at_([^\s.()]+)\.value/g, "$1")
    .replace(/\$at_([^\s.()]+)\.module\.default\b/g, "$1")
    .replace(/\$(?:import\d+|at_[^\s.()]+)\.module\./g, "");
}
