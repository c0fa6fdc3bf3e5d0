/** The worked example for Python. */
export const EXAMPLE_PYTHON = `Problem: Write longest_word(text), which returns the longest word of text. If several are longest, it returns the first of them; without any word, "".

### DEFINE
longest_word(text):
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
{fence}python
def longest_word(text):
    best = ""
    for word in text.split():
        if len(word) > len(best):
            best = word
    return best
{fence}
### END
### DONE`;
