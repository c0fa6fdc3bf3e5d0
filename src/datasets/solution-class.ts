/*
 * LeetCode's form: the function is a method of a class Solution, and common modules are there without an import.
 * Problems ask for a plain function of that name instead, so that tests call it like any other.
 */

/** What LeetCode's programs find imported. */
export const LEETCODE_PREAMBLE = `import bisect, collections, functools, heapq, itertools, math, random, re, string, sys
from collections import Counter, OrderedDict, defaultdict, deque
from functools import lru_cache, reduce
from typing import Any, Dict, List, Optional, Set, Tuple`;

/** Whether starter code asks for a class Solution. */
export function asksForClass(starterCode: string): boolean {
  return /^\s*class Solution\b/.test(starterCode);
}

/** The head of the plain function; an empty text when it cannot be told. */
export function functionHead(starterCode: string): string {
  const head = /^\s*class Solution[^\n]*\n(?:\s*\n)*\s+(def \w+\()self(?:,\s*)?([^\n]*:)/.exec(starterCode);
  return head ? `${head[1]}${head[2]}` : "";
}

/** A program with such a class as one that defines the function; any other as it is. */
export function withFunction(program: string, name: string): string {
  if (!/^class Solution\b/m.test(program) || new RegExp(`^def ${name}\\(`, "m").test(program)) return program;
  return `${program.trimEnd()}\n\n\ndef ${name}(*args):\n    return Solution().${name}(*args)\n`;
}
