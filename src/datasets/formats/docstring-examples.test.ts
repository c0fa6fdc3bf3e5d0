import { describe, expect, it } from "vitest";
import { docstringExamples } from "./docstring-examples";

const examples = (docstring: string) =>
  docstringExamples(docstring, "f").map(({ call, expected }) => `${call} is ${expected}`);

describe("docstring examples", () => {
  it.each([
    [">>> f([1.0, 2.8], 0.3)\n    True", "f([1.0, 2.8], 0.3) is True"],
    [">>> f('a,b', \"it's\")  # a remark\n'x'\n", "f('a,b', \"it's\") is 'x'"],
    [">>> f(3)\n[1,\n  2]\n\nMore.", "f(3) is [1, 2]"],
    [">>> round(f([1, 2]), 2) # f(x) = 1 + 2x\n-0.5", "round(f([1, 2]), 2) is -0.5"],
    [">>> f([]) == None", "f([]) is None"],
    ["f(4) == False", "f(4) is False"],
    ["f([3], 5) ➞ True # in balance", "f([3], 5) is True"],
    ["f(1, 4) => true", "f(1, 4) is True"],
    ["f(2) ==>{'a': (1, -2), 8: {1.5}}", "f(2) is {'a': (1, -2), 8: {1.5}}"],
    ["* f(5, 6) -> [11, 4]", "f(5, 6) is [11, 4]"],
    ["for f(7) == 34", "f(7) is 34"],
    ['assert f(["aa"]) => ["aa"]', 'f(["aa"]) is ["aa"]'],
    ["f('x')   # returns \"db\"", "f('x') is \"db\""],
    ["f('x') # => 'No' (with a reason)", "f('x') is 'No'"],
    ["f(148, 412) should return 16.", "f(148, 412) is 16"],
    ["f(5) returns [1, 5] # as above", "f(5) is [1, 5]"],
    ['f("5 apples", 19) ->19 - 5 - 6 = 8', 'f("5 apples", 19) is 8'],
    ['For num = "AB" the output should be 1.', 'f("AB") is 1'],
    ["For s = \"ab\", c = 'a', the result should be ('b',False)", "f(\"ab\", 'a') is ('b',False)"],
    ["Input: arr = [-3, 4], k = 3\n\nOutput: [4]", "f([-3, 4], 3) is [4]"],
    ["Input: 12\nOutput: (4, 6)\nExplanation: none", "f(12) is (4, 6)"],
  ])("%j", (docstring, expected) => {
    expect(examples(docstring)).toEqual([expected]);
  });

  it.each([
    ["arguments that are no literals", "f(a) => False"],
    ["recursion", "f(n) -> f(n-1) + f(n-2)"],
    ["a broken text", 'f(["bb"]) == ""bb"'],
    ["no value at all", ">>> f(3)\n"],
    ["no sign between call and value", ">>> f([1, 0]) [0, 1]"],
    ["another function", "g(1) == 2"],
    ["a call in the middle of a sentence", "For example f(1) == 2 holds."],
    ["an expression for a value", "f(1) == x + 1"],
    ["code as an argument", "f(__import__('os').getcwd()) == 1"],
    ["code as a value", ">>> f(1)\n__import__('os')"],
  ])("leaves out %s", (_, docstring) => {
    expect(examples(docstring)).toEqual([]);
  });

  it("takes a call once", () => {
    expect(examples("f(1) == 2\nf(1) == 3\nf(2) == 3")).toEqual(["f(1) is 2", "f(2) is 3"]);
  });
});
