// Package sampling draws the filings that are spot-checked, so that nobody can
// foresee the draw and anybody can repeat it.
//
// The draw is "spotcheck/v1". Before a quarter each party commits to a key; the
// keys and the number of a filing make its ticket; a ticket below the threshold
// is drawn at once, and at published points each stratum takes its next lowest
// tickets until the quota of filings and of branches is met. After the quarter
// the keys are revealed, everything is published as a [Bundle], and [Verify]
// repeats it. A [Campaign] is an extra draw by dice thrown in public.
//
// It holds no data and opens no file: every function is a function of values, and
// the clock is a parameter. It guarantees:
//
//   - The result depends on opening, filings and keys alone, never on the order
//     in which the filings are given; integers only, no floats, no modulo.
//   - After every point each stratum has at least the quota of its filings held
//     so far and of their branches; what was drawn stays drawn.
//   - Nothing that a branch chooses enters a ticket: withdrawing a meeting and
//     filing it again keeps the ticket.
//   - A draw that does not hold is named part by part, see [Fault]; one that
//     cannot be told is not taken for it, see [Judge] and [Unreadable].
//
// Keys and tickets are secrets until the reveal. Nothing here prints them but
// [Selection.Bytes] and [Bundle.Encode], which are what gets published.
//
// "Design" in the comments is the description of the draw, section by section:
// Open, File, Top-up points, Close and reveal, Verify, Bytes.
package sampling
