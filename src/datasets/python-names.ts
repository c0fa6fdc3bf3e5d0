/** The functions and classes that Python code defines outside of any other, in their order. */
export function definedNames(code: string): readonly string[] {
  return [...code.matchAll(/^(?:(?:async\s+)?def\s+(\w+)|class\s+(\w+)|(\w+)\s*=\s*lambda\b)/gm)].map(
    ([, def, type, lambda]) => def ?? type ?? lambda ?? "",
  );
}

/** The names that Python code calls, in their order; texts in quotes are passed over. */
export function calledNames(code: string): readonly string[] {
  const bare = code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  return [...bare.matchAll(/(?<![\w.])([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name ?? "");
}
