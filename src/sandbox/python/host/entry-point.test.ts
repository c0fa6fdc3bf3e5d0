import { expect, it } from "vitest";
import { checkEntryPoint, withGlobalEntryPoint } from "./entry-point";

it.each(["solve", "_f1", "größe", "Check_Solution"])("%s is a name", (name) => {
  expect(() => checkEntryPoint(name)).not.toThrow();
});

it.each(["", "1a", "a b", "f()", "os.system", "lambda", "None", null])("%j is none", (name) => {
  expect(() => checkEntryPoint(name)).toThrow(expect.objectContaining({ code: "input/entry-point" }));
});

const inClass = "class Solution:\n    def f(self, x):\n        return x\n";

it("makes LeetCode's method a function, below the program", () => {
  const code = withGlobalEntryPoint(inClass, "f");
  expect(code.startsWith(inClass)).toBe(true);
  expect(code).toContain("\ndef f(*args, **kwargs):\n    return Solution().f(*args, **kwargs)\n");
});

it.each([
  ["a function", "def f(x):\n    return x\n"],
  ["a function beside the class", `${inClass}\ndef f(x):\n    return Solution().f(x)\n`],
  ["a name bound to something", `${inClass}\nf = Solution().f\n`],
  ["a class without that method", "class Solution:\n    def g(self):\n        pass\n"],
  ["another class", inClass.replace("Solution", "Other")],
])("leaves %s as it is", (_, code) => {
  expect(withGlobalEntryPoint(code, "f")).toBe(code);
});
