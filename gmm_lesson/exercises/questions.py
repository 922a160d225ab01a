"""The questions of `predict`, with their answers: here, so that neither a cell nor a picture tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """A question, its right answer, and why, in a few sentences.

    There are choices, or a number is to be typed. Then an answer no farther from the right one than `within`
    counts as right, and one that is not `between` these two, as any such number is, is not taken.
    """

    text: str
    answer: str
    why: str
    choices: tuple[str, ...] = ()
    within: float = 0.0
    between: tuple[float, float] = (0.0, 1.0)


def questions(table: str) -> dict[str, Question]:
    """Return the questions of a table, by name.

    A question has an empty line before the next: its name, a colon and its text; a line for each answer to
    choose from, behind "= " the right one and behind "- " the others; and why. If a number is to be typed
    there is one such line, "= 24, within 8, from 0 to 342".
    """
    found = {}
    form = r"([\w-]+): ([^\0]+?)((?:\n[=-] .+)+)\n([^\0]+?)(?:\n\n|\Z)"
    for name, text, answers, why in re.findall(form, table.strip()):
        (right,), choices = re.findall("(?m)^= (.+)", answers), re.findall("(?m)^[=-] (.+)", answers)
        what: tuple[Any, ...] = (right, why.replace("\n", " "), tuple(choices))
        if number := re.fullmatch(r"(\S+), within (\S+), from (\S+) to (\S+)", right):
            answer, within, *between = map(float, number.groups())
            what = (f"{answer:g}", what[1], (), within, tuple(between))
        found[name] = Question(text.replace("\n", " "), *what)
    return found


QUESTIONS = questions("""
00-wrong: Suppose that the two bells where EM ends are right, and say of each of the 342 birds that it
belongs to the class with the larger share. How many of the 342 do you expect to be wrong?
= 24, within 8, from 0 to 342
One in fourteen. A bird of 36 or 48 mm is as good as placed. Near 42 mm both bells are equally high, and
every second bird there would be placed wrongly. A guess within 8 counts as right.

01-sixty: A class has weight .3, so among 200 objects you expect 60 of it. Draw 200 objects, again and
again. How often, as a fraction of the draws, is the count exactly 60?
= 0.061, within 0.03, from 0 to 1
60 is the likeliest count, and still rare: one draw in sixteen has it. The count varies by about 6.5 either
way, and one draw in ten lies outside 50 to 70. A guess within .03 counts as right.

02-overlap: Two classes, equally frequent, have means 0 and 4 and the same variance, 4. The best rule sends
every object to the nearer mean. How often, as a fraction of the objects, is even the best rule wrong?
= 0.159, within 0.05, from 0 to 1
The border is at 2, one sd from either mean, and .159 of a bell curve lies more than one sd to one side. No
rule does better: there the two kinds overlap. A guess within .05 counts as right.

03-midpoint: Two classes have weights .9 and .1 and equal sds. An object lies exactly halfway between their
means. How far does it belong to the common class: with which responsibility, from 0 to 1?
= 0.9, within 0.005, from 0 to 1
Halfway between the means, with equal sds, both densities are the same number. So the object itself says
nothing, and only the weights speak: .9 to .1.

03-wide: Two classes have weights 1/2 each. A has mean 0 and sd 1; B has mean 3 and sd 3. Which of them owns
an object at y = -4, on A's side?
- A, almost certainly: its mean is nearer
- A, but only just
- B, but only just
= B, almost certainly
The object is 4 sds from A and 2.3 sds from B, so B owns it with responsibility .985. Nearer in, at y = -2,
A does with .620. A wide class takes both sides of a narrow one.

04-random: The notebook of 2021 drew a random class from 1 to 4 for each of its 200 objects, whatever their
values, and never used it. Take these classes as if they were the labels. Where are the means of the four
classes?
- At the four lumps, near 10, 33, 39 and 58
= All four near the mean of all objects, 34.5
- Anywhere between 5 and 68
A random class is a random quarter of all objects, so its mean is close to the mean of all: 35.28, 36.67,
31.85 and 33.94. Labels that know nothing of the values give four means alike.

04-old-mean: An M-step computes the new means, and then the variances around the means that it had before.
What can Q do in such a step?
- It can fall: the variances belong to other means
= It never falls, but may stay below what it could be
- It reaches the same top: the means move little
The old means and those variances together are already no worse than before, and moving the means then can
only help. But these variances are not the best ones for the new means.

05-fall: EM starts from a bad guess and takes E-step, M-step, E-step, M-step. Can the log-likelihood of the
objects fall on the way?
- Yes, in the first steps, while the guess is bad
- Yes, near the end, when a step goes too far
- Yes, in E-steps: only M-steps make anything larger
= No, in no step, from no start
An E-step leaves the parameters alone, and with them the log-likelihood. An M-step never lowers it. Why not,
when all that it makes largest is Q, is what this lesson proves.

05-left: After 62 steps the log-likelihood is -537.7525. The last step raised it by .00087, which is less
than a tolerance of .001. How much higher would it get if EM went on for ever?
- By less than .001
- By about .003
- By about .05
= Nobody can say from one gain
Here it is .054, sixty times the last gain. The gains fall to .0002 in a dozen steps, and then hardly fall
any more: the next nine hundred of them add up to .05. One small gain says that EM is slow here, not that it
is done.

06-ten: A start reaches the best answer with probability .236; the others end somewhere worse. Take ten
starts and keep the best. How probable is it that all ten miss it?
= 0.068, within 0.03, from 0 to 1
Each misses with probability .764, and ten of them with .764 to the power of 10, which is .068: one search
in fifteen. A guess within .03 counts as right.

07-birds: Two classes are fitted to the bill lengths of the 342 birds, with means of 38.4 and 47.5 mm. The
species of each bird is in the envelope. How many of the two classes are a kind: nearly all the birds of one
species, and hardly any others?
- None
= One
- Both
In one class are nine in ten of the birds of one species, and four others. The other holds more than one
species, with bills about as long. A class is a bell that explains values; whether it is a kind the values do
not say.

07-fresh: Draw 200 objects from a truth that you know, and fit a mixture to them. Compare the log-likelihood
of the fit with that of the truth: first on these 200 objects, then on fresh ones. Who is usually higher?
- The truth, both times
- The fit, both times
= The fit on its own objects, the truth on fresh ones
- The truth on the objects of the fit, the fit on fresh ones
On the objects that it was fitted to the fit is at least as high as the truth, from which EM could only have
climbed. But it has followed the accidents of these objects, and fresh ones have others: on 200 fresh
objects it is still ahead in about one data set of eleven.

08-spike: Fit three classes to the objects of 2021. Then put a fourth with weight 1/200 on the smallest
object, and make its sd smaller and smaller. The honest best of four classes has a log-likelihood of
-696.73. Does this nonsense ever beat it?
- Yes, from an sd of about 0.1 on
- Yes, from an sd of about 0.001 on
= Yes, but only below a billionth
- No, the other 199 objects pay for it
Ten times narrower gains only log 10 = 2.3, on one object, and it starts far behind: it is ahead from an sd
of 1.9e-10 on. The others pay 1.0 once, for the weight, and nothing more, so it never stops gaining. There
is no highest log-likelihood at all.

11-finished: The original notebook ran EM ten times, 200 steps each, and printed where each run ended. Which
of the ten runs had finished, that is, converged?
- All ten: 200 steps are enough
- Only 3, 5 and 6, which reached the best log-likelihood
= 3, 4, 5, 6 and 8
- None of them
3, 5 and 6 ended at -696.728, the best; 4 at -716.586 and 8 at -711.525, optima too and worse. 1, 2, 7, 9
and 10 had not finished. Finished and best are two things.
""")
"""Every question by its id: the lesson's number, then a word."""
