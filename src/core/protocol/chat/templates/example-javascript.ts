/** The worked example for JavaScript. */
export const EXAMPLE_JAVASCRIPT = `Problem: Write longestWord(text), which returns the longest word of text. If several are longest, it returns the first of them; without any word, "".

### DEFINE
longestWord(text):
    words = text cut at white space
    best = the first longest of words
    return best
### END
### REFINE
the first longest of words:
    best = "" (so that no words give "")
    for each word from left to right:
        if word is longer than best, not just as long: best = word
### END
### CODE
{fence}javascript
function longestWord(text) {
  let best = "";
  for (const word of text.split(/\\s+/)) {
    if (word.length > best.length) best = word;
  }
  return best;
}
{fence}
### END
### DONE`;
