/**
 * Examples in HumanEval's docstrings that its own reference solutions contradict, by task: the calls. They would punish
 * right programs, so they are no tests. Found by running each reference on all examples of its docstring: 6 of 439.
 */
export const CONTRADICTED: Readonly<Record<string, readonly string[]>> = {
  "HumanEval/47": ["median([-10, 4, 6, 1000, 10, 20])"],
  "HumanEval/116": ["sort_array([1, 5, 2, 3, 4])", "sort_array([-2, -3, -4, -5, -6])"],
  // The docstring works towards the answer in steps of one value; the function returns all of them as a list.
  "HumanEval/130": ["tri(1)", "tri(4)"],
  // ("Venus") is no tuple.
  "HumanEval/148": ['bf("Earth", "Mercury")'],
};
