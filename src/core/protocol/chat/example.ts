import type { Language, Problem } from "../../problem";
import type { Step } from "../../step";

/** A problem of our own, which is in no benchmark, and a path that solves it: what a conversation shows before it asks. */
interface Example {
  readonly problem: Problem;
  /** A define, a refine, and the program. */
  readonly steps: readonly [Step, Step, Step];
}

const RULE =
  "A notebook has room for a number of notes. Notes come one after the other; when there are too many, the shortest is torn out, and of several that are equally short the oldest.";

const REFINE: Step = {
  kind: "refine",
  text: `tear one out:
    out = the first note of kept whose length is the least
    take that one note out of kept, the others keep their order`,
};

const FUNCTION_DEFINE: Step = {
  kind: "define",
  text: `kept = empty list
for each note, in order:
    put it at the end of kept
    if kept is longer than room: tear one out
return kept`,
};

const PROGRAM_DEFINE: Step = {
  kind: "define",
  text: `room = first line, as a number
kept = empty list
for each further line, in order:
    put it at the end of kept
    if kept is longer than room: tear one out
print kept, one note a line`,
};

const functionProblem = (language: Language, entryPoint: string): Problem => ({
  id: "example",
  title: "Notes",
  statement: `${RULE} Return the notes that are left, in order.`,
  language,
  entryPoint,
  visibleTests: [{ input: [["milk", "tea", "call Ann"], 2], expected: ["milk", "call Ann"] }],
});

const PYTHON: Example = {
  problem: functionProblem("python", "notes_left"),
  steps: [
    FUNCTION_DEFINE,
    REFINE,
    {
      kind: "code",
      text: `def notes_left(notes, room):
    kept = []
    for note in notes:
        kept.append(note)
        if len(kept) > room:
            lengths = [len(each) for each in kept]
            del kept[lengths.index(min(lengths))]
    return kept`,
    },
  ],
};

const PYTHON_PROGRAM: Example = {
  problem: {
    ...functionProblem("python", ""),
    statement: `${RULE} The first line of the input is the room, each further line a note. Print the notes that are left, one a line.`,
    entryPoint: null,
    visibleTests: [{ stdin: "2\nmilk\ntea\ncall Ann\n", stdout: "milk\ncall Ann\n" }],
  },
  steps: [
    PROGRAM_DEFINE,
    REFINE,
    {
      kind: "code",
      text: `import sys

lines = sys.stdin.read().splitlines()
room = int(lines[0])
kept = []
for note in lines[1:]:
    kept.append(note)
    if len(kept) > room:
        lengths = [len(each) for each in kept]
        del kept[lengths.index(min(lengths))]
print("\\n".join(kept))`,
    },
  ],
};

const JAVASCRIPT: Example = {
  problem: functionProblem("javascript", "notesLeft"),
  steps: [
    FUNCTION_DEFINE,
    REFINE,
    {
      kind: "code",
      text: `function notesLeft(notes, room) {
  const kept = [];
  for (const note of notes) {
    kept.push(note);
    if (kept.length > room) {
      const lengths = kept.map((each) => each.length);
      kept.splice(lengths.indexOf(Math.min(...lengths)), 1);
    }
  }
  return kept;
}`,
    },
  ],
};

/** The example that is of a problem's kind: in its language, and a function or a whole program as it is. */
export function exampleFor({ language, entryPoint }: Problem): Example {
  if (language === "javascript") return JAVASCRIPT;
  return entryPoint === null ? PYTHON_PROGRAM : PYTHON;
}
