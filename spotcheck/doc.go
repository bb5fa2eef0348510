// Package spotcheck runs a quarter's draw: it opens the quarter, asks the
// parties for their shares, tells the inspectors, draws at the top-up points,
// and closes and publishes.
//
// It holds no data. What it decides follows from the register and the keys
// alone, by package sampling; what it does goes through the engine, as the
// calendar's acts and changes. Every step can be called again at any time, by
// several servers at once, and after a death in its middle: what is on record
// is not recorded again, and what is missing is made up for. Two things are
// decided by when a step comes, and not taken back: a filing whose shares were
// not all there in time is checked for that and not asked for again, and a
// quarter that is over is not opened any more.
//
// Guarantees. A point's frame and selection are on record before any check
// that it draws is opened, and nothing that waits for the point is approved
// before all of them are. A check is opened once for a filing and a case.
// Before the inspectors are told, no answer of the program to a branch or a
// committee tells whether a filing is checked, and nothing in the database by
// itself whether its ticket draws it; shares are kept sealed, and everybody's
// filing has them.
//
// What is not guaranteed: that nobody can foresee the draw. Where the
// department alone holds a key, whoever has the county's master key can work
// out the ticket of every number of a quarter, also of those not filed yet.
// Where there is a second party, whoever has the master key and the database
// can open the sealed shares of the filings made so far, and so knows which of
// them are drawn; of filings to come only if he has the second party asked
// beforehand, which stays in that party's record. The second party alone can
// foresee nothing, nor can whoever has the database without the master key.
package spotcheck
