# SPDX-License-Identifier: MIT
"""verdicts - a line a case, what is known of those that failed, and the sum.

The last line printed is always the sum. Before it comes a digest of each case
that failed, in lines that begin with a bar: often no more than the end of the
output is kept of a run.
"""
import re
import threading

SUM = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
WORDS = ("ok", "FAIL", "skip")
BAR = "| "
MOST = 44  # lines of all digests together
EACH = 14  # lines of one
WIDE = 240


class Verdicts:
    def __init__(self):
        self.counts = dict.fromkeys(WORDS, 0)
        self.digests = []
        self.lock = threading.Lock()

    def say(self, word, text, digest=()):
        """One verdict; of a failed case what is to be read of it later."""
        with self.lock:
            self.counts[word] += 1
            if word == "FAIL" and digest:
                self.digests.append([text.rstrip()] + [
                    t for t in digest if re.search(r"\w", t)])
            print(("%-4s %s" % (word, text)).rstrip(), flush=True)

    def add(self, passed, failed, skipped):
        """The sum of a part that has said its verdicts itself."""
        with self.lock:
            for word, n in zip(WORDS, (passed, failed, skipped)):
                self.counts[word] += n

    def relay(self, lines):
        """Print the lines of a part, but keep its digests; its sum or None."""
        found = None
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith(BAR):
                with self.lock:
                    self.keep(line[len(BAR):])
                continue
            print(line, flush=True)
            if SUM.match(line):
                found = read(line)
        return found

    def keep(self, line):
        """A digest's first line is not indented, the others are."""
        if line.startswith(" ") and self.digests:
            self.digests[-1].append(line.strip())
        else:
            self.digests.append([line])

    def end(self):
        """The digests and the sum; the exit code."""
        each = max(3, min(EACH, MOST // max(1, len(self.digests))))
        for digest in self.digests[:MOST // each]:
            print(BAR + " ".join(digest[0].split())[:WIDE])
            for line in digest[1:each]:
                print(BAR + "  " + line[:WIDE])
        more = len(self.digests) - MOST // each
        if more > 0:
            print("%sand %d more" % (BAR, more))
        print("%d passed, %d failed, %d skipped" % tuple(
            self.counts[w] for w in WORDS), flush=True)
        return 1 if self.counts["FAIL"] else 0


def read(text):
    """(passed, failed, skipped) of the last sum in a text, or None."""
    found = SUM.findall(text)
    return tuple(map(int, found[-1])) if found else None
